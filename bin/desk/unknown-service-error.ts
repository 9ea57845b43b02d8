/** Nobody has enrolled or configured a service of that name here. Exit code 2. */
export class UnknownServiceError extends Error {
	override readonly name = "UnknownServiceError";
	constructor(service: string, place: string, known: readonly string[]) {
		super(
			`Service "${service}" is not known in ${place}; allowed are ${[...known].sort().join(", ") || "none, because none is registered"}.`,
		);
	}
}
