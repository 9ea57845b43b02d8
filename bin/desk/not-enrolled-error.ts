/** The service is declared, and Sluice has no record of it: nothing can be asked of it yet, or any more. Exit code 2. */
export class NotEnrolledError extends Error {
	override readonly name = "NotEnrolledError";
	constructor(service: string, place: string) {
		super(
			`Service "${service}" is declared in ${place} and not enrolled; allowed are enrolled services. \`sluice status ${service}\` says where it stands, \`sluice enrol ${service} --dry-run\` how it gets there.`,
		);
	}
}
