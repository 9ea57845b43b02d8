import type { Fields, Telemetry } from "../../lib/ports/telemetry.ts";

/** One line of a function's log. */
export interface LogLine {
	readonly atEpochMs: number;
	readonly level: "info" | "warn" | "error";
	readonly message: string;
	readonly fields: Fields;
}

/** A telemetry that a test or a report can read. */
export interface RecordedTelemetry extends Telemetry {
	/** The newest lines, oldest first. */
	readonly lines: readonly LogLine[];
	/** Counters by name and dimensions, as `name{key=value}`. */
	readonly counters: ReadonlyMap<string, number>;
	/** What was measured, the newest last. */
	readonly measures: readonly Measured[];
}

/** One measurement of the control plane itself. */
export interface Measured {
	readonly metricName: string;
	readonly seconds: number;
	readonly dimensions: Readonly<Record<string, string>>;
}

/** Lines beyond this push the oldest out, in halves. */
const keptLines = 2_000;
/** Counters beyond this are not begun: dimensions were meant to be few. */
const keptCounters = 500;

/** Telemetry in memory: bounded, never fails, never waits. */
export const fakeTelemetry = (nowEpochMs: () => number): RecordedTelemetry => {
	const lines: LogLine[] = [];
	const counters = new Map<string, number>();
	const measures: Measured[] = [];
	const log =
		(level: LogLine["level"]) =>
		(message: string, fields: Fields = {}): void => {
			if (lines.length >= keptLines) lines.splice(0, keptLines / 2);
			lines.push({ atEpochMs: nowEpochMs(), level, message, fields });
		};
	return {
		lines,
		counters,
		measures,
		info: log("info"),
		warn: log("warn"),
		error: log("error"),
		count: (metricName, dimensions = {}) => {
			const pairs = Object.keys(dimensions)
				.sort()
				.map((key) => `${key}=${dimensions[key]}`);
			const key = pairs.length === 0 ? metricName : `${metricName}{${pairs.join(",")}}`;
			const present = counters.get(key);
			if (present !== undefined || counters.size < keptCounters) counters.set(key, (present ?? 0) + 1);
		},
		measure: (metricName, seconds, dimensions = {}) => {
			if (measures.length >= keptLines) measures.splice(0, keptLines / 2);
			measures.push({ metricName, seconds, dimensions });
		},
		flush: () => {},
	};
};
