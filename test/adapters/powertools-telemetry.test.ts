import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { powertoolsTelemetry } from "../../lib/adapters/powertools-telemetry.ts";
import { StoreConflictError } from "../../lib/ports/service-store.ts";
import { fullState } from "../contracts/contract-state.ts";

let lines: Record<string, unknown>[] = [];

const capture = (chunk: unknown): boolean => {
	for (const line of String(chunk).split("\n")) if (line !== "") lines.push(JSON.parse(line));
	return true;
};

beforeEach(() => {
	lines = [];
	vi.stubEnv("POWERTOOLS_DEV", "false");
	vi.stubEnv("POWERTOOLS_METRICS_NAMESPACE", "Sluice");
	vi.spyOn(process.stdout, "write").mockImplementation(capture);
	vi.spyOn(process.stderr, "write").mockImplementation(capture);
});

afterEach(() => {
	vi.restoreAllMocks();
	vi.unstubAllEnvs();
});

describe("powertoolsTelemetry", () => {
	it("given messages of each level, writes one JSON line each, with the fields as given", () => {
		const telemetry = powertoolsTelemetry("roll-back");

		telemetry.info("began", { service: "checkout", message: "kept", epoch: 7 });
		telemetry.warn("slow");
		telemetry.error("failed");

		expect(lines.map(({ level, message, service, fields }) => ({ level, message, service, fields }))).toEqual([
			{
				level: "INFO",
				message: "began",
				service: "roll-back",
				fields: { service: "checkout", message: "kept", epoch: 7 },
			},
			{ level: "WARN", message: "slow", service: "roll-back", fields: undefined },
			{ level: "ERROR", message: "failed", service: "roll-back", fields: undefined },
		]);
	});

	it("given no name, goes by the one in the environment", () => {
		vi.stubEnv("POWERTOOLS_SERVICE_NAME", "plan-step");

		powertoolsTelemetry().info("began");

		expect(lines[0]?.service).toBe("plan-step");
	});

	it("given tokens at any depth, writes none of them", () => {
		const secret = fullState("checkout").pause?.token ?? "";
		const telemetry = powertoolsTelemetry("apply-command");
		const conflict = new StoreConflictError("refused", fullState("checkout"));

		telemetry.info("waits", { token: secret, event: { taskToken: secret, Task: { Token: secret } } });
		telemetry.error("conflict", { error: new Error("outer", { cause: conflict }) });

		expect(JSON.stringify(lines)).not.toContain(secret);
		expect(lines[0]?.fields).toEqual({
			token: "redacted",
			event: { taskToken: "redacted", Task: { Token: "redacted" } },
		});
		expect(JSON.stringify(lines[1])).toContain('"epoch":7');
	});

	it("given lengths of time, writes them as seconds, those with dimensions at once", () => {
		const telemetry = powertoolsTelemetry("finish-rollout");

		telemetry.measure("RecoverySeconds", 1.5, { cause: "alarm" });
		telemetry.measure("LeadSeconds", 400);
		telemetry.flush();

		const metricsOf = (line: Record<string, unknown> | undefined) =>
			(line?._aws as { CloudWatchMetrics: { Metrics: unknown }[] } | undefined)?.CloudWatchMetrics[0]?.Metrics;
		expect(lines[0]).toMatchObject({ RecoverySeconds: 1.5, cause: "alarm" });
		expect(metricsOf(lines[0])).toMatchObject([{ Name: "RecoverySeconds", Unit: "Seconds" }]);
		expect(lines[1]).toMatchObject({ LeadSeconds: 400 });
		expect(metricsOf(lines[1])).toMatchObject([{ Name: "LeadSeconds", Unit: "Seconds" }]);
	});

	it("given an error, writes its name, message and cause", () => {
		powertoolsTelemetry("roll-back").error("failed", { error: new RangeError("outer", { cause: new Error("inner") }) });

		expect(lines[0]?.fields).toMatchObject({
			error: { name: "RangeError", message: "outer", cause: { message: "inner" } },
		});
	});

	it("given fields that JSON cannot say, writes the message all the same", () => {
		const hostile = {
			toJSON: () => {
				throw new Error("no");
			},
		};

		powertoolsTelemetry("roll-back").warn("odd", { hostile });

		expect(lines).toHaveLength(1);
		expect(lines[0]).toMatchObject({ level: "WARN", message: "odd", fields: "not writable as JSON" });
	});

	it("given a counter with dimensions, writes an embedded metric at once", () => {
		powertoolsTelemetry("finish-rollout").count("RolloutEnded", { outcome: "promoted" });

		expect(lines).toHaveLength(1);
		expect(lines[0]).toMatchObject({
			_aws: {
				CloudWatchMetrics: [
					{
						Namespace: "Sluice",
						Dimensions: [["service", "outcome"]],
						Metrics: [{ Name: "RolloutEnded", Unit: "Count" }],
					},
				],
			},
			service: "finish-rollout",
			outcome: "promoted",
			RolloutEnded: 1,
		});
	});

	it("given counters without dimensions, writes them together when flushed, and once", () => {
		const telemetry = powertoolsTelemetry("admit-release");
		telemetry.count("ReleaseRefused");
		telemetry.count("ReleaseRefused");
		const before = lines.length;

		telemetry.flush();
		telemetry.flush();

		expect(before).toBe(0);
		expect(lines).toHaveLength(1);
		expect(lines[0]).toMatchObject({ ReleaseRefused: [1, 1] });
	});

	it("given a counter that CloudWatch would refuse, neither fails nor writes it", () => {
		const telemetry = powertoolsTelemetry("admit-release");

		telemetry.count("");
		telemetry.count("", { verb: "approve" });
		telemetry.flush();

		expect(lines).toEqual([]);
	});

	it("given an output that is closed, does not fail", () => {
		vi.mocked(process.stdout.write).mockImplementation(() => {
			throw new Error("EPIPE");
		});
		const telemetry = powertoolsTelemetry("roll-back");

		expect(() => {
			telemetry.info("began");
			telemetry.count("RolloutEnded", { outcome: "promoted" });
			telemetry.flush();
		}).not.toThrow();
	});
});
