import * as z from "zod/mini";
import type { Judge } from "../service-definition.ts";
import { list, oneOf, section, wholeNumber } from "./bounded-field.ts";

const presets = {
	"5-25-50-100": [5, 25, 50, 100],
	"5-50-100": [5, 50, 100],
	"10-25-50-100": [10, 25, 50, 100],
} as const;

const preset = oneOf("5-25-50-100", "5-50-100", "10-25-50-100");

const stepConfig = section({
	weightPercent: wholeNumber(1, 100).check(z.describe("The canary's share of requests, percent.")),
	minBakeSeconds: z
		.optional(wholeNumber(10, 86_400))
		.check(z.describe("Shortest time at this weight, even with perfect evidence. Default 120.")),
	maxBakeSeconds: z
		.optional(wholeNumber(10, 86_400))
		.check(
			z.describe("Longest time without a verdict; then onUndecided applies. Default 600, 1200, then 1800 by position."),
		),
	judgedBy: z
		.optional(oneOf("comparison", "guardrails"))
		.check(z.describe("Compared with the stable slot (default), or held to the guardrails (always at 100).")),
});

/** Weights and bakes: a preset by name, or a list. */
export const stepsConfigSchema = z
	.optional(
		z.union([preset, list(stepConfig, "steps", 1, 20)], {
			error: `one of the presets ${Object.keys(presets).join(", ")}, or a list of 1 to 20 steps`,
		}),
	)
	.check(z.describe("Weights and bakes: a preset by name, or a list that rises to 100. Default 5-25-50-100."));

type StepsConfig = z.output<typeof stepsConfigSchema>;

/** Blue-green: users who stay on the stable slot for a while after everybody else has moved. */
export const holdbackConfigSchema = z
	.optional(
		section({
			percent: wholeNumber(1, 50).check(z.describe("Share of requests that stays on the stable slot, percent.")),
			minBakeSeconds: z
				.optional(wholeNumber(10, 86_400))
				.check(z.describe("Shortest time with users held back, even with perfect evidence. Default 120.")),
			maxBakeSeconds: z
				.optional(wholeNumber(10, 86_400))
				.check(z.describe("Longest time without a verdict; then onUndecided applies. Default 1800.")),
		}),
	)
	.check(
		z.describe(
			"Blue-green: users who stay on the stable slot at first, so that the new version can be compared. Default: none.",
		),
	);

type HoldbackConfig = z.output<typeof holdbackConfigSchema>;

/** A step with nothing left to default, before approvals are added. */
export interface ResolvedStep {
	readonly weightPercent: number;
	readonly judgedBy: Judge;
	readonly minBakeSeconds: number;
	readonly maxBakeSeconds: number;
}

const defaultMinBakeSeconds = 120;
/** Few are held back, so that evidence takes its time. */
const defaultHoldbackSeconds = 1_800;
const defaultMaxBakeSeconds = (position: number): number => [600, 1_200][position] ?? 1_800;

/**
 * What a strategy means, as steps (D1): blue-green is one step at 100 %. At 100 % there is nothing left to compare with,
 * so guardrails judge. A bake of which only one end is given moves the other end's default, never contradicts it.
 */
export const resolveSteps = (strategy: "canary" | "blue-green", steps: StepsConfig): readonly ResolvedStep[] => {
	const entries =
		steps === undefined
			? (strategy === "blue-green" ? [100] : presets["5-25-50-100"]).map((weightPercent) => ({ weightPercent }))
			: typeof steps === "string"
				? presets[steps].map((weightPercent) => ({ weightPercent }))
				: steps;
	return entries.map((entry: Exclude<StepsConfig, string | undefined>[number], position) => ({
		weightPercent: entry.weightPercent,
		judgedBy: entry.judgedBy ?? (entry.weightPercent === 100 ? "guardrails" : "comparison"),
		...bakesOf(entry, defaultMaxBakeSeconds(position)),
	}));
};

/**
 * What a holdback means, as steps: one more before the last. Whoever stays behind is the control arm that blue-green has
 * none of otherwise, so comparison judges.
 */
export const resolveHoldback = (holdback: HoldbackConfig): readonly ResolvedStep[] =>
	holdback === undefined
		? []
		: [
				{
					weightPercent: 100 - holdback.percent,
					judgedBy: "comparison",
					...bakesOf(holdback, defaultHoldbackSeconds),
				},
			];

const bakesOf = (
	{
		minBakeSeconds,
		maxBakeSeconds,
	}: { readonly minBakeSeconds?: number | undefined; readonly maxBakeSeconds?: number | undefined },
	defaultSeconds: number,
): Pick<ResolvedStep, "minBakeSeconds" | "maxBakeSeconds"> => ({
	minBakeSeconds: minBakeSeconds ?? Math.min(defaultMinBakeSeconds, maxBakeSeconds ?? Infinity),
	maxBakeSeconds: maxBakeSeconds ?? Math.max(defaultSeconds, minBakeSeconds ?? 0),
});
