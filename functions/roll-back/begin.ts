import { type AlarmReaction, type RedTurn, reactToAlarm } from "../../lib/domain/alarm-reaction.ts";
import { beginRollback, continueRollback, takeOverRollback } from "../../lib/domain/rollback.ts";
import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import type { ServiceDefinition, TrafficRoute } from "../../lib/domain/service-definition.ts";
import type { RollbackCause, ServiceState } from "../../lib/domain/service-state.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import { InvalidServiceError, type ServiceStore, StoreConflictError } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { TrafficRouter } from "../../lib/ports/traffic-router.ts";
import type { Invocation } from "../pipeline.ts";
import type { RollbackRequest } from "./rollback-request.ts";

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
	/** Where the service's rules are, if that had to be read on the way. */
	readonly knownRoute: TrafficRoute | null;
}

/** How a request to roll back came out. */
export type Beginning =
	| UnderWay
	| { readonly kind: "over" | "page"; readonly reason: string; readonly service: string };

/** Begins because an alarm turned red; what it may do depends on the record (D9). */
export const beginByAlarm = async (
	ports: Ports,
	turn: RedTurn,
	executionArn: string,
	invocation: Invocation,
): Promise<Beginning> => {
	const definition = await ports.catalog.findByAlarm(turn.alarmName);
	if (definition === null)
		return { kind: "over", service: "none", reason: `Alarm ${turn.alarmName} guards no service of Sluice.` };
	const { service } = definition;
	try {
		const state = await ports.store.read(service);
		const reaction: AlarmReaction = reactToAlarm(state, turn);
		if (reaction.kind === "ignore") return { kind: "over", service, reason: reaction.reason };
		if (reaction.kind === "page") return { kind: "page", service, reason: reaction.reason };
		const { turnedRedAtEpochMs, alarmName } = turn;
		const explanation = `Alarm ${alarmName} turned red; the cause is unknown to it.`;
		const cause: RollbackCause = { kind: "alarm", explanation, triggeredAtEpochMs: turnedRedAtEpochMs };
		return await begin(
			ports,
			{ kind: "rollout", rolloutId: reaction.rolloutId, cause, takesOver: false },
			executionArn,
			definition.route,
		);
	} catch (error) {
		if (error instanceof InvalidServiceError) return { kind: "over", service, reason: error.message };
		if (isRecordOutOfReach(error)) await abandonBlindly(ports, definition, invocation);
		throw error;
	}
};

type RolloutRequest = Extract<RollbackRequest, { kind: "rollout" }>;

/** Begins for a rollout that is named, whatever the reason. */
export const beginByName = async (
	ports: Ports,
	request: RolloutRequest,
	executionArn: string,
	invocation: Invocation,
): Promise<Beginning> => {
	const { service } = parseRolloutId(request.rolloutId);
	try {
		return await begin(ports, request, executionArn, null);
	} catch (error) {
		// An execution that ended may have finished its work: without the record nobody can say, so nothing is touched.
		const isSureOfHarm = request.cause.kind !== "execution-lost";
		if (isSureOfHarm && isRecordOutOfReach(error)) {
			await abandonBlindly(ports, (await ports.catalog.read(service)).definition, invocation);
		}
		throw error;
	}
};

const begin = async (
	ports: Ports,
	request: RolloutRequest,
	executionArn: string,
	knownRoute: TrafficRoute | null,
): Promise<Beginning> => {
	const { rolloutId, cause } = request;
	const { service } = parseRolloutId(rolloutId);
	try {
		const state = await ports.store.write(
			service,
			beginRollback(rolloutId, cause, executionArn, ports.clock.nowEpochMs()),
		);
		return { kind: "under-way", state, isOwner: true, knownRoute };
	} catch (error) {
		if (!(error instanceof StoreConflictError)) throw error;
		const { current } = error;
		const continuation = continueRollback(current, rolloutId, executionArn);
		if (continuation.kind === "over" || continuation.kind === "page") return { ...continuation, service };
		if (continuation.kind === "own") return { kind: "under-way", state: current, isOwner: true, knownRoute };
		if (!request.takesOver) return { kind: "under-way", state: current, isOwner: false, knownRoute };
		const state = await ports.store.write(service, takeOverRollback(current, continuation.rollback, executionArn));
		return { kind: "under-way", state, isOwner: true, knownRoute };
	}
};

/**
 * The record is silent, refused or broken: then traffic comes first and the record later (D4).
 * Only an answer of the record itself, that somebody else was faster, is a reason not to touch the router.
 */
const isRecordOutOfReach = (error: unknown): boolean => !(error instanceof StoreConflictError);

const abandonBlindly = async (
	ports: Ports,
	{ service, route }: ServiceDefinition,
	invocation: Invocation,
): Promise<void> => {
	invocation.ensureTimeLeft(1_500);
	ports.telemetry.warn("record out of reach, trial rule abandoned first", { service });
	await ports.router.abandon(route);
};
