import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Fields, Telemetry } from "../ports/telemetry.ts";

type Unit = (typeof MetricUnit)["Count" | "Seconds"];

type Level = "info" | "warn" | "error";

/**
 * Telemetry as JSON lines and embedded metrics on standard output, which Lambda hands to CloudWatch: no call, no wait.
 * Without a name it goes by POWERTOOLS_SERVICE_NAME. Fields stand under `fields`, for Powertools drops any of its own
 * keys from a line, `service` among them. A metric with dimensions is a line of its own; others wait for `flush`.
 */
export const powertoolsTelemetry = (serviceName?: string): Telemetry => {
	const named = serviceName === undefined ? {} : { serviceName };
	const logger = new Logger({ ...named, jsonReplacerFn: withoutTokens });
	const metrics = new Metrics(named);
	const log = (level: Level) => (message: string, fields?: Fields) => {
		const isWritten = attempted(() => logger[level](message, fields === undefined ? {} : { fields }));
		// Rather a line without its fields than none; fields may hold anything, also what JSON cannot say.
		if (!isWritten) attempted(() => logger[level](message, { fields: "not writable as JSON" }));
	};
	const add = (metricName: string, unit: Unit, value: number, dimensions: Readonly<Record<string, string>>) => {
		attempted(() => {
			if (Object.keys(dimensions).length === 0) metrics.addMetric(metricName, unit, value);
			else
				metrics
					.singleMetric()
					.addDimensions({ ...dimensions })
					.addMetric(metricName, unit, value);
		});
	};
	return {
		info: log("info"),
		warn: log("warn"),
		error: log("error"),
		count: (metricName, dimensions = {}) => add(metricName, MetricUnit.Count, 1, dimensions),
		measure: (metricName, seconds, dimensions = {}) => add(metricName, MetricUnit.Seconds, seconds, dimensions),
		flush: () => {
			attempted(() => {
				if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
			});
		},
	};
};

// A token answers a waiting state in somebody's name: whoever reads logs must not find one. Errors are replaced before
// their fields are, so that a state which a conflict carries is covered as well.
const withoutTokens = (key: string, value: unknown): unknown => (/^(?:task)?token$/i.test(key) ? "redacted" : value);

/** Telemetry never fails what it tells of. */
const attempted = (write: () => void): boolean => {
	try {
		write();
		return true;
	} catch {
		return false;
	}
};
