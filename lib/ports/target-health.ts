import type { TrafficRoute } from "../domain/service-definition.ts";
import type { SlotName } from "../domain/slot.ts";
import { UnavailableError } from "./errors.ts";

export class TargetHealthUnavailableError extends UnavailableError {
	override readonly name = "TargetHealthUnavailableError";
}

/** How many of a slot's targets the router would send requests to, and how many it would not. */
export interface TargetCount {
	readonly healthy: number;
	/** Registered, but failing, initial, draining or unused. */
	readonly unhealthy: number;
	/** Of those that are not healthy: their health checks fail, which is more than not having passed any yet. */
	readonly failing: number;
	/** Of those that are not healthy: no rule names the group, so nobody checks them. */
	readonly unused: number;
}

/** What the router thinks of a slot: a load balancer by its own checks, a gateway by the endpoints of the slot's Service. */
export interface TargetHealth<Route extends TrafficRoute = TrafficRoute> {
	count(route: Route, slot: SlotName): Promise<TargetCount>;
}
