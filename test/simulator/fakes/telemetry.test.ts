import { describe, expect, it } from "vitest";
import { fakeTelemetry } from "../../../simulator/fakes/telemetry.ts";

describe("fakeTelemetry", () => {
	it("given lines of each level, keeps them with their time and fields", () => {
		let nowEpochMs = 1_000;
		const telemetry = fakeTelemetry(() => nowEpochMs);

		telemetry.info("rolled back", { service: "checkout" });
		nowEpochMs = 2_000;
		telemetry.error("no answer");

		expect(telemetry.lines).toEqual([
			{ atEpochMs: 1_000, level: "info", message: "rolled back", fields: { service: "checkout" } },
			{ atEpochMs: 2_000, level: "error", message: "no answer", fields: {} },
		]);
	});

	it("given counts, adds them up by name and dimensions, whatever their order", () => {
		const telemetry = fakeTelemetry(() => 0);

		telemetry.count("Refused", { reason: "seen", service: "checkout" });
		telemetry.count("Refused", { service: "checkout", reason: "seen" });
		telemetry.count("Refused");

		expect([...telemetry.counters]).toEqual([
			["Refused{reason=seen,service=checkout}", 2],
			["Refused", 1],
		]);
	});

	it("given measured lengths of time, keeps them in their order and stays bounded", () => {
		const telemetry = fakeTelemetry(() => 0);

		for (let index = 0; index < 10_000; index++) telemetry.measure("LeadSeconds", index, { outcome: "promoted" });

		expect(telemetry.measures.length).toBeLessThanOrEqual(2_000);
		expect(telemetry.measures.at(-1)).toEqual({
			metricName: "LeadSeconds",
			seconds: 9_999,
			dimensions: { outcome: "promoted" },
		});
	});

	it("given more lines than it keeps, keeps the newest and stays bounded", () => {
		const telemetry = fakeTelemetry(() => 0);

		for (let index = 0; index < 10_000; index++) telemetry.info(`line ${index}`);

		expect(telemetry.lines.length).toBeLessThanOrEqual(2_000);
		expect(telemetry.lines.at(-1)?.message).toBe("line 9999");
	});
});
