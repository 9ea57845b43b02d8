import * as z from "zod/mini";
import { list, section, text, wholeNumber } from "./bounded-field.ts";
import { betweenKeys } from "./broken-rule.ts";
import { clusterConfigSchema } from "./cluster-config.ts";
import { InvalidConfigurationError } from "./configuration-error.ts";
import { problemsIn } from "./configuration-problem.ts";
import { environmentRules } from "./environment-rules.ts";
import { gatesConfigSchema } from "./gates-config.ts";
import { serviceConfigSchema } from "./service-config.ts";
import { stageSchema } from "./stage.ts";

const emails = (about: string) =>
	z._default(list(z.email({ error: "an e-mail address" }), "e-mail addresses", 0, 20), []).check(z.describe(about));

const serviceName = text("1 to 40 lower-case letters, digits and -, letter first", /^[a-z][a-z0-9-]{0,39}$/, 40);

const environmentConfigSchema = section({
	environment: text("1 to 20 lower-case letters, digits and -, letter first", /^[a-z][a-z0-9-]*$/, 20).check(
		z.describe("Name of the environment; part of the names of stacks and of the event bus."),
	),
	stage: stageSchema.check(z.describe("Selects defaults; production also protects the control plane from deletion.")),
	account: text("12 digits in quotes", /^[0-9]{12}$/, 12).check(z.describe("AWS account, in quotes.")),
	region: text(
		'an AWS region, as in "eu-central-1"; those of China and of isolated partitions are not supported',
		/^(?!cn-|us-iso|eu-iso)[a-z]{2}(?:-[a-z]+)+-[0-9]$/,
		25,
	).check(z.describe("AWS region.")),
	cluster: clusterConfigSchema.check(z.describe("The EKS cluster that services run in.")),
	notifications: z
		.prefault(
			section({
				pageEmails: emails("Told at once when a person is needed."),
				noticeEmails: emails("Told what happened."),
			}),
			{},
		)
		.check(z.describe("Who is told by e-mail.")),
	gates: gatesConfigSchema.check(
		z.describe("Gates of every service: their freezes add up, a service's own windows take the place of these."),
	),
	maxConcurrentTrials: z
		.optional(wholeNumber(1, 1_000))
		.check(z.describe("Most rollouts of this environment at once. Absent: no limit.")),
	services: z
		.record(serviceName, serviceConfigSchema, { error: "a mapping of at most 1000 service names to their settings" })
		.check(
			z.refine(
				(services) => Object.keys(services).length <= 1_000,
				"a mapping of at most 1000 service names to their settings",
			),
			z.meta({ maxProperties: 1_000, description: "The services under Sluice's care, by name." }),
		),
});

/**
 * One environment as its file says it, with every default filled in that does not depend on the stage.
 * Those that do (steps, approvals, onUndecided, windowSeconds) are filled in by `compileService`.
 */
export type EnvironmentConfig = Readonly<z.output<typeof environmentConfigSchema>>;

const checkedSchema = environmentConfigSchema.check(betweenKeys(environmentRules));

/**
 * The environment that a parsed `config/<environment>.yaml` describes.
 * @throws InvalidConfigurationError with every problem: path, value found, what is allowed.
 */
export const parseEnvironmentConfig = (value: unknown): EnvironmentConfig => {
	const parsed = checkedSchema.safeParse(value);
	if (!parsed.success) throw new InvalidConfigurationError(problemsIn(value, parsed.error.issues));
	return parsed.data;
};

/** JSON Schema (draft 7, which editors' YAML servers know) of what the user may write. Source of `config/sluice.schema.json`. */
export const environmentConfigJsonSchema = (): object => ({
	title: "Sluice environment",
	...z.toJSONSchema(environmentConfigSchema, { target: "draft-07", io: "input" }),
});
