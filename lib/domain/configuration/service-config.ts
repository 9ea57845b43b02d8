import * as z from "zod/mini";
import { alarmsConfigSchema } from "./alarm-config.ts";
import { approvalsConfigSchema } from "./approval-config.ts";
import { oneOf, section, wholeNumber } from "./bounded-field.ts";
import { betweenKeys } from "./broken-rule.ts";
import { gatesConfigSchema } from "./gates-config.ts";
import { guardrailsConfigSchema } from "./guardrails-config.ts";
import { measurementsConfigSchema } from "./measurements-config.ts";
import { previewConfigSchema } from "./preview-config.ts";
import { serviceRules } from "./service-rules.ts";
import { holdbackConfigSchema, stepsConfigSchema } from "./steps.ts";
import { trafficConfigSchema } from "./traffic-config.ts";
import { inClusterServiceSchema, repositoryConfigSchema, workloadConfigSchema } from "./workload-config.ts";

const fields = section({
	repository: repositoryConfigSchema,
	workload: workloadConfigSchema,
	inClusterService: inClusterServiceSchema,
	traffic: trafficConfigSchema,
	strategy: oneOf("canary", "blue-green").check(
		z.describe("canary: step by step, compared with the stable slot. blue-green: everything at once."),
	),
	steps: stepsConfigSchema,
	holdback: holdbackConfigSchema,
	preview: previewConfigSchema,
	approvals: approvalsConfigSchema,
	guardrails: guardrailsConfigSchema,
	measurements: measurementsConfigSchema,
	alarms: alarmsConfigSchema,
	onUndecided: z
		.optional(oneOf("pause", "roll-back", "promote"))
		.check(
			z.describe(
				"When a step ends without a verdict, or a step or the window in doubt. Default: pause in production, roll-back in the other stages.",
			),
		),
	onNewPush: z
		._default(oneOf("close-window", "wait", "supersede"), "close-window")
		.check(
			z.describe(
				"When a new image comes during a rollout. close-window: the window ends early. wait: it waits for the end. supersede: a trial goes back and makes room; a window ends early.",
			),
		),
	gates: gatesConfigSchema,
	redBefore: z
		._default(oneOf("proceed", "hold"), "proceed")
		.check(
			z.describe(
				"Alarms that were red before a rollout began: proceed, for it may be what mends them, or hold until somebody says so.",
			),
		),
	progressDeadlineSeconds: z
		._default(wholeNumber(60, 3_600), 600)
		.check(z.describe("Pods of the new version must be ready this soon, else it is rolled back.")),
	windowSeconds: z
		.optional(wholeNumber(60, 86_400))
		.check(
			z.describe(
				"How long the old version stays warm after promotion. Default: 3600 in production, 900 in the other stages.",
			),
		),
	warmupSeconds: z
		._default(wholeNumber(0, 300), 20)
		.check(z.describe("After a change of weight, what is measured for this long is left out.")),
});

/** What the file says of one service, defaults of stages aside. */
export type ServiceConfig = Readonly<z.output<typeof fields>>;

/** One service's section: every key by itself, then what keys mean to each other. */
export const serviceConfigSchema = fields.check(betweenKeys(serviceRules));
