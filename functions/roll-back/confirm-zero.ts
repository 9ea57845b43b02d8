import { isZeroConfigured, isZeroConfirmed } from "../../lib/domain/rollback.ts";
import type { TrafficRoute } from "../../lib/domain/service-definition.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { weightsFor } from "../../lib/domain/slot.ts";
import { previewOf, withoutPreview } from "../../lib/domain/traffic-route.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import { InvalidDefinitionError, type ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import { type RouterReading, type TrafficRouter, TrafficUnavailableError } from "../../lib/ports/traffic-router.ts";
import type { Invocation } from "../pipeline.ts";
import type { UnderWay } from "./begin.ts";

/** All traffic is configured to go to the stable slot, read back from the router. */
export interface Zero {
	readonly atEpochMs: number;
	/** How long old connections get before the canary may be scaled down. */
	readonly drainSeconds: number;
	/** Whether testers may have met the canary before any user did. */
	readonly wasShown: boolean;
}

interface Ports {
	readonly catalog: ServiceCatalog;
	readonly router: TrafficRouter;
	readonly clock: Clock;
}

/** Pause between two readings of a router that has not caught up. */
const rereadMs = 250;
const readings = 4;
/** Time that one change of traffic and its acknowledgement need. */
const changeMs = 1_500;

/**
 * Ends the trial and reads the router until it says zero. Whoever begins a rollback ends the trial on record at once, by
 * its name; whoever continues one reads first, because many rollbacks at once share the router's request limits.
 * @throws TrafficUnavailableError when zero is not read in time: the machine tries again, and pages if that goes on.
 */
export const confirmZero = async (ports: Ports, underWay: UnderWay, invocation: Invocation): Promise<Zero> => {
	const { state, isFirst } = underWay;
	const { service, definitionHash, stableSlot, trialRuleArn } = state;
	if (isFirst && trialRuleArn !== undefined && state.rollback?.kind !== "external-writer") {
		invocation.ensureTimeLeft(changeMs);
		await ports.router.abandon(trialRuleArn);
	}
	if (definitionHash === undefined)
		throw new InvalidDefinitionError(`${service} is rolling back without a pinned definition.`);
	const { route, drainSeconds } = await ports.catalog.readPinned(service, definitionHash);
	for (let reading = 1; ; reading++) {
		const found = await ports.router.read(route);
		if (isZeroConfirmed(found, stableSlot))
			return { atEpochMs: ports.clock.nowEpochMs(), drainSeconds, wasShown: previewOf(route) !== null };
		// Who programs the data plane looks when they look: nothing is left to do but to wait, as long as there is time.
		const isLastReading = isZeroConfigured(found, stableSlot)
			? invocation.remainingMs() < 2 * changeMs
			: reading >= readings;
		if (isLastReading) {
			throw new TrafficUnavailableError(
				`Zero is not confirmed for ${service}: the router reads ${JSON.stringify(found)}, allowed is no trial, for testers neither, and ${stableSlot} at 100, nothing pending.`,
			);
		}
		invocation.ensureTimeLeft(changeMs);
		await sendBack(ports.router, route, state, found, invocation);
		await ports.clock.sleep(rereadMs);
	}
};

/** Users first; what testers have been shown goes after that, and goes as well where users cannot be seen to yet. */
const sendBack = async (
	router: TrafficRouter,
	route: TrafficRoute,
	state: ServiceState,
	found: RouterReading,
	invocation: Invocation,
): Promise<void> => {
	try {
		await sendUsersBack(router, route, state, found);
	} finally {
		if (found.preview !== undefined) {
			invocation.ensureTimeLeft(changeMs);
			await router.abandon(found.preview.ruleArn);
		}
	}
};

/**
 * The base rule decides how. If it gives the stable slot everything, a trial rule only has to go. If somebody else has
 * pointed it elsewhere, a rule above it that gives the stable slot everything keeps users safe until a person has mended
 * it: the base rule is never written here, because a late write to it could not be told from a right one.
 */
const sendUsersBack = async (
	router: TrafficRouter,
	route: TrafficRoute,
	{ stableSlot, rolloutId = "" }: ServiceState,
	{ base, trial }: RouterReading,
): Promise<void> => {
	// Somebody else's rule at the trial priority is theirs to take away.
	if (trial !== null && trial.rolloutId === null) return;
	if (base?.[stableSlot] === 100) {
		if (trial !== null) await router.abandon(trial.ruleArn);
	} else if (trial === null) {
		await router.open(withoutPreview(route), rolloutId, stableSlot);
	} else if (trial.weights[stableSlot] !== 100) {
		await router.shift(route, trial.ruleArn, weightsFor(stableSlot, 0));
	}
};
