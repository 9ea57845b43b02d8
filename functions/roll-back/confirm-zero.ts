import { isZeroConfirmed } from "../../lib/domain/rollback.ts";
import type { TrafficRoute } from "../../lib/domain/service-definition.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import { InvalidDefinitionError, type ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import { type TrafficRouter, TrafficUnavailableError } from "../../lib/ports/traffic-router.ts";
import type { Invocation } from "../pipeline.ts";

/** All traffic is configured to go to the stable slot, read back from the router. */
export interface Zero {
	readonly atEpochMs: number;
	/** How long old connections get before the canary may be scaled down. */
	readonly drainSeconds: number;
}

interface Ports {
	readonly catalog: ServiceCatalog;
	readonly router: TrafficRouter;
	readonly clock: Clock;
}

/** Pause between two readings of a router that has not caught up. */
const rereadMs = 250;
const readings = 4;

const abandon = async (
	ports: Ports,
	invocation: Invocation,
	route: TrafficRoute,
	trialRuleArn: string | undefined,
): Promise<void> => {
	invocation.ensureTimeLeft(1_500);
	await ports.router.abandon(route, trialRuleArn);
};

/**
 * Deletes the trial rule and reads the router until it says zero. `knownRoute` is the
 * service's present one where the caller has read it already; it saves a read before the first change of traffic.
 * @throws TrafficUnavailableError when it does not say so in time: the machine tries again, and pages if that goes on.
 */
export const confirmZero = async (
	ports: Ports,
	state: ServiceState,
	knownRoute: TrafficRoute | null,
	invocation: Invocation,
): Promise<Zero> => {
	const { service, definitionHash, stableSlot, trialRuleArn } = state;
	if (definitionHash === undefined)
		throw new InvalidDefinitionError(`${service} is rolling back without a pinned definition.`);
	// A rule that is on record is deleted first, by its ARN: whatever the definition says can wait until traffic has gone.
	if (trialRuleArn !== undefined && knownRoute !== null) await abandon(ports, invocation, knownRoute, trialRuleArn);
	const { route, drainSeconds } = await ports.catalog.readPinned(service, definitionHash);
	if (trialRuleArn === undefined || knownRoute === null) await abandon(ports, invocation, route, trialRuleArn);
	for (let reading = 1; ; reading++) {
		const found = await ports.router.read(route);
		if (isZeroConfirmed(found, stableSlot)) return { atEpochMs: ports.clock.nowEpochMs(), drainSeconds };
		if (reading === readings) {
			throw new TrafficUnavailableError(
				`Zero is not confirmed for ${service}: the router reads ${JSON.stringify(found)}, allowed is no trial rule and ${stableSlot} at 100.`,
			);
		}
		// A rule that was opened late, by somebody who did not know yet, is found at the trial priority.
		if (found.trial !== null) await abandon(ports, invocation, route, undefined);
		await ports.clock.sleep(rereadMs);
	}
};
