import { announce } from "../../lib/domain/announcement.ts";
import type { RolloutCommand } from "../../lib/domain/command.ts";
import { type CommandDecision, endPause } from "../../lib/domain/pause.ts";
import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import { ExecutionExistsConflictError, type Executions, TokenGoneConflictError } from "../../lib/ports/executions.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import { type ServiceStore, StoreConflictError } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { Environment } from "./environment.ts";

/** What obeying a command needs of the world. */
export interface Ports {
	readonly store: ServiceStore;
	readonly executions: Executions;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

type Answer = Extract<CommandDecision, { readonly kind: "answer" }>;

/**
 * Answers the state that waits, says who did, and only then forgets the question: while it is on record and nothing
 * waits for it any more, an earlier delivery of this command has answered it and may not have come to say so.
 */
export const answer = async (ports: Ports, command: RolloutCommand, decision: Answer) => {
	const { service, verb, by } = command;
	const { rolloutId, question } = decision;
	try {
		await ports.executions.answer(question.token, { v: 1, verb, by });
	} catch (error) {
		if (!(error instanceof TokenGoneConflictError)) throw error;
	}
	const resumed = { service, rolloutId, atEpochMs: ports.clock.nowEpochMs(), by, verb };
	await ports.events.publish([announce("rollout.resumed.v1", resumed, `${question.askedAtEpochMs}-${by}`)]);
	await forgetQuestion(ports, service, decision);
	return { v: 1, kind: "answered" } as const;
};

/** What was answered is no longer asked. A record that has moved on has forgotten it already. */
const forgetQuestion = async (ports: Ports, service: string, { rolloutId, question }: Answer): Promise<void> => {
	try {
		await ports.store.write(service, endPause(parseRolloutId(rolloutId).epoch, question.token));
	} catch (error) {
		if (!(error instanceof StoreConflictError)) throw error;
	}
};

/** Starts the rollback that a person asks for. */
export const rollBack = async (
	ports: Ports,
	environment: Environment,
	{ by, sentAtEpochMs }: RolloutCommand,
	rolloutId: string,
) => {
	const cause = { kind: "person", explanation: `Aborted by ${by}.`, triggeredAtEpochMs: sentAtEpochMs };
	// One name a minute: deliveries of one command make one execution, and who asks again after it failed gets another.
	const name = `${rolloutId}-abort-${Math.floor(sentAtEpochMs / 60_000)}`;
	try {
		await ports.executions.start(environment.ROLLBACK_MACHINE_ARN, name, { v: 1, rolloutId, cause });
	} catch (error) {
		// Aborted a moment ago, by an earlier delivery of this command or by somebody else: it is being done.
		if (!(error instanceof ExecutionExistsConflictError)) throw error;
	}
	return { v: 1, kind: "rolling-back" } as const;
};

/** Says no, and why, where the person can see it. */
export const refuse = async (ports: Ports, command: RolloutCommand, reason: string) => {
	const { service, rolloutId, verb, by } = command;
	const atEpochMs = ports.clock.nowEpochMs();
	ports.telemetry.count("CommandRefused", { verb });
	await ports.events.publish([
		announce("command.refused.v1", { service, rolloutId, verb, by, atEpochMs, reason }, `${verb}@${atEpochMs}`),
	]);
	return { v: 1, kind: "refused", reason } as const;
};
