import type { EnvironmentConfig } from "../../lib/domain/configuration/environment-config.ts";
import { runScenario } from "../scenarios/run-scenario.ts";
import { goodImage } from "../scenarios/stories/good-image.ts";
import type { Prepared } from "../system/prepare.ts";

/** How fast whole rollouts are rehearsed, on one core of this machine. */
export interface SimulatorFigures {
	readonly rollout: string;
	readonly rollouts: number;
	readonly seconds: number;
	readonly rolloutsPerSecond: number;
	readonly virtualSecondsPerSecond: number;
	readonly failures: number;
}

const bakeSeconds = 120;

/** A configuration whose rollouts bake 120 s at each of four weights and keep a window of 600 s; a look every 10 s. */
export const quickRollout = (config: EnvironmentConfig): EnvironmentConfig => {
	const { checkout } = config.services;
	if (checkout === undefined) throw new RangeError("The configuration has no service checkout.");
	const steps = [5, 25, 50, 100].map((weightPercent) => ({
		weightPercent,
		judgedBy: weightPercent === 100 ? ("guardrails" as const) : ("comparison" as const),
		minBakeSeconds: bakeSeconds,
		maxBakeSeconds: bakeSeconds,
	}));
	return { ...config, services: { checkout: { ...checkout, steps, approvals: [], windowSeconds: 600 } } };
};

const warmUpRuns = 20;

/** Rehearses rollouts for a few seconds, after a warm-up. */
export const benchmarkSimulator = async (prepared: Prepared, forSeconds = 10): Promise<SimulatorFigures> => {
	for (let seed = 1; seed <= warmUpRuns; seed++) await runScenario(prepared, goodImage, seed);
	const begin = performance.now();
	const elapsed = (): number => (performance.now() - begin) / 1000;
	let rollouts = 0;
	let failures = 0;
	let virtualSeconds = 0;
	while (elapsed() < forSeconds) {
		const result = await runScenario(prepared, goodImage, ++rollouts);
		virtualSeconds += result.virtualSeconds;
		if (!result.ok) failures++;
	}
	const seconds = elapsed();
	return {
		rollout: "bake 120 s at 5, 25, 50 and 100 %, window 600 s, a look every 10 s",
		rollouts,
		seconds,
		rolloutsPerSecond: rollouts / seconds,
		virtualSecondsPerSecond: virtualSeconds / seconds,
		failures,
	};
};
