import type { ClusterFacts } from "../domain/enrolment-facts.ts";
import type { WorkloadTarget } from "../domain/service-definition.ts";
import type { SlotName } from "../domain/slot.ts";
import { ConflictError } from "./errors.ts";

/** Somebody wrote the object since it was read: look again before you write. */
export class UserWorkloadConflictError extends ConflictError {
	override readonly name = "UserWorkloadConflictError";
}

/** How pods of a slot become targets. */
export interface SlotBinding {
	readonly targetGroupArn: string;
	/** Whose binding the slot's own is modelled on, networking included; null where nothing is known. */
	readonly usersGroupArn: string | null;
	/** As `ClusterFacts.bindingApiVersion` says. */
	readonly apiVersion: string;
}

/**
 * The user's own workload in the cluster, and the objects that are made and deleted only when a service comes or goes
 * (D2). All methods throw WorkloadsUnavailableError and InvalidWorkloadError; all are idempotent.
 */
export interface UserWorkload {
	/** Everything that enrolment is decided by. Reads only. */
	inspect(target: WorkloadTarget): Promise<ClusterFacts>;
	/** Makes the slot's Service and, unless null, its binding to a target group; what is there already stays. */
	bind(target: WorkloadTarget, slot: SlotName, binding: SlotBinding | null): Promise<void>;
	/**
	 * Marks the user's Deployment, not its template, as one that the enrolment of this epoch may stop; null takes that off.
	 * @throws UserWorkloadConflictError as `scale` does.
	 */
	markStoppable(target: WorkloadTarget, epoch: number | null, resourceVersion: string): Promise<void>;
	/** Scales the user's Deployment. @throws UserWorkloadConflictError when it is not the version that was read any more. */
	scale(target: WorkloadTarget, replicas: number, resourceVersion: string): Promise<void>;
	/** Sets the image of the container that was rolled out. @throws UserWorkloadConflictError as `scale` does. */
	setImage(target: WorkloadTarget, imageDigest: string, resourceVersion: string): Promise<void>;
	/**
	 * Takes the slot label off the in-cluster Service, which selects the user's own pods again, and leaves this epoch there:
	 * whoever has a lower one points it nowhere any more. One that carries a higher epoch already keeps it.
	 */
	freeInClusterService(target: WorkloadTarget, epoch: number): Promise<void>;
	/** Deletes what a slot consists of, once it is at zero. @throws UserWorkloadConflictError when it is not. */
	remove(target: WorkloadTarget, slot: SlotName): Promise<void>;
}
