import { describe, expect, it } from "vitest";
import { type Circumstances, obstaclesOf } from "../../lib/domain/release-obstacles.ts";
import { planRelease } from "../../lib/domain/release-plan.ts";
import { definition, release, serviceState, step } from "./builders.ts";

const calm = (fields: Partial<Circumstances> = {}): Circumstances => {
	const pinned = fields.definition ?? definition();
	return {
		state: serviceState(),
		definition: pinned,
		release: release("b"),
		history: [],
		redAlarmNames: [],
		plan: planRelease(pinned, 100, 5),
		...fields,
	};
};

const effects = (circumstances: Circumstances): readonly string[] =>
	obstaclesOf(circumstances).map(({ effect }) => effect);

describe("obstaclesOf", () => {
	it("given an idle service with users and a new release, finds nothing", () => {
		expect(obstaclesOf(calm())).toEqual([]);
	});

	it("given the release that serves, refuses it", () => {
		expect(obstaclesOf(calm({ release: release("a") }))).toEqual([
			{ effect: "refused", reason: "aaaaaaaaaaaa already serves everybody." },
		]);
	});

	it("given the release on trial, refuses it and says that the service is busy", () => {
		const found = obstaclesOf(calm({ state: serviceState({ phase: "trial" }) }));

		expect(found).toEqual([
			{ effect: "refused", reason: "bbbbbbbbbbbb is on trial already, as checkout-7." },
			{ effect: "waits", reason: "checkout-7 is on trial." },
		]);
	});

	it("given a release that was rolled out before, says what became of it and how to have it all the same", () => {
		const history = [
			{
				rolloutId: "checkout-3",
				release: release("b"),
				outcome: "rolled-back" as const,
				startedAtEpochMs: 1,
				endedAtEpochMs: 2,
				highestWeightPercent: 5,
			},
		];

		expect(obstaclesOf(calm({ history }))).toEqual([
			{
				effect: "refused",
				reason:
					"bbbbbbbbbbbb was rolled out before (checkout-3 ended rolled-back); a push of it starts nothing, `sluice release checkout --id bbbbbbbbbbbb` does.",
			},
		]);
		expect(effects(calm({ history, release: null }))).toEqual([]);
	});

	it("given a window, says that a push ends it, unless it is to wait", () => {
		const state = serviceState({ phase: "window", next: release("c") });
		const reasonWith = (onNewPush: "close-window" | "wait") =>
			obstaclesOf(calm({ state, release: null, definition: definition({ onNewPush }) }))[0]?.reason;

		expect(reasonWith("close-window")).toBe(
			"checkout-7 is in its window; a push ends its window at the next look. It would take the place of cccccccccccc in the queue.",
		);
		expect(reasonWith("wait")).toBe(
			"checkout-7 is in its window. It would take the place of cccccccccccc in the queue.",
		);
	});

	it("given a rollout that waits for a person, says so", () => {
		const pause = { reason: "approval" as const, explanation: "x", token: "t", sinceEpochMs: 1, approvers: [] };

		expect(obstaclesOf(calm({ state: serviceState({ phase: "trial", pause }), release: null }))).toEqual([
			{ effect: "waits", reason: "checkout-7 is on trial, and that waits for a person (approval)." },
		]);
	});

	it("given red alarms, warns", () => {
		const found = obstaclesOf(calm({ redAlarmNames: ["orders failed"] }));

		expect(found).toMatchObject([{ effect: "pauses", reason: expect.stringContaining("Red now: orders failed.") }]);
	});

	it("given no traffic, says that a person would be asked, whatever is to happen without a verdict", () => {
		const pinned = definition({ onUndecided: "promote" });

		expect(obstaclesOf(calm({ definition: pinned, plan: planRelease(pinned, null, 5) }))).toMatchObject([
			{ effect: "pauses", reason: expect.stringContaining("No requests were measured lately in AWS/ApplicationELB") },
		]);
	});

	it.each([
		["pause", "pauses", "a person is asked"],
		["roll-back", "goes-back", "everybody goes back"],
		["promote", "goes-on", "it goes on without a verdict"],
	] as const)("given too little traffic and %s, says which step ends how", (onUndecided, effect, then) => {
		const pinned = definition({ onUndecided, steps: [step({ weightPercent: 10, maxBakeSeconds: 600 })] });

		expect(obstaclesOf(calm({ definition: pinned, plan: planRelease(pinned, 1, 5) }))).toEqual([
			{
				effect,
				reason: `At 10 % of the present traffic 100 requests to each slot need 16 min 40 s, and the step ends after 10 min: then ${then}.`,
			},
		]);
	});
});
