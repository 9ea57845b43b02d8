import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { doraScreen } from "../../bin/report/dora-screen.ts";
import { historyTable } from "../../bin/report/history-table.ts";
import { planScreen } from "../../bin/report/plan-screen.ts";
import { statusScreen, statusTable } from "../../bin/report/status-screen.ts";
import { wrapped } from "../../bin/report/wrapped.ts";
import { doraOf } from "../../lib/domain/dora.ts";
import { planRelease } from "../../lib/domain/release-plan.ts";
import type { RolloutRecord } from "../../lib/domain/rollout-record.ts";
import { phases } from "../../lib/domain/service-state.ts";
import { statusOf } from "../../lib/domain/status.ts";
import { absentStatusOf } from "../../lib/domain/status-absent.ts";
import { paletteOf } from "../../simulator/report/palette.ts";
import { definition, release, serviceState, step } from "../domain/builders.ts";

const palette = paletteOf(false);
const read = { place: "production, eu-central-1", nowEpochMs: 1_767_603_600_000 };

const record: RolloutRecord = {
	rolloutId: "checkout-7",
	release: { ...release("b"), tag: "v2" },
	outcome: "rolled-back",
	cause: "verdict",
	explanation: "canary: 6.83 % errors (14 of 205 requests), limit 2 %, in the last 60 s",
	askedBy: "AROAEXAMPLE:ana",
	startedAtEpochMs: read.nowEpochMs,
	exposedAtEpochMs: read.nowEpochMs + 60_000,
	triggeredAtEpochMs: read.nowEpochMs + 120_000,
	zeroConfirmedAtEpochMs: read.nowEpochMs + 121_250,
	endedAtEpochMs: read.nowEpochMs + 500_000,
	highestWeightPercent: 5,
	touched: { requests: 327, errors: 20, slow: 2 },
};

describe("what people see", () => {
	it("given any text, wraps it at the width and loses no word", () => {
		fc.assert(
			fc.property(
				fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }),
				fc.integer({ min: 12, max: 60 }),
				(words, width) => {
					const lines = wrapped(words.join(" "), width);
					expect(lines.join(" ")).toBe(words.join(" "));
					for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
				},
			),
		);
	});

	it.each(phases)("given a service that is %s, fits on a screen of 80 columns", (phase) => {
		const status = statusOf({ state: serviceState({ phase }), definition: definition(), nowEpochMs: read.nowEpochMs });

		const lines = statusScreen(status, read, palette, 80);

		expect(lines.length).toBeLessThanOrEqual(24);
		for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
		expect(lines[0]).toBe(`checkout  ${phase}  production, eu-central-1, 5 Jan 09:00:00 UTC`);
	});

	it("given many services, lists first those that ask somebody", () => {
		const states = [
			serviceState({ service: "a" }),
			serviceState({ service: "b", phase: "trial" }),
			serviceState({
				service: "c",
				phase: "trial",
				pause: { reason: "undecided", explanation: "x", token: "t", sinceEpochMs: 0, approvers: [] },
			}),
		];
		const statuses = states.map((state) => statusOf({ state, definition: null, nowEpochMs: read.nowEpochMs }));

		const [, ...rows] = statusTable(statuses, [absentStatusOf("d", null)], read, palette, 80);

		expect(rows.map((row) => row.split(/\s+/).slice(0, 2).join(" "))).toEqual(["c asks", "b trial", "a idle", "d not"]);
		for (const row of rows) expect(row.length).toBeLessThanOrEqual(80);
	});

	it("given a rollback, says when, what, why and whom it touched", () => {
		expect(historyTable([record], palette, 100)).toEqual([
			" 5 Jan 09:00:00 UTC  checkout-7  v2 (bbbbbbbbbbbb)  rolled-back  8 min 20 s",
			"         verdict at 5 %, zero confirmed 1.3 s after the trigger",
			"         canary: 6.83 % errors (14 of 205 requests), limit 2 %, in the last 60 s",
			"         Users touched: 327 requests, 20 errors, 2 slow.",
			"         Asked for by AROAEXAMPLE:ana.",
		]);
		expect(historyTable([], palette, 100)).toEqual(["No rollout has ended yet."]);
	});

	it("given people who did something to it, says who did what and when, and who asked for it once", () => {
		const { askedBy: _, explanation: __, touched: ___, ...rest } = record;
		const at = read.nowEpochMs;
		const told = (record: RolloutRecord) => historyTable([record], palette, 120).at(-1);

		expect(
			told({
				...rest,
				askedBy: "eve",
				deeds: [
					{ verb: "retry", by: "eve", atEpochMs: at, override: true },
					{ verb: "approve", by: "ana", atEpochMs: at + 60_000 },
				],
			}),
		).toBe(
			"         Tried again by eve, closed gates or not, 5 Jan 09:00:00 UTC; approved by ana, 5 Jan 09:01:00 UTC.",
		);
	});

	it("given a promotion whose push is known, says how long it took", () => {
		const { cause: _, explanation: __, touched: ___, askedBy: ____, ...rest } = record;
		const promoted = {
			...rest,
			outcome: "promoted" as const,
			pushedAtEpochMs: read.nowEpochMs - 60_000,
			promotedAtEpochMs: read.nowEpochMs + 240_000,
		};

		expect(historyTable([promoted], palette, 100)[1]).toBe("         took over 5 min after its push");
	});

	it("given figures with and without data, says what each rests on", () => {
		const span = { fromEpochMs: read.nowEpochMs, toEpochMs: read.nowEpochMs + 7 * 86_400_000 };

		expect(doraScreen("checkout", doraOf([record], span))).toEqual([
			"checkout, the last 7 d: 1 rollout ended",
			"  deployment frequency  0.00 promotions a day",
			"  lead time from push   no data",
			"  change failure rate   100 %: 1 of 1 rollout",
			"  of these rollbacks    0 before anybody was exposed, 1 caught at a trial weight, 0 after it served everybody",
			"  users touched         327 requests, 20 errors, of 1 rollback",
			"  time to restore       1.3 s median, 1.3 s at the 90th percentile, of 1 rollback",
		]);
		expect(doraScreen("checkout", doraOf([], span)).filter((line) => line.includes("no data"))).toHaveLength(4);
	});

	it("given a plan, shows each step, who is asked, and what stands in its way", () => {
		const pinned = definition({
			steps: [
				step({ weightPercent: 5, approval: { approvers: ["ana"], expiresSeconds: 3_600 } }),
				step({ weightPercent: 100, judgedBy: "guardrails", maxBakeSeconds: 1_200 }),
			],
		});
		const obstacles = [{ effect: "waits" as const, reason: "checkout-7 is on trial." }];

		const lines = planScreen(
			"checkout",
			planRelease(pinned, 1, 60),
			obstacles,
			["alarms: no permission"],
			palette,
			100,
		);

		expect(lines).toEqual([
			"checkout",
			"Present traffic: 1.0 requests a second.",
			"",
			"  ready   within 10 min",
			"     ask  ana, within 1 h",
			"   5 %   not within 10 min; by comparison: 100 requests to each slot, in 33 min 20 s",
			" 100 %   3 min (at most 20 min); by guardrails: 100 requests, in 1 min 40 s",
			" window   1 h, then it closes",
			"  drain   5 min, then the old slot is scaled down",
			"",
			"Not to be passed as things are; 1 h 55 min at most.",
			"",
			"waits    checkout-7 is on trial.",
			"unknown  alarms: no permission",
		]);
	});
});
