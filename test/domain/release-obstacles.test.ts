import { describe, expect, it } from "vitest";
import { decideAdmission } from "../../lib/domain/admission.ts";
import { judgeGates } from "../../lib/domain/gates.ts";
import { type Circumstances, obstaclesOf } from "../../lib/domain/release-obstacles.ts";
import { planRelease } from "../../lib/domain/release-plan.ts";
import { phases } from "../../lib/domain/service-state.ts";
import { definition, release, serviceState, step } from "./builders.ts";

const calm = (fields: Partial<Circumstances> = {}): Circumstances => {
	const pinned = fields.definition ?? definition();
	return {
		state: serviceState(),
		definition: pinned,
		release: release("b"),
		history: [],
		isAdmitted: false,
		seatHolders: [],
		pinnedOnNewPush: pinned.onNewPush,
		redAlarmNames: [],
		plan: planRelease(pinned, 100, 5),
		nowEpochMs: 1_767_603_600_000,
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

		expect(obstaclesOf(calm({ history, isAdmitted: true }))).toEqual([
			{
				effect: "refused",
				reason:
					"The image of bbbbbbbbbbbb was admitted before (checkout-3 ended rolled-back): a push of it starts nothing. Configuration that has changed since goes out by itself, but with the image that serves or is on trial. `sluice release checkout --id bbbbbbbbbbbb` rolls it out: it begins as soon as gates are open.",
			},
		]);
		expect(effects(calm({ isAdmitted: true }))).toEqual(["refused"]);
		expect(effects(calm({ history, release: null }))).toEqual([]);
	});

	it("given a window, says that a push ends it, unless it is to wait", () => {
		const state = serviceState({ phase: "window", next: release("c") });
		const reasonWith = (onNewPush: "close-window" | "supersede" | "wait") =>
			obstaclesOf(calm({ state, release: null, definition: definition({ onNewPush }) }))[0]?.reason;

		expect(reasonWith("close-window")).toBe(
			"checkout-7 is in its window; a push ends its window at the next look. It would take the place of cccccccccccc in the queue.",
		);
		expect(reasonWith("supersede")).toBe(reasonWith("close-window"));
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
		const redAlarmNames = ["orders failed"];

		expect(obstaclesOf(calm({ redAlarmNames }))).toEqual([
			{
				effect: "goes-on",
				reason: "Red now: orders failed. What is red before the first weight cannot send this release back.",
			},
		]);
		expect(obstaclesOf(calm({ redAlarmNames, definition: definition({ redBefore: "hold" }) }))).toEqual([
			{
				effect: "pauses",
				reason: "Red now: orders failed. A person is asked before the first weight while an alarm is red.",
			},
		]);
	});

	it("given a freeze, says why it waits and until when", () => {
		const freeze = { from: "2026-01-05T00:00", to: "2026-01-06T00:00", timeZone: "UTC", reason: "Stocktaking." };
		const gates = { windows: [], freezes: [freeze] };

		expect(obstaclesOf(calm({ definition: definition({ gates }) }))).toEqual([
			{
				effect: "waits",
				reason: "Freeze from 2026-01-05T00:00 to 2026-01-06T00:00 (UTC): Stocktaking. It opens 6 Jan 00:00:00 UTC.",
			},
		]);
	});

	it("given a rollout that a push supersedes, says so until it cannot be changed any more", () => {
		const reasonIn = (phase: "trial" | "closing") =>
			obstaclesOf(
				calm({ state: serviceState({ phase }), release: null, definition: definition({ onNewPush: "supersede" }) }),
			)[0]?.reason;

		expect(reasonIn("trial")).toBe("checkout-7 is on trial; a push takes its place.");
		expect(reasonIn("closing")).toBe("checkout-7 is closing.");
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

	it("given as many rollouts as may be under way, says whose seats it waits for, its own that is about to be free aside", () => {
		const limited = definition({ maxConcurrentTrials: 2 });
		const seatHolders = ["checkout-7", "search-3"];

		expect(obstaclesOf(calm({ definition: limited, seatHolders }))).toEqual([
			{
				effect: "waits",
				reason:
					"It waits for a seat. As many rollouts are under way as this environment allows at once: checkout-7, search-3.",
			},
		]);
		expect(effects(calm({ definition: limited, seatHolders: ["search-3"] }))).toEqual([]);
		expect(
			effects(calm({ definition: limited, seatHolders, state: serviceState({ phase: "closing" }), release: null })),
		).toEqual(["waits"]);
	});

	it("given what a person asked for, lets that go first; given what is held, says that it would take its place", () => {
		const wanted = { release: release("c"), by: "ana", atEpochMs: 1 };
		const held = { release: release("c"), gate: "windows", reason: "Closed.", sinceEpochMs: 1 };

		expect(obstaclesOf(calm({ state: serviceState({ wanted }) }))).toEqual([
			{ effect: "waits", reason: "cccccccccccc, which ana asked for, goes first." },
		]);
		expect(obstaclesOf(calm({ state: serviceState({ held }) }))).toEqual([
			{ effect: "goes-on", reason: "It would take the place of cccccccccccc, which is held." },
		]);
		expect(obstaclesOf(calm({ state: serviceState({ next: release("c") }) }))).toEqual([
			{ effect: "goes-on", reason: "It would take the place of cccccccccccc, which is about to begin." },
		]);
		expect(obstaclesOf(calm({ state: serviceState({ next: release("b") }) }))).toEqual([]);
	});

	it("given any phase and gate, says that it begins at once if and only if admission would begin it", () => {
		const freeze = { from: "2026-01-05T00:00", to: "2026-01-06T00:00", timeZone: "UTC", reason: "Stocktaking." };
		for (const phase of phases)
			for (const freezes of [[], [freeze]])
				for (const isAdmitted of [false, true])
					for (const digit of ["a", "b", "c"]) {
						const gates = { windows: [], freezes };
						const asked = calm({
							state: serviceState({ phase }),
							release: release(digit),
							definition: definition({ gates }),
							isAdmitted,
						});
						const { kind } = decideAdmission(
							asked.state,
							{ release: release(digit) },
							{
								definitionHash: "",
								nowEpochMs: asked.nowEpochMs,
								gate: judgeGates({ gates, nowEpochMs: asked.nowEpochMs }),
								onNewPush: asked.pinnedOnNewPush,
							},
						);

						expect(effects(asked).length === 0, `${phase} ${digit}`).toBe(kind === "start" && !isAdmitted);
					}
	});
});
