/** Errors of the Step Functions API, by the names its SDK gives them. */
export type StatesServiceErrorName =
	| "ExecutionAlreadyExists"
	| "ExecutionDoesNotExist"
	| "InvalidExecutionInput"
	| "InvalidName"
	| "InvalidOutput"
	| "StateMachineDoesNotExist"
	| "TaskDoesNotExist"
	| "TaskTimedOut";

/**
 * What a call of the Step Functions API is refused with; `name` is the SDK's.
 * `TaskTimedOut`: the token was answered or given up before. `TaskDoesNotExist`: it was never issued.
 */
export class StatesServiceError extends Error {
	override readonly name: StatesServiceErrorName;
	constructor(name: StatesServiceErrorName, message: string) {
		super(message);
		this.name = name;
	}
}
