import { type LifecycleEvent, lifecycleSource, parseLifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import type { BusEvent } from "../events/bus-event.ts";
import { AskedAgain } from "./asked-again.ts";
import type { Checker, Observation, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { PushedImages } from "./pushed-images.ts";
import { followRecord } from "./record-follower.ts";

/** What the record and Sluice itself have told of rollouts so far. */
class RolloutsSoFar {
	/** Rollouts that the record has begun, and those that were said to have started, by the id of their release. */
	readonly begun = new Map<string, Set<string>>();
	readonly started = new Map<string, Set<string>>();
	/** How often each rollout has ended on record, and how it was said to have ended. */
	readonly ends = new Map<string, number>();
	readonly outcomes = new Map<string, Set<string>>();
	/** Images that are accounted for: rolled out, superseded, or serving all along. */
	readonly settledDigests = new Set<string>();

	hear({ kind, detail }: LifecycleEvent): void {
		if (kind === "rollout.superseded.v1") this.settledDigests.add(detail.release.imageDigest);
		if (kind === "rollout.started.v1") addTo(this.started, detail.release.id, detail.rolloutId);
		if (kind === "rollout.ended.v1") addTo(this.outcomes, detail.rolloutId, detail.outcome);
	}

	/** Ways in which what was said is not what was done, as sentences. */
	broken({ times }: Pick<AskedAgain, "times">): readonly string[] {
		const broken: string[] = [];
		for (const [releaseId, said] of this.started) {
			const known = this.begun.get(releaseId) ?? new Set();
			if (said.size > 1 + times(releaseId))
				broken.push(`${said.size} rollouts of ${releaseId} were said to start: ${[...said].join(", ")}.`);
			const invented = [...said].find((rolloutId) => !known.has(rolloutId));
			if (invented !== undefined) broken.push(`${invented} was said to start, and the record never began it.`);
		}
		for (const rolloutId of [...this.begun.values()].flatMap((ids) => [...ids])) {
			const count = this.ends.get(rolloutId) ?? 0;
			if (count !== 1) broken.push(`${rolloutId} had ended ${count} times; allowed is once.`);
			const said = [...(this.outcomes.get(rolloutId) ?? [])];
			if (count === 1 && said.length !== 1)
				broken.push(`${rolloutId} had ended, and was said to have: ${said.join(", ") || "never"}.`);
		}
		return broken;
	}
}

const watch = (observation: Observation): Watching => {
	const { system, definition } = observation;
	const { clock, world } = system;
	const findings = new Findings();
	const rollouts = new RolloutsSoFar();
	const asked = new AskedAgain(observation);
	const pushed = new PushedImages(observation);
	const serving = world.table.get(definition.service)?.stableRelease.imageDigest;
	if (serving !== undefined) rollouts.settledDigests.add(serving);

	const follower = followRecord(observation, ({ before, after, atEpochMs }) => {
		if (before.phase === "idle" && after.phase !== "idle" && after.release !== undefined) {
			const { imageDigest, id } = after.release;
			rollouts.settledDigests.add(imageDigest);
			const begun = addTo(rollouts.begun, id, after.rolloutId ?? "");
			if (begun.size > 1 + asked.times(id))
				findings.add(atEpochMs, `release ${id} began again: ${[...begun].join(", ")}.`);
		}
		// A person asked for what serves: whatever was queued is given up, and by nobody else.
		const isGivenUp = after.next === undefined && after.lastWantedAtEpochMs !== before.lastWantedAtEpochMs;
		if (before.next !== undefined && isGivenUp) rollouts.settledDigests.add(before.next.imageDigest);
		if (before.phase !== "idle" && after.phase === "idle" && before.rolloutId !== undefined)
			rollouts.ends.set(before.rolloutId, (rollouts.ends.get(before.rolloutId) ?? 0) + 1);
	});
	return {
		...follower,
		onEvent: (_busName, event: BusEvent) => {
			asked.hear(event);
			pushed.hear(event);
			if (event.source !== lifecycleSource) return;
			const said = parseLifecycleEvent(event);
			if (said.detail.service === definition.service) rollouts.hear(said);
		},
		broken: () => {
			const now = clock.nowEpochMs();
			for (const imageDigest of pushed.due())
				if (!rollouts.settledDigests.has(imageDigest))
					findings.add(now, `the release that was pushed (${imageDigest.slice(7, 19)}) had not been rolled out.`);
			for (const sentence of rollouts.broken({ times: (id) => asked.times(id) })) findings.add(now, sentence);
			return findings.sentences;
		},
	};
};

const addTo = (sets: Map<string, Set<string>>, key: string, value: string): ReadonlySet<string> => {
	const set = sets.get(key) ?? new Set();
	sets.set(key, set.add(value));
	return set;
};

/** Watches which rollouts the record begins and ends for each release, and which ones Sluice says it has started. */
export const eachReleaseOnce: Checker = {
	promise: "Each accepted release is rolled out exactly once, unless superseded.",
	watch,
};
