import { announce } from "../../lib/domain/announcement.ts";
import type { RolloutCommand } from "../../lib/domain/command.ts";
import { type CommandDecision, decideCommand } from "../../lib/domain/command-decision.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import { ExecutionExistsConflictError, type Executions } from "../../lib/ports/executions.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import {
	InvalidServiceError,
	type ServiceStore,
	StoreConflictError,
	StoreUnavailableError,
} from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { passOn, seeThrough } from "../given-answer.ts";
import type { Invocation } from "../pipeline.ts";
import { leaveNote } from "../refusal-note.ts";
import type { Environment } from "./environment.ts";

/** What obeying a command needs of the world. */
export interface Ports {
	readonly store: ServiceStore;
	readonly executions: Executions;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

type Decided<Kind extends CommandDecision["kind"]> = Extract<CommandDecision, { readonly kind: Kind }>;

/** Others may write between reading and writing; so often it is tried before the event is delivered again. */
const mostTries = 5;

/**
 * Decides on what is on record and writes down what follows, as one: who loses the race decides anew on what the
 * winner wrote. A service that nobody enrolled is refused like any other mistake: where the person can see it.
 */
export const decide = async (
	ports: Ports,
	command: RolloutCommand,
	invocation: Invocation,
): Promise<CommandDecision> => {
	for (let tries = 1; ; tries++) {
		const decision = await decideOnce(ports, command);
		if (decision.kind !== "obey" || decision.write === null) return decision;
		invocation.ensureTimeLeft(3_000);
		try {
			await ports.store.write(command.service, decision.write);
			return decision;
		} catch (error) {
			if (!(error instanceof StoreConflictError) || tries === mostTries) throw error;
		}
	}
};

const decideOnce = async (ports: Ports, command: RolloutCommand): Promise<CommandDecision> => {
	try {
		return decideCommand(await ports.store.read(command.service), command, ports.clock.nowEpochMs());
	} catch (error) {
		if (error instanceof InvalidServiceError) return { kind: "refuse", reason: error.message };
		// A rollback needs no record to begin; whether it may is decided where it does.
		const { rolloutId } = command;
		const isPossible = command.verb === "abort" && error instanceof StoreUnavailableError && rolloutId !== undefined;
		if (isPossible) return { kind: "roll-back", rolloutId };
		throw error;
	}
};

/** After the record: says what was done, and answers the state that waits. */
export const obey = async (ports: Ports, command: RolloutCommand, { rolloutId, final, says }: Decided<"obey">) => {
	if (final === null) {
		await ports.events.publish(says);
		return { v: 1, kind: "recorded" } as const;
	}
	if (await seeThrough(ports, command.service, rolloutId, final, says)) return { v: 1, kind: "answered" } as const;
	return refuse(ports, command, { kind: "refuse", reason: "a rollback has begun before the answer came" });
};

/** Starts the rollback that a person asks for. */
export const rollBack = async (
	ports: Ports,
	environment: Environment,
	{ by, sentAtEpochMs }: RolloutCommand,
	rolloutId: string,
) => {
	const cause = { kind: "person", explanation: `Aborted by ${by}.`, triggeredAtEpochMs: sentAtEpochMs, by };
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

/** Says no, and why, where the person can see it. What somebody else has answered is seen through on the way. */
export const refuse = async (ports: Ports, command: RolloutCommand, { reason, unfinished }: Decided<"refuse">) => {
	const { service, rolloutId, verb, by, id } = command;
	if (unfinished !== undefined && rolloutId !== undefined) await passOn(ports, service, rolloutId, unfinished);
	const atEpochMs = ports.clock.nowEpochMs();
	ports.telemetry.count("CommandRefused", { verb });
	await leaveNote(ports, service, { verb, by, reason, atEpochMs });
	await ports.events.publish([
		announce("command.refused.v1", { service, rolloutId, verb, by, atEpochMs, reason }, `${id}@${atEpochMs}`),
	]);
	return { v: 1, kind: "refused", reason } as const;
};
