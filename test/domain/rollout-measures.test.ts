import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measuresOf } from "../../lib/domain/rollout-measures.ts";
import type { RolloutRecord } from "../../lib/domain/rollout-record.ts";
import { release } from "./builders.ts";

const promoted: RolloutRecord = {
	rolloutId: "checkout-7",
	release: release("b"),
	outcome: "promoted",
	pushedAtEpochMs: 0,
	startedAtEpochMs: 10_000,
	exposedAtEpochMs: 100_000,
	promotedAtEpochMs: 400_000,
	endedAtEpochMs: 900_000,
	highestWeightPercent: 100,
	shifts: [
		{ weightPercent: 5, atEpochMs: 100_000 },
		{ weightPercent: 100, atEpochMs: 250_000 },
	],
	pausedSeconds: 60,
};

const rolledBack: RolloutRecord = {
	rolloutId: "checkout-8",
	release: release("c"),
	outcome: "rolled-back",
	cause: "alarm",
	startedAtEpochMs: 10_000,
	exposedAtEpochMs: 100_000,
	triggeredAtEpochMs: 130_000,
	zeroConfirmedAtEpochMs: 131_500,
	endedAtEpochMs: 500_000,
	highestWeightPercent: 5,
	shifts: [{ weightPercent: 5, atEpochMs: 100_000 }],
};

describe("measuresOf", () => {
	it("given a promotion, measures its length, each weight, people and the way from the push", () => {
		expect(measuresOf(promoted)).toEqual([
			{ name: "RolloutSeconds", seconds: 890, dimensions: { outcome: "promoted" } },
			{ name: "SecondsAtWeight", seconds: 150, dimensions: { weightPercent: "5" } },
			{ name: "SecondsAtWeight", seconds: 150, dimensions: { weightPercent: "100" } },
			{ name: "PausedSeconds", seconds: 60, dimensions: {} },
			{ name: "LeadSeconds", seconds: 400, dimensions: {} },
		]);
	});

	it("given a rollback, measures how long harm can have gone unnoticed and how long going back took", () => {
		expect(measuresOf(rolledBack)).toEqual([
			{ name: "RolloutSeconds", seconds: 490, dimensions: { outcome: "rolled-back" } },
			{ name: "SecondsAtWeight", seconds: 30, dimensions: { weightPercent: "5" } },
			{ name: "DetectionSeconds", seconds: 30, dimensions: { cause: "alarm" } },
			{ name: "RecoverySeconds", seconds: 1.5, dimensions: { cause: "alarm" } },
		]);
	});

	it("given a rollback before anybody was exposed, measures neither detection nor recovery", () => {
		const { exposedAtEpochMs: _, shifts: __, ...unexposed } = rolledBack;

		expect(measuresOf(unexposed).map(({ name }) => name)).toEqual(["RolloutSeconds"]);
	});

	it("given a rollback in the window, counts the window to no weight", () => {
		const { cause: _, ...late } = { ...promoted, outcome: "rolled-back" as const, triggeredAtEpochMs: 800_000 };

		expect(measuresOf(late)).toContainEqual({
			name: "SecondsAtWeight",
			seconds: 150,
			dimensions: { weightPercent: "100" },
		});
		expect(measuresOf(late)).toContainEqual({
			name: "DetectionSeconds",
			seconds: 700,
			dimensions: { cause: "unknown" },
		});
		expect(measuresOf(late).map(({ name }) => name)).not.toContain("LeadSeconds");
	});

	it("given a last weight whose end is not known, ends it with the rollout", () => {
		const { promotedAtEpochMs: _, ...unknown } = promoted;

		expect(measuresOf(unknown)).toContainEqual({
			name: "SecondsAtWeight",
			seconds: 650,
			dimensions: { weightPercent: "100" },
		});
	});

	it("given any instants, measures nothing below zero", () => {
		const instant = fc.option(fc.nat(1_000_000), { nil: undefined });
		fc.assert(
			fc.property(instant, instant, instant, instant, instant, (pushed, exposed, full, triggered, zero) => {
				const known = Object.entries({
					pushedAtEpochMs: pushed,
					exposedAtEpochMs: exposed,
					promotedAtEpochMs: full,
					triggeredAtEpochMs: triggered,
					zeroConfirmedAtEpochMs: zero,
				}).filter(([, value]) => value !== undefined);
				const record = { ...promoted, ...Object.fromEntries(known) };
				for (const { seconds } of measuresOf(record)) expect(seconds).toBeGreaterThanOrEqual(0);
			}),
		);
	});
});
