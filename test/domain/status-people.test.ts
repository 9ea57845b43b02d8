import { describe, expect, it } from "vitest";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { statusOf } from "../../lib/domain/status.ts";
import { definition, release, serviceState } from "./builders.ts";

const minutes = (count: number): number => 1_767_603_600_000 + count * 60_000;

const tell = (state: Partial<ServiceState>, at: number) =>
	statusOf({ state: serviceState(state), definition: definition(), nowEpochMs: minutes(at) });

describe("statusOf a service that people have their hands in", () => {
	it.each(["window", "closing", "rolling-back"] as const)(
		"given a promotion that was asked for before and a service that is %s, does not say that it is yet to be heeded",
		(phase) => {
			const wish = { id: "1", verb: "promote", by: "ana", atEpochMs: minutes(12), phase: "trial" } as const;

			expect(tell({ phase, wish }, 13).besides).toEqual([]);
		},
	);

	it("given what people have done, says the newest three of it", () => {
		const deeds = (["release", "approve", "pause", "resume"] as const).map((verb, index) => ({
			verb,
			by: "ana",
			atEpochMs: minutes(index),
		}));

		expect(tell({ phase: "trial", askedBy: "ana", deeds }, 4).besides).toEqual([
			"By people: 1 more, approved by ana 3 min ago, paused by ana 2 min ago, resumed by ana 1 min ago.",
		]);
	});

	it("given a record that somebody has set to idle under a rollout, says that nothing begins, and the way out", () => {
		const { waits, next } = tell({ phase: "idle", rolloutId: "checkout-7" }, 0);

		expect(waits).toBe(
			"The record is idle and still names checkout-7, so somebody has edited it: its canary may still serve, and nothing begins beside it.",
		);
		expect(next).toBe(
			"`sluice abort checkout` sends everybody back and ends checkout-7; then the next push begins a rollout.",
		);
	});

	it("given a reason that ends without a full stop, ends the sentence before the next one", () => {
		const pause = {
			reason: "undecided",
			explanation: "limit 2 %, in the last 60 s",
			token: "secret",
			sinceEpochMs: minutes(10),
			approvers: ["ana", "ben"],
		} as const;

		expect(tell({ phase: "trial", weightPercent: 5, pause }, 20).waits).toContain("in the last 60 s. ana, ben may");
	});
});

describe("statusOf a service that is idle with a release in its queue", () => {
	it("given somebody who wants another release first, says that it comes after that", () => {
		const wanted = { release: release("d"), by: "ana", atEpochMs: 0 };

		const { besides } = tell({ phase: "idle", next: release("c"), wanted }, 0);

		expect(besides[0]).toBe("Queued: cccccccccccc comes after what is wanted.");
	});

	it("says that it is about to begin, and how to give it up", () => {
		const { besides, next } = tell({ phase: "idle", next: release("c") }, 0);

		expect(besides).toEqual(["Queued: cccccccccccc is about to begin."]);
		expect(next).toBe(
			"What waits begins as soon as nothing holds it back; it is looked at every few minutes. `sluice release checkout --id aaaaaaaaaaaa` gives it up.",
		);
	});
});
