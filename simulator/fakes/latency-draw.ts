import type { Random } from "../kernel/random.ts";
import { type Latency, latencies } from "./latencies.ts";

/** Standard deviations from the median to the 99th percentile of a normal distribution. */
const p99Deviations = 2.326_347_874;

interface LogNormal {
	readonly mu: number;
	readonly sigma: number;
}

const prepared = new Map<string, LogNormal>();

/** The figures that stand for an operation: its own, its service's, or those for all others. */
export const latencyOf = (operation: string): Latency => {
	const found = latencies[operation] ?? latencies[`${operation.slice(0, operation.indexOf(":"))}:*`] ?? latencies["*"];
	if (found === undefined) throw new RangeError(`No latency is known for "${operation}", nor for "*".`);
	return found;
};

const logNormalOf = (operation: string): LogNormal => {
	const known = prepared.get(operation);
	if (known !== undefined) return known;
	const { p50Ms, p99Ms } = latencyOf(operation);
	const fresh = { mu: Math.log(p50Ms), sigma: Math.log(p99Ms / p50Ms) / p99Deviations };
	prepared.set(operation, fresh);
	return fresh;
};

/** How long this operation takes this time, milliseconds. */
export const drawLatencyMs = (operation: string, random: Random): number => {
	const { mu, sigma } = logNormalOf(operation);
	return Math.exp(mu + sigma * random.normal());
};
