export type Fields = Readonly<Record<string, unknown>>;

/** Structured logs and counters of the control plane itself. Never fails, never waits. */
export interface Telemetry {
	info(message: string, fields?: Fields): void;
	warn(message: string, fields?: Fields): void;
	error(message: string, fields?: Fields): void;
	/** Adds one to a counter, as for a refusal; dimensions stay few and bounded. */
	count(metricName: string, dimensions?: Readonly<Record<string, string>>): void;
	/** One measured length of time, in seconds; as with `count`, dimensions stay few and bounded. */
	measure(metricName: string, seconds: number, dimensions?: Readonly<Record<string, string>>): void;
	/** Sends what is buffered; called once at the end of each invocation. */
	flush(): void;
}
