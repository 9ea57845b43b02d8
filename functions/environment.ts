import { InvalidError } from "../lib/ports/errors.ts";

/** A variable that the deployment should have set is missing or empty. */
export class InvalidEnvironmentError extends InvalidError {
	override readonly name = "InvalidEnvironmentError";
}

/** Every variable that any function reads. */
export type Variable =
	| "SERVICE_TABLE"
	| "CATALOG_BUCKET"
	| "BUS_NAME"
	| "ROLLOUT_MACHINE_ARN"
	| "ROLLBACK_MACHINE_ARN"
	| "ENVIRONMENT"
	/** Set by Lambda itself, not by the template. */
	| "AWS_REGION";

/**
 * A reader of exactly the named variables, to be called once, at init, so that a wrong deployment fails
 * before it accepts an event.
 * @throws InvalidEnvironmentError naming what is missing.
 */
export const environmentOf =
	<Name extends Variable>(...names: readonly Name[]) =>
	(source: Readonly<Record<string, string | undefined>>): Readonly<Record<Name, string>> => {
		const missing = names.filter((name) => (source[name] ?? "") === "");
		if (missing.length > 0) throw new InvalidEnvironmentError(`Missing environment variables: ${missing.join(", ")}.`);
		return Object.fromEntries(names.map((name) => [name, source[name]])) as Record<Name, string>;
	};
