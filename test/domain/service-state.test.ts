import { describe, expect, it } from "vitest";
import {
	idleState,
	pauseReasons,
	phases,
	revertiblePhases,
	rollbackCauseKinds,
} from "../../lib/domain/service-state.ts";
import { release } from "./builders.ts";

describe("idleState", () => {
	it("given a freshly enrolled service, serves its release, has no rollout and begins at epoch 0", () => {
		expect(idleState("checkout", "blue", release("a"))).toStrictEqual({
			service: "checkout",
			epoch: 0,
			phase: "idle",
			stableSlot: "blue",
			stableRelease: release("a"),
			stableEpoch: 0,
			weightPercent: 0,
			redAlarms: {},
			executionStarted: false,
		});
	});

	it("given a slot that carries an epoch already, goes on from there", () => {
		expect(idleState("checkout", "green", release("a"), 9)).toMatchObject({ epoch: 9, stableEpoch: 9 });
	});
});

describe("phases", () => {
	it("given all of them, only those before the point of no return can go back", () => {
		expect(phases).toStrictEqual(["idle", "preparing", "trial", "window", "closing", "rolling-back"]);
		expect(revertiblePhases).toStrictEqual(["preparing", "trial", "window"]);
	});
});

describe("pauseReasons and rollbackCauseKinds", () => {
	it("given the words that payloads are checked against, none of them is lost", () => {
		expect(pauseReasons).toStrictEqual([
			"approval",
			"undecided",
			"no-evidence",
			"environment-unhealthy",
			"capacity-short",
			"external-writer",
			"person",
		]);
		expect(rollbackCauseKinds).toStrictEqual([
			"alarm",
			"verdict",
			"not-ready",
			"not-answered",
			"person",
			"execution-lost",
			"external-writer",
			"superseded",
		]);
	});
});
