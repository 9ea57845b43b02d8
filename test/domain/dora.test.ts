import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { doraOf } from "../../lib/domain/dora.ts";
import type { RolloutRecord } from "../../lib/domain/rollout-record.ts";
import { release } from "./builders.ts";

const dayMs = 86_400_000;
const week = { fromEpochMs: 0, toEpochMs: 7 * dayMs };

const record = (fields: Partial<RolloutRecord> = {}): RolloutRecord => ({
	rolloutId: "checkout-1",
	release: release("b"),
	outcome: "promoted",
	startedAtEpochMs: dayMs,
	exposedAtEpochMs: dayMs + 60_000,
	endedAtEpochMs: dayMs + 600_000,
	highestWeightPercent: 100,
	...fields,
});

const rolledBack = (fields: Partial<RolloutRecord> = {}): RolloutRecord =>
	record({ outcome: "rolled-back", cause: "verdict", highestWeightPercent: 5, ...fields });

describe("doraOf", () => {
	it("given no rollout in the span, has no figure", () => {
		expect(doraOf([record({ endedAtEpochMs: 8 * dayMs })], week)).toEqual({
			days: 7,
			rollouts: 0,
			superseded: 0,
			promoted: 0,
			rolledBack: 0,
			promotionsPerDay: null,
			leadTime: null,
			changeFailureRatio: null,
			failures: { beforeExposure: 0, atTrialWeight: 0, atFullWeight: 0 },
			touched: null,
			timeToRestore: null,
		});
	});

	it("given fourteen promotions in a week, says two a day", () => {
		const records = Array.from({ length: 14 }, () => record());

		expect(doraOf(records, week)).toMatchObject({ promoted: 14, promotionsPerDay: 2, changeFailureRatio: 0 });
	});

	it("given ends at both edges of the span, counts the first and not the last", () => {
		const records = [record({ endedAtEpochMs: week.fromEpochMs }), record({ endedAtEpochMs: week.toEpochMs })];

		expect(doraOf(records, week).rollouts).toBe(1);
	});

	it("given pushes of which one is not known, measures lead time to serving everybody over the others", () => {
		const records = [
			record({ pushedAtEpochMs: 0, promotedAtEpochMs: 100_000 }),
			record({ pushedAtEpochMs: 0, promotedAtEpochMs: 300_000 }),
			record({ promotedAtEpochMs: 900_000 }),
			rolledBack({ pushedAtEpochMs: 0, promotedAtEpochMs: 900_000 }),
		];

		expect(doraOf(records, week).leadTime).toEqual({ medianSeconds: 100, p90Seconds: 300, rollouts: 2 });
	});

	it("given rollbacks before, at and after full weight, counts all as failures and tells them apart", () => {
		const { exposedAtEpochMs: _, ...unexposed } = rolledBack({ highestWeightPercent: 0, cause: "not-ready" });
		const records = [record(), unexposed, rolledBack(), rolledBack({ highestWeightPercent: 100 })];

		expect(doraOf(records, week)).toMatchObject({
			rolledBack: 3,
			changeFailureRatio: 0.75,
			failures: { beforeExposure: 1, atTrialWeight: 1, atFullWeight: 1 },
		});
	});

	it("given counts of some rollbacks, adds up those", () => {
		const records = [
			rolledBack({ touched: { requests: 1_000, errors: 20, slow: 5 } }),
			rolledBack({ touched: { requests: 500, errors: 3, slow: 0 } }),
			rolledBack(),
		];

		expect(doraOf(records, week).touched).toEqual({ requests: 1_500, errors: 23, rollbacks: 2 });
	});

	it("given rollbacks that users had reached, measures from trigger to zero confirmed, never less than nothing", () => {
		const { exposedAtEpochMs: _, ...unexposed } = rolledBack({ triggeredAtEpochMs: 0, zeroConfirmedAtEpochMs: 99_000 });
		const records = [
			rolledBack({ triggeredAtEpochMs: 10_000, zeroConfirmedAtEpochMs: 11_500 }),
			rolledBack({ triggeredAtEpochMs: 10_000, zeroConfirmedAtEpochMs: 9_999 }),
			rolledBack({ triggeredAtEpochMs: 10_000 }),
			unexposed,
		];

		expect(doraOf(records, week).timeToRestore).toEqual({ medianSeconds: 0, p90Seconds: 1.5, rollouts: 2 });
	});

	it("given superseded rollouts, names them and counts them nowhere else", () => {
		expect(doraOf([record({ outcome: "superseded" }), record()], week)).toMatchObject({
			rollouts: 2,
			superseded: 1,
			promoted: 1,
			changeFailureRatio: 0,
		});
	});

	it("given a span without length, says no frequency", () => {
		expect(doraOf([record()], { fromEpochMs: record().endedAtEpochMs, toEpochMs: 0 })).toMatchObject({
			days: 0,
			promotionsPerDay: null,
		});
	});

	const someRecord = fc.record({
		outcome: fc.constantFrom("promoted" as const, "rolled-back" as const, "superseded" as const),
		endedAtEpochMs: fc.integer({ min: -dayMs, max: 8 * dayMs }),
		highestWeightPercent: fc.constantFrom(0, 5, 100),
		pushedAtEpochMs: fc.nat(dayMs),
		promotedAtEpochMs: fc.nat(dayMs),
	});

	it("given any records in any order, answers the same and its parts add up", () => {
		fc.assert(
			fc.property(fc.array(someRecord), (fields) => {
				const records = fields.map((one) => record(one));
				const dora = doraOf(records, week);
				const { failures, rolledBack: rollbacks } = dora;
				expect(doraOf([...records].reverse(), week)).toEqual(dora);
				expect(failures.beforeExposure + failures.atTrialWeight + failures.atFullWeight).toBe(rollbacks);
				expect(dora.promoted + rollbacks + dora.superseded).toBe(dora.rollouts);
				expect(dora.changeFailureRatio === null).toBe(dora.promoted + rollbacks === 0);
				expect(dora.leadTime === null).toBe(dora.promoted === 0);
			}),
		);
	});
});
