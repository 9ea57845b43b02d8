import type { FunctionStage } from "./function-stage.ts";
import type { Handlers } from "./handlers.ts";
import { payload, reach, rollBack, rollbackEvent, type Station } from "./rollout-journey.ts";

/** One function at the point of a rollout where the machines call it. */
export interface FunctionCall {
	readonly name: keyof Handlers;
	/** Brings the stage there. */
	readonly arrive: (stage: FunctionStage) => Promise<void>;
	/** The payload, without its version. */
	readonly fields: object;
	/** What the answer's `kind` is when all is well. */
	readonly kind: string;
	readonly changes: "nothing" | "something";
}

const at =
	(station: Station) =>
	(stage: FunctionStage): Promise<void> =>
		reach(stage, station);

const backFrom =
	(station: Station) =>
	async (stage: FunctionStage): Promise<void> => {
		await reach(stage, station);
		await rollBack(stage);
	};

const windowOver = async (stage: FunctionStage): Promise<void> => {
	await reach(stage, "promoted");
	await stage.pass(stage.definition.windowSeconds);
};

const confirmed = { zeroConfirmedAtEpochMs: 1_700_000_100_000 };
const step = { weightPercent: 25, judgedBy: "comparison", minBakeSeconds: 60, maxBakeSeconds: 300, approval: null };
const watch = { mode: "trial", step, startEpochMs: 1_700_000_070_000, round: 0, evidence: null };
const question = {
	reason: "undecided",
	explanation: "too few requests",
	approval: { approvers: [], expiresSeconds: 3_600 },
	token: "token-1",
};

const call = (
	name: keyof Handlers,
	arrive: FunctionCall["arrive"],
	fields: object,
	kind: string,
	changes: FunctionCall["changes"] = "something",
): FunctionCall => ({ name, arrive, fields: payload(fields), kind, changes });

/** Every function that the machines call with a payload of their own, at its place. */
export const functionCalls: readonly FunctionCall[] = [
	call("planStep", at("admitted"), { stepIndex: 0 }, "step", "nothing"),
	call("prepareCanary", at("admitted"), {}, "wait"),
	call("openTrial", at("prepared"), {}, "opened"),
	call("ensureCapacity", at("opened"), { weightPercent: 100, sinceEpochMs: null }, "wait"),
	call("shiftTraffic", at("opened"), { weightPercent: 25, acceptedAlarms: [] }, "shifted"),
	call("watchCanary", at("exposed"), watch, "keep-watching", "nothing"),
	call("awaitPerson", at("exposed"), question, "waiting"),
	call("promoteCanary", at("at everything"), {}, "promoted"),
	call("moveInClusterService", at("promoted"), { to: "canary" }, "moved"),
	call("closeRollout", windowOver, { executionArn: "execution-a", isSecondLook: false }, "closed"),
	call("retireSlot", at("closed"), {}, "retired"),
	call("finishRollout", at("closed"), { outcome: "promoted" }, "finished"),
	call("stopRollout", backFrom("exposed"), confirmed, "stopped"),
	call("observeZero", backFrom("opened"), { ...confirmed, wasExposed: false, lookIndex: 0 }, "observed"),
];

/** The same for the first task of the rollback machine, whose payload wraps the input of its execution. */
export const rollBackCall: FunctionCall = {
	name: "rollBack",
	arrive: at("exposed"),
	fields: rollbackEvent(),
	kind: "confirmed",
	changes: "something",
};

/** Whether a remote call only reads. Saying what happened changes nothing either: events may be said twice. */
export const isHarmless = (operation: string): boolean =>
	/^(dynamodb:(GetItem|Query)|s3:(Get|List)|cloudwatch:|ecr:Describe|eks:Describe|events:PutEvents|states:Describe|elasticloadbalancing:Describe|kubernetes:(get|list):)/.test(
		operation,
	);
