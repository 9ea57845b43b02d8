import type { WorkloadTarget } from "../domain/service-definition.ts";
import { ConflictError } from "./errors.ts";

/** What a capture keeps carries a name that somebody else's object has. */
export class ContentNameConflictError extends ConflictError {
	override readonly name = "ContentNameConflictError";
}

/** What of a captured content is kept: its hash; and what was seen beside it. */
export interface CapturedContent {
	/** SHA-256 over all that a slot gets besides the image, 64 hexadecimal digits. */
	readonly contentHash: string;
	/** Pods that the user's own Deployment wants. */
	readonly usersReplicas: number;
}

/**
 * Keeps what a release consists of besides its image: the pod template, and the configuration that it refers to, as it
 * is at one moment (D2). What is kept never changes, so that it is rolled out and rolled back with the code.
 * All methods throw WorkloadsUnavailableError; all are idempotent.
 */
export interface ReleaseContents {
	/**
	 * Keeps what the user's Deployment and its ConfigMaps say now, for an hour at least.
	 * @throws InvalidWorkloadError naming what is missing or not allowed, ContentNameConflictError
	 */
	capture(target: WorkloadTarget): Promise<CapturedContent>;
	/** Hashes of what is kept. */
	kept(target: WorkloadTarget): Promise<readonly string[]>;
	/**
	 * Gives up what is neither named here nor in a slot nor captured within the last hour; as much as one call can.
	 * @returns how many objects were given up.
	 */
	collect(target: WorkloadTarget, keepContentHashes: readonly string[]): Promise<number>;
}
