import { announce } from "../../lib/domain/announcement.ts";
import { settleQuestion } from "../../lib/domain/command-decision.ts";
import { type Driver, reconcile } from "../../lib/domain/reconciliation.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import { ExecutionExistsConflictError, type Executions, executionArnOf } from "../../lib/ports/executions.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import { type ServiceStore, StoreConflictError } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { TrialSeats } from "../../lib/ports/trial-seats.ts";
import { seeThrough } from "../given-answer.ts";
import type { Invocation } from "../pipeline.ts";
import type { Environment } from "./environment.ts";

/** What reconciling needs of the world. */
export interface Ports {
	readonly store: ServiceStore;
	readonly seats: TrialSeats;
	readonly executions: Executions;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

const driverOf = async (ports: Ports, environment: Environment, state: ServiceState): Promise<Driver> => {
	const rolloutArn = executionArnOf(environment.ROLLOUT_MACHINE_ARN, state.rolloutId ?? "");
	const candidates: Readonly<Partial<Record<ServiceState["phase"], readonly string[]>>> = {
		"rolling-back": state.rollback === undefined ? [] : [state.rollback.executionArn],
		closing: [state.closingExecutionArn ?? rolloutArn],
	};
	const statuses = await Promise.all(
		(candidates[state.phase] ?? [rolloutArn]).map((arn) => ports.executions.status(arn)),
	);
	if (statuses.includes("running")) return "running";
	return statuses.every((status) => status === "unknown") ? "never-started" : "ended";
};

/**
 * Sees to one service that is not idle.
 * @returns what was done about it, for the log.
 */
export const reconcileOne = async (
	ports: Ports,
	environment: Environment,
	listed: ServiceState,
	invocation: Invocation,
): Promise<string> => {
	// The list may lag: what is acted on is read again, consistently.
	const state = await ports.store.read(listed.service);
	if (state.phase === "idle" || state.rolloutId === undefined) return "idle meanwhile";
	const nowEpochMs = ports.clock.nowEpochMs();
	const action = reconcile(state, await driverOf(ports, environment, state), nowEpochMs);
	if (action.kind === "leave") return settle(ports, state, nowEpochMs, invocation);
	const { rolloutId } = action;
	ports.telemetry.count("Reconciled", { action: action.kind });
	invocation.ensureTimeLeft(3_000);
	try {
		await act(ports, environment, state, action, nowEpochMs);
	} catch (error) {
		if (!(error instanceof ExecutionExistsConflictError)) throw error;
		const reason = `Rollout ${rolloutId} is ${state.phase}, nothing drives it, and ${action.kind} was tried before.`;
		await ports.events.publish([
			announce(
				"service.needs-attention.v1",
				{ service: state.service, rolloutId, atEpochMs: nowEpochMs, reason },
				nowEpochMs,
			),
		]);
	}
	return action.kind;
};

/** Lets go on what waits although it was answered: nobody may come along any more who would. */
const settle = async (
	ports: Ports,
	state: ServiceState,
	nowEpochMs: number,
	invocation: Invocation,
): Promise<string> => {
	const settled = settleQuestion(state, nowEpochMs);
	if (settled === null || settled.final === null) return "driven";
	const { write, final, says, rolloutId } = settled;
	invocation.ensureTimeLeft(3_000);
	try {
		if (write !== null) await ports.store.write(state.service, write);
	} catch (error) {
		if (error instanceof StoreConflictError) return "answered meanwhile";
		throw error;
	}
	if (!(await seeThrough(ports, state.service, rolloutId, final, says))) return "goes back meanwhile";
	ports.telemetry.count("Reconciled", { action: "answer" });
	return "answered";
};

type Action = Exclude<ReturnType<typeof reconcile>, { kind: "leave" }>;

const act = async (
	ports: Ports,
	environment: Environment,
	state: ServiceState,
	action: Action,
	nowEpochMs: number,
): Promise<void> => {
	const { rolloutId } = action;
	const input = { v: 1, rolloutId };
	switch (action.kind) {
		case "start-rollout":
			// Whoever admitted it may have died before it could say so; the same event said twice counts once.
			await sayStarted(ports, state, rolloutId, nowEpochMs);
			await ports.executions.start(environment.ROLLOUT_MACHINE_ARN, rolloutId, input);
			return;
		case "resume-closing":
			await startOnce(ports, environment.ROLLOUT_MACHINE_ARN, `${rolloutId}-closing-${minuteOf(nowEpochMs)}`, input);
			return;
		case "roll-back": {
			const cause = { kind: "execution-lost", explanation: action.explanation, triggeredAtEpochMs: nowEpochMs };
			const deadOwner = state.rollback === undefined ? {} : { takesOverFrom: state.rollback.executionArn };
			const name = await nameOfAttempt(ports, environment, rolloutId, nowEpochMs);
			if (name !== null)
				await startOnce(ports, environment.ROLLBACK_MACHINE_ARN, name, { ...input, cause, ...deadOwner });
			return;
		}
	}
};

/** A rollback that cannot write the record yet goes on trying for long; another one beside it would only crowd it. */
const attemptMinutes = 15;

/** Name of a further attempt at a rollback; null while the one of this quarter of an hour still tries. */
const nameOfAttempt = async (
	ports: Ports,
	environment: Environment,
	rolloutId: string,
	nowEpochMs: number,
): Promise<string | null> => {
	const minute = minuteOf(nowEpochMs);
	const name = `${rolloutId}-lost-${minute - (minute % attemptMinutes)}`;
	const status = await ports.executions.status(executionArnOf(environment.ROLLBACK_MACHINE_ARN, name));
	if (status === "running") return null;
	return status === "unknown" ? name : `${rolloutId}-lost-${minute}`;
};

/** One name a minute: each attempt is an execution of its own, and two reconcilers make one. */
const minuteOf = (epochMs: number): number => Math.floor(epochMs / 60_000);

/** A name that is taken has been started by another look in this minute, with the moment of that look in its input. */
const startOnce = async (ports: Ports, machineArn: string, name: string, input: object): Promise<void> => {
	try {
		await ports.executions.start(machineArn, name, input);
	} catch (error) {
		if (!(error instanceof ExecutionExistsConflictError)) throw error;
	}
};

const sayStarted = async (ports: Ports, state: ServiceState, rolloutId: string, atEpochMs: number): Promise<void> => {
	const { service, release, stableRelease } = state;
	if (release === undefined) return;
	const started = { service, rolloutId, atEpochMs, release, replaces: stableRelease };
	await ports.events.publish([announce("rollout.started.v1", started)]);
};
