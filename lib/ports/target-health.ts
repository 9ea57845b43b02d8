import { UnavailableError } from "./errors.ts";

export class TargetHealthUnavailableError extends UnavailableError {
	override readonly name = "TargetHealthUnavailableError";
}

/** How many targets of a group the load balancer would send requests to, and how many it would not. */
export interface TargetCount {
	readonly healthy: number;
	/** Registered, but failing, initial or draining. */
	readonly unhealthy: number;
}

/** What the load balancer thinks of a slot, which is not always what Kubernetes thinks of it. */
export interface TargetHealth {
	count(targetGroupArn: string): Promise<TargetCount>;
}
