import { objectKey } from "../world/cluster.ts";
import type { Checker, Observation, Watching } from "./checker.ts";

/** A hand on the cluster or the record may leave behind what nobody but it can mend. */
const watch = ({ system, definition, hands }: Observation): Watching => ({
	broken: () => {
		const { table, cluster } = system.world;
		const { workload, service } = definition;
		const state = table.get(service);
		if (state?.phase !== "idle" || hands.size > 0) return [];
		const users = cluster.autoscaler(objectKey(workload, workload.deployment))?.bounds;
		const own = cluster.autoscaler(objectKey(workload, `${workload.deployment}-${state.stableSlot}`))?.bounds;
		if (users === undefined || own === undefined || own.minReplicas === users.minReplicas) return [];
		return [
			`After the story, slot ${state.stableSlot} is held at ${own.minReplicas} pods at least; the user's own autoscaler says ${users.minReplicas}.`,
		];
	},
});

/** Looked at once, when the service is idle again. */
export const autoscalerIsReleased: Checker = {
	promise:
		"What a rollout held for its rollback is let go in the end: the slot that serves follows the user's own bounds.",
	watch,
};
