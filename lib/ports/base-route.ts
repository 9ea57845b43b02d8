import type { RouteFacts, RouteToGroup, TargetGroupFacts } from "../domain/enrolment-facts.ts";
import type { LoadBalancerRoute } from "../domain/service-definition.ts";
import type { SlotWeights } from "../domain/slot.ts";

/** What the base rule gives the user's own target group while a service comes or goes. */
export interface UsersShare {
	readonly targetGroupArn: string;
	readonly percent: number;
}

/** What the load balancer says of a service, but for who else uses the user's own target group. */
export type FoundRoute = Omit<RouteFacts, "routesToUsersGroup">;

/**
 * The base rule of a service while it comes or goes; between that it is TrafficRouter's (D3). A rule is written only
 * while it carries this environment's tag. All methods throw TrafficUnavailableError, InvalidTrafficAccessError and,
 * where a rule is not what it must be, TrafficConflictError; all are idempotent.
 */
export interface BaseRoute {
	/** Everything that enrolment is decided by but what `routesTo` says. Reads only. */
	inspect(route: LoadBalancerRoute, fromPriority: number | null): Promise<FoundRoute>;
	/**
	 * Everything that sends requests to the user's own target group, in all listeners of the route's load balancer and of
	 * those that the group is attached to; a listener that is gone by then sends nothing. Reads only, one listener after the other.
	 */
	routesTo(
		route: LoadBalancerRoute,
		usersGroupArn: string,
		group: Pick<TargetGroupFacts, "loadBalancerArns">,
	): Promise<readonly RouteToGroup[]>;
	/** Makes the base rule as a copy of the rule at a priority, slots beside it at 0, and remembers whose it was. */
	create(route: LoadBalancerRoute, fromPriority: number, usersGroupArn: string): Promise<void>;
	/** Sets the whole action list of the base rule; `users` null leaves the user's own target group out of it. */
	direct(route: LoadBalancerRoute, users: UsersShare | null, slots: SlotWeights): Promise<void>;
	/**
	 * Deletes the base rule that was found: requests meet the user's own below it, and whoever writes it later finds nothing.
	 * One that was made since has another ARN, and is left alone, however late this comes.
	 */
	remove(route: LoadBalancerRoute, ruleArn: string): Promise<void>;
	/** Deletes rules that are ours where a rollout would have made them. */
	removeTrial(route: LoadBalancerRoute): Promise<void>;
}
