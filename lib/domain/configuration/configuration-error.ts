/** One thing that is wrong in the user's file. */
export interface ConfigurationProblem {
	/** Where it stands, as in `services.checkout.steps[1].weightPercent`. */
	readonly path: string;
	/** The value as JSON, shortened; `nothing` where the key is absent. */
	readonly found: string;
	readonly allowed: string;
}

/** Raised with all that is wrong in a configuration, not only the first of it. Never worth a retry. */
export class InvalidConfigurationError extends Error {
	override readonly name = "InvalidConfigurationError";
	readonly problems: readonly ConfigurationProblem[];

	constructor(problems: readonly ConfigurationProblem[]) {
		const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
		const lines = problems.map(({ path, found, allowed }) => `  ${path}: found ${found}; allowed is ${allowed}.`);
		super(`The configuration is not valid, ${count}:\n${lines.join("\n")}`);
		this.problems = problems;
	}
}
