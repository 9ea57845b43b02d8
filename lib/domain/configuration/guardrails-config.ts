import * as z from "zod/mini";
import { fraction, section, wholeNumber } from "./bounded-field.ts";

/** Absolute limits. They act beside the comparison, and alone where there is nothing to compare with (D8). */
export const guardrailsConfigSchema = z
	.prefault(
		section({
			maxErrorPercent: z
				._default(fraction(0.01, 100), 5)
				.check(z.describe("Share of failed requests above which, by more than chance, a version is harmful, percent.")),
			slowerThanMs: z
				._default(wholeNumber(1, 60_000), 3_000)
				.check(z.describe("An answer that takes longer counts as slow, milliseconds. Custom metrics ignore it.")),
			maxSlowPercent: z
				._default(fraction(0.01, 100), 5)
				.check(z.describe("Share of slow requests above which, by more than chance, a version is harmful, percent.")),
			windowSeconds: z
				._default(wholeNumber(10, 3_600), 60)
				.check(z.describe("Sliding window that is looked at; a multiple of the measurements' periodSeconds.")),
			minRequests: z
				._default(wholeNumber(1, 1_000_000), 200)
				.check(z.describe("Fewer requests than this, in the guardrails' window or in the step, decide nothing.")),
			minAvailabilityPercent: z
				._default(fraction(0, 99.99), 95)
				.check(
					z.describe(
						"Share of answered requests below which, by more than chance, a version is harmful, percent; 0 looks at none.",
					),
				),
			unhealthySeconds: z
				._default(wholeNumber(30, 3_600), 120)
				.check(z.describe("Health checks of a version may fail this long, seconds.")),
		}),
		{},
	)
	.check(
		z.describe("Absolute limits: breaking one by more than chance while the stable slot does not means rollback."),
	);
