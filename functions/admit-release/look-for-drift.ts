import { driftChange, findDrift, type IdleReading, isTurnToLook } from "../../lib/domain/idle-drift.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { UnavailableError } from "../../lib/ports/errors.ts";
import { StoreConflictError } from "../../lib/ports/service-store.ts";
import type { Invocation } from "../pipeline.ts";
import type { LiveContent } from "./live-content.ts";
import type { Ports } from "./ports.ts";

/**
 * Half of a sweep's time. Where rules or slots answer nobody, a look lasts until its clients give up, twice: the other
 * half is for the releases of services that come after it.
 */
const lookMs = 60_000;

/**
 * Compares an idle service with the record, says what somebody else has changed, and touches nothing (D4). It belongs to
 * the sweep, whose first business is releases: its trouble is counted and keeps nobody waiting.
 */
export const lookForDrift = async (
	ports: Ports,
	definition: ServiceDefinition,
	before: ServiceState,
	live: LiveContent,
	invocation: Invocation,
): Promise<void> => {
	const { service } = before;
	const { telemetry, clock } = ports;
	const isIdle = before.phase === "idle" && before.rolloutId === undefined;
	const isTime = isIdle && isTurnToLook(before, clock.nowEpochMs()) && invocation.remainingMs() >= lookMs;
	if (!isTime || !("usersReplicas" in live)) return;
	try {
		const reading = await readTwice(() => readingOf(ports, definition, before, live.usersReplicas));
		const state = await ports.store.read(service);
		// What began meanwhile has changed what was read, and is looked at by its own functions.
		if (state.phase !== "idle" || state.epoch !== before.epoch) return;
		const change = driftChange(state, findDrift(state, definition, reading), clock.nowEpochMs());
		if (change === null) return;
		// Said first: what is on record is not said again.
		if (change.says !== null) await ports.events.publish([change.says]);
		await ports.store.write(service, change.transition);
		if (change.says !== null) telemetry.count("DriftFound");
	} catch (error) {
		if (error instanceof StoreConflictError) return;
		telemetry.warn("drift not looked for", { service, error: String(error) });
		telemetry.count("DriftNotLookedFor");
	}
};

/** The next turn is an hour away: one slow answer must not cost it. */
const readTwice = async (read: () => Promise<IdleReading>): Promise<IdleReading> => {
	try {
		return await read();
	} catch (error) {
		if (!(error instanceof UnavailableError)) throw error;
		return read();
	}
};

const readingOf = async (
	{ router, workloads }: Ports,
	{ route, workload }: ServiceDefinition,
	{ stableSlot }: ServiceState,
	usersReplicas: number,
): Promise<IdleReading> => {
	const [found, stable, callers] = await Promise.all([
		router.read(route),
		workloads.read(workload, stableSlot),
		workload.inClusterService === null ? undefined : workloads.readInClusterService(workload),
	]);
	return { router: found, stable, callers, usersReplicas };
};
