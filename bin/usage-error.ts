/** The command line asks for something that is not there. Exit code 2. */
export class UsageError extends Error {
	override readonly name = "UsageError";
}
