import { objectKey } from "../../world/cluster.ts";
import { unless, wasPausedFor } from "../promises.ts";
import { resumeAfter, type Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

/** Three minutes, as Argo CD has it unless told otherwise. */
const secondsBetweenSyncs = 180;
const syncsForSeconds = 2_400;
const replicasInManifest = 10;

/** Sets the user's Deployment and the in-cluster Service to what their manifests say, which know nothing of slots. */
const sync = (stage: Stage): void => {
	const { workload } = stage.definition;
	const { cluster } = stage.system.world;
	stage.note("person.acted", { what: "a GitOps tool syncs: the Service's selector and the user's own replicas" });
	stage.lend("service-edited");
	cluster.deployment(objectKey(workload, workload.deployment))?.scale(replicasInManifest);
	if (workload.inClusterService !== null)
		cluster.putService(objectKey(workload, workload.inClusterService), null, null);
};

/**
 * A GitOps tool that was never told to leave out `sluice.dev/slot`. Sluice puts the selector right once and does not fight:
 * it waits for a person, who tells the tool. The user's own Deployment is nobody's slot: its pods get no request.
 */
export const gitopsSync: Scenario = {
	name: "gitops-sync",
	story: "A GitOps tool sets the in-cluster Service and the user's replicas back every three minutes during a rollout.",
	service: "checkout",
	expected: "promoted",
	slackSeconds: 4_800,
	candidate: {},
	react: (event, stage) => {
		resumeAfter(syncsForSeconds, event, stage);
		if (event.kind !== "rollout.shifted.v1") return;
		stage.once("tool", () => {
			for (let seconds = 60; seconds <= syncsForSeconds; seconds += secondsBetweenSyncs)
				stage.after(seconds, () => sync(stage));
		});
	},
	broken: (ending) => [
		...wasPausedFor(ending, "external-writer"),
		...unless(ending.told("rollout.rolled-back.v1").length === 0, "It went back, although nobody was harmed."),
	],
};
