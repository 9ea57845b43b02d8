import { clearingSeconds } from "./bake.ts";
import type { Approval, Judge, ServiceDefinition, Step } from "./service-definition.ts";
import { testersHeaderOf } from "./testers-text.ts";

/** How long a rollout is in one place, seconds; what people take to answer is in neither figure. */
export interface Bounds {
	readonly minSeconds: number;
	readonly maxSeconds: number;
}

/** One step as it would go. */
export interface PlannedStep extends Bounds {
	readonly weightPercent: number;
	readonly judgedBy: Judge;
	/** Who is asked before this weight is set; null where nobody is. */
	readonly approval: Approval | null;
	/** Requests that each judged slot needs before its limits say anything. */
	readonly neededRequests: number;
	/** Time until the canary, and beside it the stable slot where the two are compared, have had them; null without users. */
	readonly evidenceSeconds: number | null;
	/** When a healthy release would pass: not before its shortest bake, nor before there is evidence. Null: it would not. */
	readonly expectedSeconds: number | null;
}

/** What a release would go through if it began now. */
export interface ReleasePlan extends Bounds {
	/** Present requests of users, per second; null where nothing was measured. */
	readonly requestsPerSecond: number | null;
	/** Pods must be ready within this time. */
	readonly preparationSeconds: number;
	/** What requests of testers carry, who meet it as soon as it is ready; null where there are none. */
	readonly testersHeader: string | null;
	readonly steps: readonly PlannedStep[];
	readonly windowSeconds: number;
	/** Time that connections of the old slot get before it is scaled down. */
	readonly drainSeconds: number;
	/** Steps, window and drain for a healthy release; null where a step would not be passed. */
	readonly expectedSeconds: number | null;
}

/** Seconds until `needed` requests have come at a share of the traffic; null where that share never gets any. */
const secondsFor = (needed: number, requestsPerSecond: number | null, sharePercent: number): number | null => {
	const rate = ((requestsPerSecond ?? 0) * sharePercent) / 100;
	return rate > 0 ? needed / rate : null;
};

/** The longer of two waits, where one that never ends is the longest. */
const longer = (a: number | null, b: number | null): number | null =>
	a === null || b === null ? null : Math.max(a, b);

const evidenceSecondsAt = (step: Step, needed: number, requestsPerSecond: number | null): number | null => {
	const canary = secondsFor(needed, requestsPerSecond, step.weightPercent);
	if (step.judgedBy === "guardrails") return canary;
	return longer(canary, secondsFor(needed, requestsPerSecond, 100 - step.weightPercent));
};

/** A step that is judged by the clock passes at its shortest bake, if data came; one by comparison needs evidence as well. */
const expectedSecondsOf = (step: Step, evidenceSeconds: number | null, readableAfterSeconds: number): number | null => {
	if (evidenceSeconds === null) return null;
	if (step.judgedBy === "guardrails") return Math.max(step.minBakeSeconds, readableAfterSeconds);
	const expected = Math.max(step.minBakeSeconds, readableAfterSeconds + evidenceSeconds);
	return expected > step.maxBakeSeconds ? null : expected;
};

const sum = (lengths: readonly (number | null)[]): number | null =>
	lengths.reduce((total, length) => (total === null || length === null ? null : total + length), 0);

/**
 * The way of a release at the present traffic. Warm-up and one bucket pass before the first request counts; how late a
 * source publishes comes on top, seconds.
 */
export const planRelease = (
	definition: ServiceDefinition,
	requestsPerSecond: number | null,
	publicationSeconds: number,
): ReleasePlan => {
	const { guardrails, measurements, windowSeconds, drainSeconds, warmupSeconds } = definition;
	const readableAfterSeconds = warmupSeconds + measurements.periodSeconds + publicationSeconds;
	const steps = definition.steps.map((step): PlannedStep => {
		const evidenceSeconds = evidenceSecondsAt(step, guardrails.minRequests, requestsPerSecond);
		return {
			weightPercent: step.weightPercent,
			judgedBy: step.judgedBy,
			approval: step.approval,
			minSeconds: step.minBakeSeconds,
			maxSeconds: step.maxBakeSeconds,
			neededRequests: guardrails.minRequests,
			evidenceSeconds,
			expectedSeconds: expectedSecondsOf(step, evidenceSeconds, readableAfterSeconds),
		};
	});
	const after = windowSeconds + drainSeconds;
	const baked = sum(steps.map(({ expectedSeconds }) => expectedSeconds));
	return {
		requestsPerSecond,
		preparationSeconds: definition.progressDeadlineSeconds,
		testersHeader: testersHeaderOf(definition),
		steps,
		windowSeconds,
		drainSeconds,
		minSeconds: steps.reduce((total, { minSeconds }) => total + minSeconds, after),
		maxSeconds: steps.reduce(
			(total, { maxSeconds }) => total + maxSeconds,
			after + clearingSeconds + definition.progressDeadlineSeconds,
		),
		expectedSeconds: baked === null ? null : baked + after,
	};
};
