/** Error codes that the modelled products answer with, in their own spelling. */
export type RefusalCode =
	| "AccessDenied"
	| "ConditionalCheckFailedException"
	| "Conflict"
	| "Invalid"
	| "NoSuchKey"
	| "NotFound"
	| "PreconditionFailed"
	| "PriorityInUse"
	| "RepositoryNotFoundException"
	| "ResourceNotFoundException"
	| "RuleNotFound"
	| "TargetGroupNotFound"
	| "TransactionCanceledException"
	| "ValidationError";

/** A product of the world says no: it was reached, understood, and changed nothing. */
export class Refusal extends Error {
	override readonly name = "Refusal";
	readonly code: RefusalCode;
	constructor(code: RefusalCode, message: string) {
		super(message);
		this.code = code;
	}
}

/** Whether an error is a refusal with this code. */
export const isRefusal = (error: unknown, code: RefusalCode): error is Refusal =>
	error instanceof Refusal && error.code === code;
