import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { finishRollback, reach, rollBack } from "../rollout-journey.ts";

/** A sweep. */
export const scheduled = { source: "aws.events", "detail-type": "Scheduled Event" };
/** A person, as `aws:userid` names them. */
export const ana = "AROAEXAMPLEROLEID0001:ana@shop.example";

/** Invokes admission. */
export const admit = (stage: FunctionStage, event: object): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).admitRelease, event, 120_000);

/** A command as the bus delivers it: EventBridge writes whole seconds. */
export const command = (stage: FunctionStage, verb: "retry" | "release", detail: object = {}, by = ana): object => ({
	id: `${verb} ${stage.clock.nowEpochMs()} ${by}`,
	source: `people/${by}`,
	"detail-type": `command.${verb}.v1`,
	time: `${new Date(stage.clock.nowEpochMs()).toISOString().slice(0, 19)}Z`,
	detail: { service: "checkout", ...detail },
});

/** Lifecycle events of a kind. */
export const said = (stage: FunctionStage, kind: string) => stage.said.filter((event) => event.kind === kind);
/** Reasons of refused commands. */
export const refusals = (stage: FunctionStage): readonly string[] =>
	stage.said.flatMap((event) => (event.kind === "command.refused.v1" ? [event.detail.reason] : []));
/** Rollbacks that make room. */
export const takenBack = (stage: FunctionStage) =>
	stage.engine.list().filter(({ name }) => name.includes("superseded"));

/** A stage on which one release was rolled back, ten minutes ago. */
export const rolledBack = async (overrides: Parameters<typeof functionStage>[0] = {}): Promise<FunctionStage> => {
	const stage = functionStage(overrides);
	await reach(stage, "exposed");
	await rollBack(stage);
	await finishRollback(stage);
	await stage.pass(600);
	return stage;
};
