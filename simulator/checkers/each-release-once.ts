import { type LifecycleEvent, lifecycleSource, parseLifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import type { Checker, Observation, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { followRecord } from "./record-follower.ts";

const watch = (observation: Observation): Watching => {
	const { system, definition, candidateDigest } = observation;
	const findings = new Findings();
	/** Rollouts that the record has begun, and those that were said to have started, by the digest of their release. */
	const begun = new Map<string, Set<string>>();
	const started = new Map<string, Set<string>>();
	/** How often each rollout has ended on record, and how it was said to have ended. */
	const ends = new Map<string, number>();
	const outcomes = new Map<string, Set<string>>();
	let isSuperseded = false;

	const follower = followRecord(observation, ({ before, after, atEpochMs }) => {
		if (before.phase === "idle" && after.phase !== "idle" && after.release !== undefined) {
			const { imageDigest, id } = after.release;
			const rollouts = addTo(begun, imageDigest, after.rolloutId ?? "");
			if (rollouts.size > 1) findings.add(atEpochMs, `release ${id} began again: ${[...rollouts].join(", ")}.`);
		}
		if (before.phase !== "idle" && after.phase === "idle" && before.rolloutId !== undefined)
			ends.set(before.rolloutId, (ends.get(before.rolloutId) ?? 0) + 1);
	});
	const hear = ({ kind, detail }: LifecycleEvent): void => {
		if (detail.service !== definition.service) return;
		if (kind === "rollout.superseded.v1") isSuperseded ||= detail.release.imageDigest === candidateDigest;
		if (kind === "rollout.started.v1") addTo(started, detail.release.imageDigest, detail.rolloutId);
		if (kind === "rollout.ended.v1") addTo(outcomes, detail.rolloutId, detail.outcome);
	};
	return {
		...follower,
		onEvent: (_busName, event) => {
			if (event.source === lifecycleSource) hear(parseLifecycleEvent(event));
		},
		broken: () => {
			const now = system.clock.nowEpochMs();
			const find = (sentence: string): void => findings.add(now, sentence);
			const rollouts = begun.get(candidateDigest) ?? new Set();
			if (rollouts.size === 0 && !isSuperseded) find("the release that was pushed had not been rolled out.");
			for (const [digest, said] of started) {
				const known = begun.get(digest) ?? new Set();
				if (said.size > 1) find(`${said.size} rollouts of ${digest} were said to start: ${[...said].join(", ")}.`);
				const invented = [...said].find((rolloutId) => !known.has(rolloutId));
				if (invented !== undefined) find(`${invented} was said to start, and the record never began it.`);
			}
			for (const rolloutId of [...begun.values()].flatMap((ids) => [...ids])) {
				const count = ends.get(rolloutId) ?? 0;
				if (count !== 1) find(`${rolloutId} had ended ${count} times; allowed is once.`);
				const said = [...(outcomes.get(rolloutId) ?? [])];
				if (count === 1 && said.length !== 1)
					find(`${rolloutId} had ended, and was said to have: ${said.join(", ") || "never"}.`);
			}
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
