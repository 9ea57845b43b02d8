/** The package ships no types; this is what its README documents and version 4.0.0 does. */
declare module "asl-validator" {
	interface Report {
		readonly isValid: boolean;
		readonly errors: readonly { readonly Message: string }[];
	}
	/** Adds a QueryLanguage to every state of the definition it is given. */
	const validate: (definition: object) => Report;
	export default validate;
}
