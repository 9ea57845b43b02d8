import type { ServiceDefinition } from "../../../lib/domain/service-definition.ts";
import { type System, startEpochMs } from "../../system/make-system.ts";
import { objectKey } from "../../world/cluster.ts";
import { hostFor, insist, usersPriority } from "../enrolling.ts";
import { unless } from "../promises.ts";
import { approvePromptly, type Ending, type Scenario } from "../scenario.ts";

/** Long after its owner has seen to the autoscaler, three times as many users come. */
const risesAtSeconds = 9_000;
const users = (atEpochMs: number): number => (atEpochMs - startEpochMs < risesAtSeconds * 1000 ? 100 : 300);

const keyOf = ({ workload }: ServiceDefinition): string => objectKey(workload, workload.deployment);

const recreate = ({ world }: System, definition: ServiceDefinition): void =>
	world.cluster.recreateAutoscaler(keyOf(definition));

const serving = ({ system: { world }, definition }: Ending) => {
	const key = `${keyOf(definition)}-${world.table.get(definition.service)?.stableSlot}`;
	return { pods: world.cluster.deployment(key)?.readyReplicas ?? 0, autoscaler: world.cluster.autoscaler(key) };
};

/** Labels of slot pods are the user's, too, so two autoscalers mean them; which of them does not follow is told by name. */
export const autoscalersMeet: Scenario = {
	name: "autoscalers-meet",
	story:
		"After enrolment the user's own autoscaler and the slot's stand still; a rollout goes on and says so, the owner creates the own one again, and the slot follows the load.",
	service: "checkout",
	expected: "promoted",
	lastsSeconds: risesAtSeconds + 1_200,
	candidate: {},
	arrange: hostFor(users),
	begin: (stage) =>
		stage.after(30, () =>
			insist(stage, { wish: "enrol", fromPriority: usersPriority }, ({ warnings = [] }) => {
				stage.note("enrolment.warned", { warnings: warnings.join(" ") });
				stage.after(60, stage.push);
			}),
		),
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind === "rollout.ended.v1") stage.once("see to it", () => recreate(stage.system, stage.definition));
	},
	broken: (ending) => {
		const { pods, autoscaler } = serving(ending);
		const said = ending.told("service.autoscaler-ambiguous.v1").map(({ reason }) => String(reason));
		const warned = String(ending.noted("enrolment.warned")[0]?.warnings);
		return [
			...unless(warned.includes('"checkout-blue"'), `The last word of the enrolment was: ${warned}`),
			...unless(said.length > 0, "Nobody was told that the slot's autoscaler stands still."),
			...unless(
				said.every((reason) => reason.includes('"checkout-blue"')),
				`It was said of another autoscaler: ${said.join(" ")}`,
			),
			...unless(autoscaler?.isAmbiguous === false, "The slot's autoscaler stands still to the end."),
			...unless(pods > 10, `${pods} pods serve three times as many users.`),
		];
	},
};
