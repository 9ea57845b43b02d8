import { otherSlot, type SlotName, slotNames } from "../../lib/domain/slot.ts";
import { objectKey } from "../world/cluster.ts";
import { routingOf } from "../world/routing.ts";
import type { Checker, Observation, Watching } from "./checker.ts";
import { followRecord } from "./record-follower.ts";

/** What is not as it should be once everything has settled with this image, asked of the world alone, as sentences. */
const brokenAftermath = (
	{ system: { world }, definition, hands }: Observation,
	imageDigest: string,
): readonly string[] => {
	const { service, workload } = definition;
	const routing = routingOf(world, definition);
	const broken: string[] = [];
	const expect = (holds: boolean, sentence: string): void => void (holds || broken.push(sentence));
	const weights = routing.base();
	const serving = slotNames.filter((slot) => (weights?.[slot] ?? 0) > 0);
	const [slot] = serving;
	if (slot === undefined || serving.length > 1) return [`The base rule sends requests to ${serving.length} slots.`];
	const deploymentOf = (name: SlotName) =>
		world.cluster.deployment(objectKey(workload, `${workload.deployment}-${name}`));
	expect(routing.trial() === null, "The trial rule is still there.");
	expect(routing.preview() === null, "What was shown to testers is still there.");
	const followed = world.traffic.of(service).shares.at(-1);
	expect(followed?.[slot] === 1, `Users follow ${JSON.stringify(followed)}; allowed is ${slot} for all.`);
	const served = deploymentOf(slot);
	expect(served?.imageDigest === imageDigest, `Slot ${slot} serves ${served?.imageDigest}; allowed is ${imageDigest}.`);
	expect((served?.readyReplicas ?? 0) > 0, `Slot ${slot} serves everything without a ready pod.`);
	const left = deploymentOf(otherSlot(slot))?.replicas ?? 0;
	expect(left === 0, `${left} pods are left in slot ${otherSlot(slot)}.`);
	if (workload.inClusterService !== null) {
		const service = world.cluster.service(objectKey(workload, workload.inClusterService));
		const selected = service?.slot;
		// Nobody fights for a selector while nothing is rolled out; Sluice's own writes carry their epoch.
		const isByHand = hands.has("service-edited") && service?.epoch === null;
		expect(isByHand || selected === slot, `Callers in the cluster reach slot ${selected}; others reach ${slot}.`);
	}
	const state = world.table.get(service);
	expect(state?.phase === "idle", `The record says ${state?.phase}; allowed is idle.`);
	const isRecorded = state?.stableSlot === slot && state.stableRelease.imageDigest === imageDigest;
	expect(isRecorded, `The record does not say that ${slot} serves ${imageDigest}.`);
	return broken;
};

/** What must be so where nothing is on record: the user's own serves, and nothing of Sluice's is left. */
const brokenWithoutRecord = ({ system: { world }, definition }: Observation): readonly string[] => {
	const { service, workload } = definition;
	const broken: string[] = [];
	const expect = (holds: boolean, sentence: string): void => void (holds || broken.push(sentence));
	const followed = world.traffic.of(service).shares.at(-1);
	expect(followed?.users === 1, `Users follow ${JSON.stringify(followed)}; allowed is their own target group for all.`);
	const own = world.cluster.deployment(objectKey(workload, workload.deployment));
	expect((own?.readyReplicas ?? 0) > 0, "The user's own Deployment has no ready pod.");
	for (const name of slotNames) {
		const left = world.cluster.deployment(objectKey(workload, `${workload.deployment}-${name}`));
		expect(left === null, `Slot ${name} is still there.`);
	}
	if (workload.inClusterService !== null) {
		const selected = world.cluster.service(objectKey(workload, workload.inClusterService))?.slot ?? null;
		expect(selected === null, `The in-cluster Service still selects slot ${selected}.`);
	}
	return broken;
};

const watch = (observation: Observation): Watching => {
	const { system, definition } = observation;
	/** What should serve in the end; and what should if the rollout under way goes back. */
	let served = system.world.table.get(definition.service)?.stableRelease;
	let before = served;
	const follower = followRecord(observation, ({ before: { phase }, after }) => {
		served ??= after.stableRelease;
		if (phase === "idle" && after.phase !== "idle") before = served;
		if (after.phase === "closing") served = after.release ?? served;
		if (after.phase === "rolling-back") served = before;
	});
	return {
		...follower,
		broken: () => {
			const record = system.world.table.get(definition.service);
			if (record === null) return brokenWithoutRecord(observation);
			return brokenAftermath(observation, (served ?? record.stableRelease).imageDigest);
		},
	};
};

/** Looks at the world once everything is over: whichever way that went, and whatever people did with their hands. */
export const settles: Checker = {
	promise: "Afterwards one version serves everything, and record, router and cluster agree.",
	watch,
};
