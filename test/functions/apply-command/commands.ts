import type { FunctionStage } from "../function-stage.ts";
import { functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach } from "../rollout-journey.ts";

export interface CommandFields {
	readonly verb?: string;
	readonly by?: string;
	readonly rolloutId?: string;
	readonly service?: string;
	readonly atEpochMs?: number;
	readonly askedAtEpochMs?: number;
}

/** A command as it comes from the bus, sent at this moment unless said otherwise. */
export const command = (stage: FunctionStage, fields: CommandFields = {}): object => {
	const { verb = "approve", by = "ana", rolloutId = "checkout-1", service = "checkout", askedAtEpochMs } = fields;
	const atEpochMs = fields.atEpochMs ?? stage.clock.nowEpochMs();
	return {
		id: `event-${verb}-${by}-${atEpochMs}`,
		source: `people/${by}`,
		"detail-type": `command.${verb}.v1`,
		time: new Date(atEpochMs).toISOString().replace(/\.\d+Z/, "Z"),
		detail: { service, rolloutId, ...(askedAtEpochMs !== undefined && { askedAtEpochMs }) },
	};
};

export const apply = (stage: FunctionStage, event: unknown): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).applyCommand, event);

interface Asked {
	readonly reason?: string;
	readonly token?: string;
	readonly approvers?: readonly string[];
	readonly needed?: number;
	readonly askedAtEpochMs?: number;
	/** Who pushed the release; nobody knows where null, a pipeline where absent. */
	readonly pusher?: string | null;
	readonly onUnknownPusher?: "accept";
}

export const ask = async (stage: FunctionStage, asked: Asked = {}): Promise<unknown> => {
	const { reason = "approval", token = tokenOf(stage), approvers = ["ana"], needed } = asked;
	const askedAtEpochMs = asked.askedAtEpochMs ?? stage.clock.nowEpochMs();
	const { onUnknownPusher } = asked;
	const approval = {
		approvers,
		expiresSeconds: 3_600,
		...(needed !== undefined && { needed }),
		...(onUnknownPusher !== undefined && { onUnknownPusher }),
	};
	const question = payload({ reason, explanation: "May it go on?", approval, token, askedAtEpochMs });
	return stage.run(handlersOf(stage.ports).awaitPerson, question);
};

const tokenOf = (stage: FunctionStage): string => stage.tokens.get("checkout-1") ?? "none";

/** Lets it be known who pushed the release on trial. */
export const pushedBy = (stage: FunctionStage, askedBy: string): void =>
	void stage.world.table.put({ ...stage.state(), askedBy });

/** A rollout at 25 % that asks for something, whose execution really waits for the token. */
export const asking = async (asked: Asked = {}): Promise<FunctionStage> => {
	const stage = functionStage();
	await reach(stage, "exposed");
	const { pusher = "AROAPIPELINE:build-1" } = asked;
	if (pusher !== null) pushedBy(stage, pusher);
	await ask(stage, asked);
	await stage.pass(5);
	stage.caller.calls.length = 0;
	return stage;
};

/** When the question that is on record was asked. */
export const askedAt = (stage: FunctionStage): number => stage.state().pause?.sinceEpochMs ?? 0;

export const executionOf = (stage: FunctionStage, name: string) =>
	stage.engine.list().find((found) => found.name === name);

/** Details of everything that was said of one kind. */
export const saidOf = (stage: FunctionStage, kind: string): readonly object[] =>
	stage.said.filter((event) => event.kind === kind).map(({ detail }) => detail);
