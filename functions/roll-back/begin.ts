import { type AlarmReaction, type RedTurn, reactToAlarm } from "../../lib/domain/alarm-reaction.ts";
import { beginRollback, continueRollback, takeOverRollback } from "../../lib/domain/rollback.ts";
import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import { type RollbackCause, revertiblePhases, type ServiceState } from "../../lib/domain/service-state.ts";
import { slotNames } from "../../lib/domain/slot.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import { UnavailableError } from "../../lib/ports/errors.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import { InvalidServiceError, type ServiceStore, StoreConflictError } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { TrafficRouter } from "../../lib/ports/traffic-router.ts";
import type { Invocation } from "../pipeline.ts";
import type { RollbackRequest } from "./rollback-request.ts";

/** Traffic has been sent back, and the record does not know: the next attempt must make it so, whatever it reads. */
export class TrafficAbandonedUnavailableError extends UnavailableError {
	override readonly name = "TrafficAbandonedUnavailableError";
}

/** What a rollback needs of the world. */
export interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly router: TrafficRouter;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

/** A rollback that is under way, and whether this execution sees it through to the end. */
export interface UnderWay {
	readonly kind: "under-way";
	readonly state: ServiceState;
	readonly isOwner: boolean;
	/** Begun by this very attempt: nobody can have deleted the rule on record yet. */
	readonly isFirst: boolean;
}

/** How a request to roll back came out. */
export type Beginning =
	| UnderWay
	| { readonly kind: "over" | "page"; readonly reason: string; readonly service: string };

/** What is known of an attempt besides what it asks for. */
export interface Attempt {
	readonly executionArn: string;
	/** An earlier attempt of this execution has sent traffic back without asking the record. */
	readonly isBlind: boolean;
	readonly invocation: Invocation;
}

/** Begins because an alarm turned red; what it may do depends on the record (D9). */
export const beginByAlarm = async (ports: Ports, turn: RedTurn, attempt: Attempt): Promise<Beginning> => {
	const definition = await ports.catalog.findByAlarm(turn.alarmName);
	if (definition === null)
		return { kind: "over", service: "none", reason: `Alarm ${turn.alarmName} guards no service of Sluice.` };
	const { service } = definition;
	try {
		const state = await ports.store.read(service);
		const reaction: AlarmReaction = reactToAlarm(state, turn);
		if (reaction.kind === "page") return { kind: "page", service, reason: reaction.reason };
		// Traffic has gone already: a rollout that went on beside that would wait for requests that never come.
		const mustFollow = attempt.isBlind && revertiblePhases.includes(state.phase);
		if (reaction.kind === "ignore" && !mustFollow) return { kind: "over", service, reason: reaction.reason };
		const explanation = `Alarm ${turn.alarmName} turned red; the cause is unknown to it.`;
		const cause: RollbackCause = { kind: "alarm", explanation, triggeredAtEpochMs: turn.turnedRedAtEpochMs };
		const rolloutId = state.rolloutId ?? "";
		return await begin(ports, { kind: "rollout", rolloutId, cause, takesOverFrom: null }, attempt.executionArn);
	} catch (error) {
		if (error instanceof InvalidServiceError) return { kind: "over", service, reason: error.message };
		const isUrgent = ports.clock.nowEpochMs() - turn.turnedRedAtEpochMs < freshMs;
		if (isUrgent && isRecordOutOfReach(error) && !(await isWithoutUsers(ports, definition, attempt.invocation)))
			await abandonBlindly(ports, definition, attempt.invocation, error);
		throw error;
	}
};

/** What is told later than this may be of a time before the rollout, which only the record knows. */
const freshMs = 600_000;

/** What a look at the router and the deletion that may follow it need. */
const lookAndAbandonMs = 4_000;

/**
 * Whether the router sends users nowhere else than it would without the trial. Then an alarm gains nothing by ending it
 * before the record has said whether it turned red after the first exposure at all (D9).
 */
const isWithoutUsers = async (
	{ router }: Pick<Ports, "router">,
	{ route }: ServiceDefinition,
	invocation: Invocation,
): Promise<boolean> => {
	// Whatever keeps the router from being read must not keep traffic from going back.
	const look = async () =>
		invocation.remainingMs() < lookAndAbandonMs ? null : await router.read(route).catch(() => null);
	// One answer that comes too late is not yet a router that cannot be read.
	const found = (await look()) ?? (await look());
	if (found === null || found.base === null || found.isPending === true) return false;
	const { base, trial } = found;
	return trial === null || slotNames.every((slot) => trial.weights[slot] === base[slot]);
};

type RolloutRequest = Extract<RollbackRequest, { kind: "rollout" }>;

/** Begins for a rollout that is named, whatever the reason. */
export const beginByName = async (ports: Ports, request: RolloutRequest, attempt: Attempt): Promise<Beginning> => {
	const { executionArn, invocation } = attempt;
	const { service } = parseRolloutId(request.rolloutId);
	try {
		const beginning = await begin(ports, request, executionArn);
		// Who only wanted something else is too late; no harm was seen that anybody would have to be woken for.
		if (beginning.kind === "page" && isWithoutHarm(request.cause)) return { ...beginning, kind: "over" };
		if (beginning.kind === "over" && attempt.isBlind) return await follow(ports, beginning, request.cause, attempt);
		return beginning;
	} catch (error) {
		// An execution that ended may have finished its work: without the record nobody can say, so nothing is touched.
		const isSureOfHarm = request.cause.kind !== "execution-lost";
		if (isSureOfHarm && isRecordOutOfReach(error)) {
			const { definition } = await ports.catalog.read(service);
			await abandonBlindly(ports, definition, invocation, error);
		}
		throw error;
	}
};

const isWithoutHarm = ({ kind }: RollbackCause): boolean => kind === "superseded" || kind === "person";

/** Nothing was begun, and why. */
export type Over = Extract<Beginning, { readonly kind: "over" | "page" }>;

/**
 * An earlier attempt has deleted the trial rule that it found, for a rollout that was not under way: whose rule it was,
 * if anybody's, goes back as well. It would wait for requests that never come.
 */
export const follow = async (ports: Ports, over: Over, cause: RollbackCause, attempt: Attempt): Promise<Beginning> => {
	const { rolloutId, phase } = await ports.store.read(over.service);
	if (rolloutId === undefined || !revertiblePhases.includes(phase)) return over;
	const explanation = `${cause.explanation} It meant another rollout, but the record was out of reach and traffic went back.`;
	const told = { ...cause, explanation, triggeredAtEpochMs: ports.clock.nowEpochMs() };
	return begin(ports, { kind: "rollout", rolloutId, cause: told, takesOverFrom: null }, attempt.executionArn);
};

const begin = async (ports: Ports, request: RolloutRequest, executionArn: string): Promise<Beginning> => {
	const { rolloutId, cause } = request;
	const { service } = parseRolloutId(rolloutId);
	try {
		const state = await ports.store.write(
			service,
			beginRollback(rolloutId, cause, executionArn, ports.clock.nowEpochMs()),
		);
		return { kind: "under-way", state, isOwner: true, isFirst: true };
	} catch (error) {
		if (!(error instanceof StoreConflictError)) throw error;
		const { current } = error;
		const continuation = continueRollback(current, rolloutId, executionArn);
		if (continuation.kind === "over" || continuation.kind === "page") return { ...continuation, service };
		if (continuation.kind === "own") return { kind: "under-way", state: current, isOwner: true, isFirst: false };
		if (request.takesOverFrom !== continuation.rollback.executionArn)
			return { kind: "under-way", state: current, isOwner: false, isFirst: false };
		const state = await ports.store.write(service, takeOverRollback(current, continuation.rollback, executionArn));
		return { kind: "under-way", state, isOwner: true, isFirst: false };
	}
};

/**
 * The record is silent, refused or broken: then traffic comes first and the record later (D4).
 * Only an answer of the record itself, that somebody else was faster, is a reason not to touch the router.
 */
const isRecordOutOfReach = (error: unknown): boolean => !(error instanceof StoreConflictError);

/** @throws TrafficAbandonedUnavailableError always: the record has yet to follow. */
const abandonBlindly = async (
	ports: Ports,
	{ service, route }: ServiceDefinition,
	invocation: Invocation,
	cause: unknown,
): Promise<never> => {
	invocation.ensureTimeLeft(1_500);
	ports.telemetry.warn("record out of reach, trial rule abandoned first", { service });
	await ports.router.abandon(route);
	throw new TrafficAbandonedUnavailableError(
		`The record of ${service} is out of reach; its traffic has been sent back.`,
		{
			cause,
		},
	);
};
