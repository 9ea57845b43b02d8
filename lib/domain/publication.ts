import type { MeasurementSource } from "./service-definition.ts";

/** When what a source measured can be read. */
export interface Publication {
	/** A bucket that ended less than this ago is not read: some pods publish before others, and a bucket counts once. */
	readonly graceSeconds: number;
	/** A bucket that ended longer ago than this is not waited for. */
	readonly latenessSeconds: number;
}

/** How each kind of source publishes. Load balancer metrics come once a minute and up to minutes late. */
export const publications: Readonly<Record<MeasurementSource["kind"], Publication>> = {
	"application-load-balancer": { graceSeconds: 60, latenessSeconds: 180 },
	"custom-metrics": { graceSeconds: 5, latenessSeconds: 30 },
};

/** The end of the last bucket that can be read by now, a multiple of the source's period. */
export const readableUntilEpochMs = ({ kind, periodSeconds }: MeasurementSource, nowEpochMs: number): number => {
	const periodMs = periodSeconds * 1000;
	return Math.floor((nowEpochMs - publications[kind].graceSeconds * 1000) / periodMs) * periodMs;
};
