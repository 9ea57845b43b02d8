import { isChangeOfContent } from "../../lib/domain/content-change.ts";
import { isSamePerson } from "../../lib/domain/identity.ts";
import type { Checker, Observation, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { followRecord } from "./record-follower.ts";

/** Looks at who has agreed when a question is answered; who pushed the registry knows, long before Sluice does. */
const watch = (observation: Observation): Watching => {
	const { registry } = observation.system.world;
	const findings = new Findings();
	const follower = followRecord(observation, ({ before, after, atEpochMs }) => {
		const { pause, release } = after;
		const isNew = pause?.answeredBy !== undefined && before.pause?.answeredBy === undefined;
		if (!isNew || pause.reason !== "approval" || pause.onUnknownPusher === "accept" || release === undefined) return;
		const people = (pause.answers ?? []).map(({ by }) => by);
		const isAsked = (after.deeds ?? []).some(({ verb }) => verb === "release" || verb === "retry");
		if (!isAsked && isChangeOfContent(release, after.stableRelease)) {
			const [first = ""] = people;
			if (people.some((by) => !isSamePerson(by, first))) return;
			findings.add(
				atEpochMs,
				`nobody but ${first} had approved ${release.id}, and nobody knows who changed what it is.`,
			);
			return;
		}
		const askedBy = after.askedBy ?? registry.pusherOf(release.imageDigest);
		if (askedBy === undefined || people.some((by) => !isSamePerson(by, askedBy))) return;
		findings.add(atEpochMs, `nobody but ${people.join(", ")} had approved ${release.id}, which ${askedBy} brought.`);
	});
	return { ...follower, broken: () => findings.sentences };
};

/** Watches every approval that lets a rollout go on. */
export const neverItsPusherAlone: Checker = { promise: "Never approved by its pusher alone.", watch };
