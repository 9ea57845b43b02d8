import type { Patience } from "../ports/patience.ts";

/**
 * Options of a client that waits so long. Without `throwOnRequestTimeout` the SDK only logs a request that takes too
 * long, and `requestTimeout` ends with the headers: `socketTimeout` bounds the silence within a body.
 */
export const clientOptions = ({ attempts, requestTimeoutMs }: Patience) => ({
	maxAttempts: attempts,
	requestHandler: {
		connectionTimeout: 1_000,
		requestTimeout: requestTimeoutMs,
		socketTimeout: requestTimeoutMs,
		throwOnRequestTimeout: true,
	},
});
