import { latencies } from "../fakes/latencies.ts";
import type { RemoteCall } from "../kernel/caller.ts";
import { runScenario } from "../scenarios/run-scenario.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { alarmInBake } from "../scenarios/stories/alarm-in-bake.ts";
import { badImage } from "../scenarios/stories/bad-image.ts";
import type { Prepared } from "../system/prepare.ts";

/** What a rollback costs in time, on modelled latencies. */
export interface RollbackFigures {
	readonly label: string;
	readonly seeds: number;
	/** From alarm or verdict to zero confirmed, without faults. */
	readonly p50Seconds: number;
	readonly p99Seconds: number;
	/** Of all runs, those included in which the first task crashes once. */
	readonly maxSeconds: number;
	readonly p99SecondsWithCrash: number;
	/** Most remote calls that the first task made before it changed traffic, in any run without faults. */
	readonly remoteCallsBeforeFirstTrafficChange: number;
	/** Rollbacks that did not happen, or scenarios that did not end as expected. */
	readonly failures: number;
	readonly latencySources: Readonly<Record<string, string>>;
}

const entry = "functions/roll-back";
const trafficChange = "elasticloadbalancing:DeleteRule";

const quantile = (sorted: readonly number[], share: number): number =>
	sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

interface Measured {
	readonly seconds: number;
	readonly callsBefore: number;
	readonly ok: boolean;
}

/** One run; `crashesOnce` kills the first task just before its first change of traffic. */
const measure = async (
	prepared: Prepared,
	scenario: Scenario,
	seed: number,
	crashesOnce: boolean,
): Promise<Measured> => {
	// Several executions may be on their way at once; what counts is the one that changes traffic first.
	const calls = new Map<number, number>();
	let callsBefore: number | null = null;
	let hasCrashed = !crashesOnce;
	const { rollback, ok } = await runScenario(prepared, scenario, seed, {
		onCall: (caller, { operation }, sandbox) => {
			if (caller !== entry) return;
			if (operation === trafficChange) callsBefore ??= calls.get(sandbox) ?? 0;
			else calls.set(sandbox, (calls.get(sandbox) ?? 0) + 1);
		},
		faultFor: (caller: string, { operation }: RemoteCall) => {
			if (hasCrashed || caller !== entry || operation !== trafficChange) return null;
			hasCrashed = true;
			return { kind: "crashed", when: "before" };
		},
	});
	return { seconds: rollback?.seconds ?? Number.POSITIVE_INFINITY, callsBefore: callsBefore ?? 0, ok };
};

/** Rolls back by alarm and by verdict with every seed, with and without a crash of the first task. */
export const benchmarkRollback = async (prepared: Prepared, seeds = 1_000): Promise<RollbackFigures> => {
	const smooth: Measured[] = [];
	const crashed: Measured[] = [];
	for (let seed = 1; seed <= seeds; seed++) {
		for (const scenario of [alarmInBake, badImage]) smooth.push(await measure(prepared, scenario, seed, false));
		crashed.push(await measure(prepared, alarmInBake, seed, true));
	}
	const sorted = (runs: readonly Measured[]): number[] => runs.map(({ seconds }) => seconds).sort((a, b) => a - b);
	const [smoothSeconds, crashedSeconds] = [sorted(smooth), sorted(crashed)];
	return {
		label: "model: simulated time, latencies drawn from the sources below",
		seeds,
		p50Seconds: quantile(smoothSeconds, 0.5),
		p99Seconds: quantile(smoothSeconds, 0.99),
		maxSeconds: Math.max(...smoothSeconds, ...crashedSeconds),
		p99SecondsWithCrash: quantile(crashedSeconds, 0.99),
		remoteCallsBeforeFirstTrafficChange: Math.max(...smooth.map(({ callsBefore }) => callsBefore)),
		failures: [...smooth, ...crashed].filter(({ ok }) => !ok).length,
		latencySources: Object.fromEntries(
			Object.entries(latencies).map(([operation, { p50Ms, p99Ms, source }]) => [
				operation,
				`p50 ${p50Ms} ms, p99 ${p99Ms} ms: ${source}`,
			]),
		),
	};
};
