import { objectKey } from "../../world/cluster.ts";
import { unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

const syncedAtSeconds = 60;
const mendedAtSeconds = 8_400;
const pushedAtSeconds = 9_300;

/** An hour until it is the service's turn, and another one where that sweep is lost. */
const knownAfterSeconds = 7_800;

const replicasInManifest = 10;

/** The user's objects as a manifest has them that knows nothing of slots, or as Sluice left them. */
const sync = (stage: Stage, what: string, replicas: number, slot: "blue" | null): void => {
	const { workload } = stage.definition;
	const { cluster } = stage.system.world;
	stage.note("person.acted", { what });
	stage.lend("service-edited");
	cluster.deployment(objectKey(workload, workload.deployment))?.scale(replicas);
	if (workload.inClusterService !== null)
		cluster.putService(objectKey(workload, workload.inClusterService), slot, null);
};

/** Nothing is rolled out while a GitOps tool undoes what enrolment did. Sluice says it, once, and does not fight. */
export const driftWhenIdle: Scenario = {
	name: "drift-when-idle",
	story:
		"Nothing is rolled out while a GitOps tool sets Service and replicas back: it is said at the next look, and only then mended.",
	service: "checkout",
	expected: "promoted",
	candidate: {},
	begin: (stage) => {
		stage.after(syncedAtSeconds, () => sync(stage, "a GitOps tool syncs once", replicasInManifest, null));
		stage.after(mendedAtSeconds, () => sync(stage, "tells the tool, and puts both right", 0, "blue"));
		stage.after(pushedAtSeconds, stage.push);
	},
	react: approvePromptly,
	broken: ({ told, system, definition }) => {
		const said = told("service.needs-attention.v1");
		const [first] = said;
		const reason = String(first?.reason ?? "");
		return [
			...unless(
				first !== undefined && first.atSeconds <= syncedAtSeconds + knownAfterSeconds,
				`It was said after ${first?.atSeconds ?? "no"} s; allowed are ${knownAfterSeconds} s after the sync.`,
			),
			...unless(
				reason.includes("selects neither slot") && reason.includes("wants 10 of your own pods"),
				`It was said as "${reason}".`,
			),
			...unless(new Set(said.map(({ eventId }) => eventId)).size <= 1, "It was said more than once."),
			...unless(
				system.world.table.get(definition.service)?.drift === undefined,
				"It is still on record, although it was put right.",
			),
		];
	},
};
