/** A definition that AWS would refuse, or that uses what this interpreter does not know. Says where, what, and what is allowed. */
export class InvalidStateMachineError extends Error {
	override readonly name = "InvalidStateMachineError";
}
