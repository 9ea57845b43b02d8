import type { Release } from "../domain/release.ts";
import type { WorkloadTarget } from "../domain/service-definition.ts";
import type { SlotName } from "../domain/slot.ts";
import { ConflictError, InvalidError, UnavailableError } from "./errors.ts";

/** The slot carries a newer epoch: this writer has lost its right to write. */
export class SlotEpochConflictError extends ConflictError {
	override readonly name = "SlotEpochConflictError";
}

/** The template cannot be run in two slots; the message names the field, its value and what is allowed. */
export class InvalidWorkloadError extends InvalidError {
	override readonly name = "InvalidWorkloadError";
}

/** The cluster's API did not answer, or not in time. */
export class WorkloadsUnavailableError extends UnavailableError {
	override readonly name = "WorkloadsUnavailableError";
}

/** One slot's Deployment and autoscaler as they are now. */
export interface SlotWorkload {
	/** Pods that the autoscaler or the Deployment wants. 0 for a slot at rest. */
	readonly wantedReplicas: number;
	readonly readyReplicas: number;
	/** Lower bound that the slot's autoscaler holds now. */
	readonly minReplicas: number;
	/** The digest that its pods run; null where the slot was never deployed. */
	readonly imageDigest: string | null;
	/** Hash of the content it was made of; null where that is not known. */
	readonly contentHash: string | null;
	/** The epoch it was deployed or scaled with; 0 where it was never deployed. */
	readonly epoch: number;
	/** True once the Deployment's newest revision is fully rolled out and older pods are gone. */
	readonly isSettled: boolean;
	/** Its autoscaler says that another one means the same pods, so that neither follows the load; bounds still hold. */
	readonly isScalingAmbiguous: boolean;
}

/**
 * Runs releases in slots (D2, D5). Every write carries the writer's epoch and is refused where the slot has a newer one.
 * All methods throw WorkloadsUnavailableError; all are idempotent.
 */
export interface Workloads {
	/**
	 * Makes the slot of the release's content with its image, at least one replica, and an autoscaler beside it.
	 * A release without content gets the user's Deployment as it is now.
	 * @throws SlotEpochConflictError, InvalidWorkloadError
	 */
	deploy(target: WorkloadTarget, slot: SlotName, release: Release, epoch: number): Promise<void>;
	read(target: WorkloadTarget, slot: SlotName): Promise<SlotWorkload>;
	/**
	 * Sets the lower bound of the slot's autoscaler; `null` returns to what the user's own autoscaler declares.
	 * `slotEpoch` is the epoch the slot carries. @throws SlotEpochConflictError when it carries another.
	 */
	hold(target: WorkloadTarget, slot: SlotName, minReplicas: number | null, slotEpoch: number): Promise<void>;
	/** Scales the slot to zero. @throws SlotEpochConflictError when it carries another epoch than this. */
	retire(target: WorkloadTarget, slot: SlotName, slotEpoch: number): Promise<void>;
	/**
	 * Points the in-cluster Service's selector at one slot; fenced by an epoch annotation on the Service:
	 * @throws SlotEpochConflictError when the Service carries a newer epoch.
	 */
	directInClusterService(target: WorkloadTarget, slot: SlotName, epoch: number): Promise<void>;
	/** The slot the in-cluster Service selects; null where there is no such Service or it selects neither. */
	readInClusterService(target: WorkloadTarget): Promise<SlotName | null>;
}
