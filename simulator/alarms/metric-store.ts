import { type Datapoint, MetricSeries, type Statistic } from "./metric-series.ts";

/** What names a metric in CloudWatch. The order of dimensions does not matter; a missing one makes another metric. */
export interface MetricIdentity {
	readonly namespace: string;
	readonly name: string;
	readonly dimensions: Readonly<Record<string, string>>;
}

export interface MetricStoreOptions {
	/** The finest period that can be read. 10 by default. */
	readonly resolutionSeconds?: 1 | 10;
}

/** All metrics of one account and region, for the last two hours. */
export interface MetricStore {
	/** The series of a metric, to keep and use often; an empty one where nothing was put yet. */
	series(identity: MetricIdentity): MetricSeries;
	/** Adds samples to a metric. */
	put(identity: MetricIdentity, point: Datapoint): void;
	/** A statistic over one period; null where there are no samples. */
	read(identity: MetricIdentity, statistic: Statistic, fromEpochMs: number, periodSeconds: number): number | null;
}

/** How long samples are kept, counted from the newest of their metric. */
export const retentionSeconds = 7_200;

const keyOf = ({ namespace, name, dimensions }: MetricIdentity): string =>
	JSON.stringify([
		namespace,
		name,
		...Object.keys(dimensions)
			.sort()
			.map((key) => [key, dimensions[key]]),
	]);

/** An empty metric store. */
export const createMetricStore = ({ resolutionSeconds = 10 }: MetricStoreOptions = {}): MetricStore => {
	const known = new Map<string, MetricSeries>();
	const series = (identity: MetricIdentity): MetricSeries => {
		const key = keyOf(identity);
		const found = known.get(key) ?? new MetricSeries(resolutionSeconds, retentionSeconds);
		known.set(key, found);
		return found;
	};
	return {
		series,
		put: (identity, point) => series(identity).add(point),
		read: (identity, statistic, fromEpochMs, periodSeconds) => {
			const value = series(identity).read(statistic, fromEpochMs, periodSeconds * 1_000);
			return Number.isNaN(value) ? null : value;
		},
	};
};
