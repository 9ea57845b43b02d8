import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import { otherSlot, slotNames } from "../../lib/domain/slot.ts";
import { objectKey } from "../world/cluster.ts";
import type { World } from "../world/world.ts";

/**
 * Whether the world is as the end of a rollout promises: one slot serves everything from this image, nothing else is
 * left. Asked of the world itself, because what Sluice says of its own work proves nothing.
 * @returns each promise that was broken, as a sentence.
 */
export const brokenAftermath = (
	world: World,
	definition: ServiceDefinition,
	imageDigest: string,
): readonly string[] => {
	const { service, route, workload } = definition;
	const broken: string[] = [];
	const expect = (holds: boolean, sentence: string): void => void (holds || broken.push(sentence));
	const weights = world.loadBalancer.ruleAt(route.listenerArn, route.basePriority)?.weights ?? {};
	const serving = slotNames.filter((slot) => (weights[route.targetGroupArns[slot]] ?? 0) > 0);
	const [slot] = serving;
	if (slot === undefined || serving.length > 1) return [`The base rule sends requests to ${serving.length} slots.`];
	const deploymentOf = (name: typeof slot) =>
		world.cluster.deployment(objectKey(workload, `${workload.deployment}-${name}`));
	const trial = world.loadBalancer.ruleAt(route.listenerArn, route.trialPriority);
	expect(trial === null, "The trial rule is still there.");
	const served = deploymentOf(slot);
	expect(served?.imageDigest === imageDigest, `Slot ${slot} serves ${served?.imageDigest}; allowed is ${imageDigest}.`);
	expect((served?.readyReplicas ?? 0) > 0, `Slot ${slot} serves everything without a ready pod.`);
	const left = deploymentOf(otherSlot(slot))?.replicas ?? 0;
	expect(left === 0, `${left} pods are left in slot ${otherSlot(slot)}.`);
	if (workload.inClusterService !== null) {
		const selected = world.cluster.service(objectKey(workload, workload.inClusterService))?.slot;
		expect(selected === slot, `Callers in the cluster reach slot ${selected}; others reach ${slot}.`);
	}
	const state = world.table.get(service);
	expect(state?.phase === "idle", `The record says ${state?.phase}; allowed is idle.`);
	const isRecorded = state?.stableSlot === slot && state.stableRelease.imageDigest === imageDigest;
	expect(isRecorded, `The record does not say that ${slot} serves ${imageDigest}.`);
	return broken;
};
