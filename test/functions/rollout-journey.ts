import { executionArnOf } from "../../lib/ports/executions.ts";
import { rolloutMachineArn } from "./answer-engine.ts";
import { canaryDigest, type FunctionStage, functionStage } from "./function-stage.ts";
import { handlersOf } from "./handlers.ts";

/** The rollout that the first push begins. */
const rolloutId = "checkout-1";

/** The payload that every state of the rollout hands over, with what a function needs beyond it. */
export const payload = (fields: object = {}): object => ({ v: 2, rolloutId, ...fields });

/** The payload of closing, by the rollout's own execution and before the drain unless said otherwise. */
export const closingPayload = (
	executionArn: string = executionArnOf(rolloutMachineArn, rolloutId),
	isSecondLook = false,
): object => payload({ executionArn, isSecondLook });

/** Points of a rollout's way, in their order. The names say what has happened last. */
export const stations = [
	"idle",
	"admitted",
	"prepared",
	"opened",
	"exposed",
	"at everything",
	"promoted",
	"closed",
] as const;

export type Station = (typeof stations)[number];

type Leg = (stage: FunctionStage) => Promise<unknown>;

const prepare: Leg = async (stage) => {
	const { prepareCanary } = handlersOf(stage.ports);
	for (let look = 0; look < 20; look++) {
		const answer = (await stage.run(prepareCanary, payload())) as { readonly kind: string };
		if (answer.kind === "ready") return;
		await stage.pass(5);
	}
	throw new RangeError("The canary does not become ready.");
};

const shift =
	(weightPercent: number): Leg =>
	async (stage) => {
		const { ensureCapacity, shiftTraffic } = handlersOf(stage.ports);
		const wanted = payload({ weightPercent, sinceEpochMs: null });
		for (let look = 0; look < 40; look++) {
			const answer = (await stage.run(ensureCapacity, wanted)) as { readonly kind: string };
			if (answer.kind === "ready") return stage.run(shiftTraffic, payload({ weightPercent, acceptedAlarms: [] }));
			await stage.pass(5);
		}
		throw new RangeError(`There is no capacity for ${weightPercent} %.`);
	};

const close: Leg = async (stage) => {
	await stage.pass(stage.definition.windowSeconds);
	await stage.run(handlersOf(stage.ports).closeRollout, closingPayload());
};

const promote: Leg = async (stage) => {
	const { promoteCanary, moveInClusterService } = handlersOf(stage.ports);
	await stage.run(promoteCanary, payload());
	await stage.run(moveInClusterService, payload({ to: "canary" }));
};

/** What leads to each station from the one before. */
const legs: Readonly<Record<Station, Leg>> = {
	idle: async () => {},
	admitted: (stage) => stage.run(handlersOf(stage.ports).admitRelease, stage.push(canaryDigest, "v2")),
	prepared: prepare,
	opened: (stage) => stage.run(handlersOf(stage.ports).openTrial, payload()),
	exposed: shift(25),
	"at everything": shift(100),
	promoted: promote,
	closed: close,
};

/** Takes a stage from where nothing has happened to a station, by running the real handlers. */
export const reach = async (stage: FunctionStage, station: Station): Promise<void> => {
	for (const next of stations.slice(0, stations.indexOf(station) + 1)) await legs[next](stage);
	stage.caller.calls.length = 0;
};

/** A fresh stage at that station. */
export const stageAt = async (station: Station): Promise<FunctionStage> => {
	const stage = functionStage();
	await reach(stage, station);
	return stage;
};

/** What the rollback machine hands to its first task, around the input of its execution. */
export const rollbackPayload = (request: unknown, executionArn = "rollback-a", isBlind = false): object => ({
	v: 1,
	request,
	executionArn,
	isBlind,
});

/** The first task of the rollback machine, as it starts for this rollout. */
export const rollbackEvent = (
	fields: { readonly kind?: string; readonly executionArn?: string; readonly rolloutId?: string } = {},
): object => {
	const { kind = "verdict", executionArn = "rollback-a", rolloutId: id = rolloutId } = fields;
	const cause = { kind, explanation: "canary: 9.00 % errors", triggeredAtEpochMs: 1_700_000_000_000 };
	return rollbackPayload({ v: 1, rolloutId: id, cause }, executionArn);
};

/** From any station before closing: traffic has gone back and is confirmed. */
export const rollBack = async (stage: FunctionStage, fields: { readonly kind?: string } = {}): Promise<void> => {
	await stage.run(handlersOf(stage.ports).rollBack, rollbackEvent(fields));
	stage.caller.calls.length = 0;
};

/** The rest of a rollback, without its waits. */
export const finishRollback = async (stage: FunctionStage): Promise<void> => {
	const { stopRollout, moveInClusterService, retireSlot, finishRollout } = handlersOf(stage.ports);
	await stage.run(moveInClusterService, payload({ to: "stable" }));
	await stage.run(stopRollout, payload({ zeroConfirmedAtEpochMs: stage.clock.nowEpochMs() }));
	await stage.run(retireSlot, payload());
	await stage.run(finishRollout, payload({ outcome: "rolled-back" }));
	stage.caller.calls.length = 0;
};
