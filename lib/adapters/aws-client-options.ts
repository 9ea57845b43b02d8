/**
 * For clients on the path of a rollback (D4): one attempt of one second, so that the state machine, not the SDK, decides
 * whether there is time for another. Without `throwOnRequestTimeout` the SDK only logs a request that takes too long,
 * and `requestTimeout` ends with the headers: `socketTimeout` bounds the silence within a body.
 */
export const criticalPath = {
	maxAttempts: 1,
	requestHandler: {
		connectionTimeout: 1_000,
		requestTimeout: 1_000,
		socketTimeout: 1_000,
		throwOnRequestTimeout: true,
	},
} as const;

/** For clients that nobody's users wait for: three attempts of three seconds, with the SDK's own back-off between them. */
export const patient = {
	maxAttempts: 3,
	requestHandler: {
		connectionTimeout: 1_000,
		requestTimeout: 3_000,
		socketTimeout: 3_000,
		throwOnRequestTimeout: true,
	},
} as const;
