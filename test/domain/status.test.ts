import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seatsGate } from "../../lib/domain/seats.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import { type Pause, pauseReasons, phases, type ServiceState } from "../../lib/domain/service-state.ts";
import { statusOf } from "../../lib/domain/status.ts";
import { definition, release, serviceState, step } from "./builders.ts";

const nineEpochMs = 1_767_603_600_000;
const minutes = (count: number): number => nineEpochMs + count * 60_000;

const plan = definition({
	tagPattern: "^v",
	steps: [
		step({
			weightPercent: 5,
			minBakeSeconds: 300,
			maxBakeSeconds: 1_800,
			approval: { approvers: ["ana", "ben"], expiresSeconds: 3_600 },
		}),
		step({ weightPercent: 50, minBakeSeconds: 300, maxBakeSeconds: 1_800 }),
		step({ weightPercent: 100, judgedBy: "guardrails", minBakeSeconds: 600, maxBakeSeconds: 600 }),
	],
	progressDeadlineSeconds: 600,
	windowSeconds: 3_600,
	drainSeconds: 300,
});

const tell = (state: Partial<ServiceState>, at: number, pinned: ServiceDefinition | null = plan) =>
	statusOf({ state: serviceState(state), definition: pinned, nowEpochMs: minutes(at) });

const question = (fields: Partial<Pause> = {}): Pause => ({
	reason: "approval",
	explanation: "5 % of users would get it.",
	token: "secret",
	sinceEpochMs: minutes(10),
	approvers: ["ana", "ben"],
	...fields,
});

describe("statusOf an idle service", () => {
	it("given nothing else, says what serves and what a push would begin", () => {
		expect(tell({}, 0)).toEqual({
			service: "checkout",
			phase: "idle",
			isAsking: false,
			isDrifted: false,
			rolloutId: null,
			weightPercent: 0,
			serves: "aaaaaaaaaaaa in slot blue serves everybody.",
			trial: null,
			waits: null,
			next: "The next push to shop/checkout whose tag matches ^v begins a rollout: 5 %, 50 %, 100 %, then a window of 1 h.",
			besides: [],
		});
	});

	it("given what is held, wanted and was last, says each with its reason", () => {
		const { next, besides, waits } = tell(
			{
				held: {
					release: release("b"),
					gate: "freeze",
					reason: "Stocktaking.",
					sinceEpochMs: minutes(0),
					opensAtEpochMs: minutes(60),
				},
				wanted: { release: release("c"), by: "ana", atEpochMs: minutes(20), override: true },
				last: { rolloutId: "checkout-6", release: release("d"), outcome: "rolled-back", endedAtEpochMs: minutes(15) },
			},
			30,
		);

		expect(next).toBe(
			"What waits begins as soon as nothing holds it back; it is looked at every few minutes. `sluice release checkout --id aaaaaaaaaaaa` gives it up.",
		);
		expect(waits).toBe(
			"bbbbbbbbbbbb is held for 30 min (since 5 Jan 09:00:00 UTC) by the gate freeze: Stocktaking; open 5 Jan 10:00:00 UTC.",
		);
		expect(besides).toEqual([
			"Wanted: cccccccccccc, by ana 10 min ago, closed gates or not; it goes first.",
			"Last: checkout-6, dddddddddddd, ended rolled-back 15 min ago. `sluice history checkout` says why checkout-6 went back; `sluice retry checkout` rolls it out again.",
		]);
	});

	it("given what a gate holds, says how a person begins it; given one that waits for a seat, that nobody can", () => {
		const held = { release: release("b"), gate: "windows", reason: "Closed.", sinceEpochMs: minutes(0) };

		expect(tell({ held }, 1).next).toContain("`sluice release checkout --id bbbbbbbbbbbb --override` begins it now.");
		expect(tell({ held: { ...held, gate: seatsGate } }, 1).next).not.toContain("--override");
	});

	it("given a refusal, says it for an hour", () => {
		const refused = { verb: "approve", by: "ben", reason: "the rollout waits for nobody", atEpochMs: minutes(0) };

		expect(tell({ refused }, 60).besides).toEqual(["Refused: approve by ben 1 h ago: the rollout waits for nobody."]);
		expect(tell({ refused }, 61).besides).toEqual([]);
	});
});

describe("statusOf a service with a release on trial", () => {
	it("given pods that get ready, says until when they may take", () => {
		expect(tell({ phase: "preparing", startedAtEpochMs: minutes(0) }, 2)).toMatchObject({
			serves: "aaaaaaaaaaaa in slot blue serves everybody.",
			trial: "checkout-7: bbbbbbbbbbbb at 0 % for 2 min (since 5 Jan 09:00:00 UTC).",
			waits: "Pods of slot green get ready, 8 min more (until 5 Jan 09:10:00 UTC), else it goes back.",
			next: "Then a person (ana, ben) is asked for 5 %. `sluice abort checkout` ends it now.",
		});
	});

	it("given a slot that is ready, says that capacity is seen to", () => {
		expect(tell({ phase: "preparing", trialRuleArn: "rule" }, 2).waits).toBe(
			"Slot green is ready; capacity for the first weight is being seen to.",
		);
	});

	it("given a question, says who may answer how and until when", () => {
		const status = tell({ phase: "preparing", startedAtEpochMs: minutes(0), pause: question(), askedBy: "ci" }, 20);

		expect(status.isAsking).toBe(true);
		expect(status.waits).toBe(
			"A person is asked for 10 min (since 5 Jan 09:10:00 UTC) (approval): 5 % of users would get it. ana, ben may answer with `sluice approve checkout` or `sluice abort checkout`, 50 min more (until 5 Jan 10:10:00 UTC).",
		);
	});

	it("given a question that is none of approval and that anybody may answer, says that it is asked again", () => {
		const pause = question({ reason: "undecided", approvers: [], explanation: "Nothing is clear." });

		expect(tell({ phase: "trial", weightPercent: 5, pause }, 20).waits).toBe(
			"A person is asked for 10 min (since 5 Jan 09:10:00 UTC) (undecided): Nothing is clear. Anybody who may send commands may answer with `sluice resume checkout` or `sluice promote checkout` or `sluice abort checkout`; it is asked again after 23 h 50 min more (until 6 Jan 09:10:00 UTC).",
		);
	});

	it("given one of two approvals, says whose it is; given the last, that nobody is asked any more", () => {
		const answer = { verb: "approve", by: "ana", atEpochMs: minutes(11) } as const;
		const pause = question({ approvalsNeeded: 2, answers: [answer] });

		expect(tell({ phase: "preparing", pause }, 20).waits).toContain(
			"It has 1 of 2 approvals, by ana. ana, ben may answer",
		);
		expect(tell({ phase: "preparing", pause: { ...pause, answeredBy: answer } }, 20).isAsking).toBe(false);
	});

	it("given a wish and a refusal, says whose and when", () => {
		const wish = { id: "1", verb: "pause", by: "ana", atEpochMs: minutes(12), phase: "trial" } as const;
		const refused = { verb: "approve", by: "ben", reason: "the rollout waits for nobody", atEpochMs: minutes(11) };

		expect(tell({ phase: "trial", wish, refused }, 13).besides).toEqual([
			"ana asked 1 min ago to pause; it is heeded at the next look.",
			"Refused: approve by ben 2 min ago: the rollout waits for nobody.",
		]);
		expect(tell({ phase: "trial", wish: { ...wish, isOver: true } }, 13).besides).toEqual([]);
	});

	it("given a bake, says how long, against what, and what each verdict would do", () => {
		const shifts = [{ weightPercent: 5, atEpochMs: minutes(10) }];

		expect(tell({ phase: "trial", weightPercent: 5, shifts }, 13)).toMatchObject({
			serves: "aaaaaaaaaaaa in slot blue serves 95 % of requests, bbbbbbbbbbbb in slot green serves 5 %.",
			trial: "checkout-7: bbbbbbbbbbbb at 5 % for 3 min (since 5 Jan 09:10:00 UTC).",
			waits:
				"It bakes at 5 % for 3 min (since 5 Jan 09:10:00 UTC), 5 min at least and 30 min at most. Each slot needs 100 requests to be judged.",
			next: "If it is healthy: 50 %. If it does harm: everybody goes back at once. If nothing is clear after 30 min: a person is asked. `sluice abort checkout` sends everybody back now.",
		});
	});

	it("given the last bake, says that the window comes next", () => {
		expect(tell({ phase: "trial", weightPercent: 100 }, 13)).toMatchObject({
			serves: "bbbbbbbbbbbb in slot green serves everybody; aaaaaaaaaaaa in slot blue stays warm.",
			waits: "It bakes at 100 %, 10 min in all. It is judged by absolute limits and the clock.",
			next: expect.stringContaining("If it is healthy: the window opens for 1 h."),
		});
	});

	it.each([
		["roll-back", "everybody goes back"],
		["promote", "it goes on"],
	] as const)("given %s for what is unclear, says so", (onUndecided, text) => {
		const { next } = tell({ phase: "trial", weightPercent: 5 }, 13, { ...plan, onUndecided });

		expect(next).toContain(`If nothing is clear after 30 min: ${text}.`);
	});

	it("given approval for a later weight, says that weight comes", () => {
		expect(tell({ phase: "trial", weightPercent: 5, pause: question() }, 13).next).toBe("Then 50 %.");
	});

	it("given a window, says how long it is still open and what queues", () => {
		const state = {
			phase: "window",
			windowEndsAtEpochMs: minutes(60),
			promotedAtEpochMs: minutes(0),
			next: release("c"),
			redAlarms: { old: 1 },
			askedBy: "AROA:ana",
		} as const;

		expect(tell(state, 15)).toMatchObject({
			serves:
				"bbbbbbbbbbbb in slot green serves everybody; aaaaaaaaaaaa in slot blue stays warm, so that a rollback is one call.",
			trial: "checkout-7: bbbbbbbbbbbb at 100 % for 15 min (since 5 Jan 09:00:00 UTC).",
			waits: "The window is open for 45 min more (until 5 Jan 10:00:00 UTC); alarms and guardrails are armed.",
			next: "Then it closes: slot green becomes stable, and undoing it is a new rollout. An alarm or a broken limit sends everybody back before that. `sluice abort checkout` sends everybody back now.",
			besides: [
				"Asked for by AROA:ana.",
				"Red before the first exposure, so no reason to go back: old.",
				"Queued: cccccccccccc waits for this rollout to end; it ends this window at the next look.",
			],
		});
		expect(tell(state, 61).waits).toBe(
			"The window was over 5 Jan 10:00:00 UTC and closes once its figures are clear; alarms and guardrails are armed. After 10 min of doubt a person is asked.",
		);
		expect(tell(state, 15, { ...plan, onNewPush: "supersede" }).besides[2]).toContain("it ends this window");
		expect(tell(state, 15, { ...plan, onNewPush: "wait" }).besides[2]).toBe(
			"Queued: cccccccccccc waits for this rollout to end.",
		);
	});
});

describe("statusOf a rollout that ends", () => {
	it("given a closing before and after roles change, says which slot is on its way out", () => {
		expect(tell({ phase: "closing" }, 0)).toMatchObject({
			serves: "bbbbbbbbbbbb in slot green serves everybody and is about to become stable.",
			trial: "checkout-7: bbbbbbbbbbbb at 100 % when it began to close.",
			waits: "Connections to slot blue get time to end, 5 min, before it is scaled down.",
			next: "Then the service is idle. It is too late to abort: `sluice release checkout --id aaaaaaaaaaaa` brings aaaaaaaaaaaa back.",
		});
		const after = tell({ phase: "closing", stableSlot: "green", stableRelease: release("b"), next: release("c") }, 0);
		expect(after).toMatchObject({
			serves: "bbbbbbbbbbbb in slot green serves everybody and is stable now.",
			waits: "Connections to slot blue get time to end, 5 min, before it is scaled down.",
			next: "Then the service is idle, and what waits begins.",
		});
	});

	it("given a rollback before and after zero is confirmed, says which", () => {
		const rollback = {
			kind: "alarm",
			explanation: "Red since the canary was exposed: orders.",
			triggeredAtEpochMs: minutes(10),
			executionArn: "a",
			beganAtEpochMs: minutes(10),
		} as const;

		expect(tell({ phase: "rolling-back", rollback }, 11)).toMatchObject({
			serves:
				"aaaaaaaaaaaa in slot blue gets everybody back; bbbbbbbbbbbb in slot green had 25 % and may still get some.",
			trial: "checkout-7: bbbbbbbbbbbb at 25 % when it began to go back.",
			waits:
				"It goes back for 1 min (since 5 Jan 09:10:00 UTC), cause alarm: Red since the canary was exposed: orders. Zero is not confirmed yet: the router has not been read back.",
			next: "Then slot green is scaled down and the service is idle.",
		});
		const confirmed = { ...rollback, zeroConfirmedAtEpochMs: minutes(10) + 1_500 };
		expect(tell({ phase: "rolling-back", rollback: confirmed }, 11)).toMatchObject({
			serves: "aaaaaaaaaaaa in slot blue serves everybody again.",
			waits: expect.stringContaining(
				"Zero was confirmed 1.5 s after the trigger; open connections get time to end, 4 min 2 s more (until 5 Jan 09:15:01 UTC).",
			),
		});
	});
});

describe("statusOf any record", () => {
	it("given every phase and question, with and without a plan, answers in whole sentences without the token", () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...phases),
				fc.option(fc.constantFrom(...pauseReasons), { nil: undefined }),
				fc.boolean(),
				fc.boolean(),
				(phase, reason, hasPlan, isBare) => {
					const bare = { rollback: undefined, startedAtEpochMs: undefined, windowEndsAtEpochMs: undefined };
					const state = {
						...serviceState({ phase, ...(reason && { pause: question({ reason }) }) }),
						...(isBare ? bare : {}),
					};
					const status = statusOf({
						state: state as ServiceState,
						definition: hasPlan ? plan : null,
						nowEpochMs: minutes(0),
					});

					const sentences = [status.serves, status.trial, status.waits, status.next, ...status.besides];
					for (const sentence of sentences) {
						if (sentence === null) continue;
						expect(sentence).toMatch(/^\S.*\.$/);
						expect(sentence).not.toMatch(/undefined|NaN|null|secret|\.\.| {2}/);
					}
					expect(status.waits === null).toBe(phase === "idle" && reason === undefined);
				},
			),
		);
	});
});
