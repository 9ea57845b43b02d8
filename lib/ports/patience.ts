/** How long a client waits for one answer, and how often it asks for it. */
export interface Patience {
	readonly attempts: number;
	readonly requestTimeoutMs: number;
}

/**
 * On the path of a rollback (D4), routes in a cluster among it: the state machine, not the SDK, decides whether there is
 * time for another attempt.
 */
export const criticalPath: Patience = { attempts: 1, requestTimeoutMs: 1_000 };

/** Where nobody's users wait. The SDK pauses between attempts. */
export const patient: Patience = { attempts: 3, requestTimeoutMs: 3_000 };

/** For one request to a cluster, body included; it is made once. */
export const clusterPatience: Patience = { attempts: 1, requestTimeoutMs: 5_000 };

/** The SDK's longest pause before the second attempt; it doubles before each further one. */
const firstPauseMs = 100;

/** Longest time from a call to the moment at which its client gives up, milliseconds. */
export const longestWaitMs = ({ attempts, requestTimeoutMs }: Patience): number =>
	attempts * requestTimeoutMs + firstPauseMs * (2 ** (attempts - 1) - 1);
