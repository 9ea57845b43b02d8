import * as z from "zod/mini";
import { section, text } from "./bounded-field.ts";

const periods = z.literal([10, 20, 30, 60], { error: "one of 10, 20, 30, 60" });
// The load balancer publishes once a minute; a guardrail over more than five minutes would guard nothing.
const minutes = z.literal([60, 120, 180, 240, 300], { error: "one of 60, 120, 180, 240, 300" });

/** Where counts of requests come from. Only custom metrics are fresh enough to decide within 30 s. */
export const measurementsConfigSchema = z
	.discriminatedUnion(
		"source",
		[
			section({
				source: z.literal("custom-metrics"),
				namespace: text(
					"a CloudWatch namespace of 1 to 255 letters, digits and . - _ / # :, not beginning with AWS/ or :",
					/^(?!AWS\/|:)[A-Za-z0-9._/#:-]+$/,
					255,
				).check(z.describe("CloudWatch namespace that the service publishes to.")),
				periodSeconds: z._default(periods, 10).check(z.describe("Length of one bucket, seconds.")),
			}),
			section({
				source: z.literal("application-load-balancer"),
				periodSeconds: z._default(minutes, 60).check(z.describe("Length of one bucket, seconds.")),
			}),
		],
		{
			error: (issue) =>
				issue.code === "invalid_union"
					? "custom-metrics or application-load-balancer"
					: "a section whose source is custom-metrics or application-load-balancer",
		},
	)
	.check(z.describe("Where counts of requests come from."));
