/**
 * An error with a name that Retry and Catch can match.
 * A function's error is named by its `errorType`, and its cause is the JSON text of {errorMessage, errorType, trace}.
 */
export class TaskFailure extends Error {
	override readonly name = "TaskFailure";
	/** As ErrorEquals knows it: `StoreUnavailableError`, `Lambda.TooManyRequestsException`, `States.Timeout`. */
	readonly error: string;
	/** Absent for a timeout only. */
	override readonly cause: string | undefined;
	constructor(error: string, cause?: string) {
		super(cause === undefined ? error : `${error}: ${cause}`);
		this.error = error;
		this.cause = cause;
	}
}
