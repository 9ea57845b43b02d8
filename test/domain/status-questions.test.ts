import { describe, expect, it } from "vitest";
import type { Pause, ServiceState } from "../../lib/domain/service-state.ts";
import { statusOf } from "../../lib/domain/status.ts";
import { definition, serviceState, step } from "./builders.ts";

const minutes = (count: number): number => 1_767_603_600_000 + count * 60_000;

const plan = definition({
	steps: [
		step({ weightPercent: 5, approval: { approvers: ["ana", "ben"], expiresSeconds: 3_600 } }),
		step({ weightPercent: 25 }),
		step({ weightPercent: 50, approval: { approvers: [], expiresSeconds: 3_600 } }),
		step({ weightPercent: 100, judgedBy: "guardrails" }),
	],
	windowSeconds: 3_600,
});

const tell = (state: Partial<ServiceState>, at = 20, pinned: typeof plan | null = plan) =>
	statusOf({ state: serviceState(state), definition: pinned, nowEpochMs: minutes(at) });

const question = (fields: Partial<Pause>): Pause => ({
	reason: "person",
	explanation: "ana asked for a pause.",
	token: "secret",
	sinceEpochMs: minutes(10),
	approvers: [],
	...fields,
});

const red = question({ reason: "environment-unhealthy", explanation: "Red.", weightPercent: 5 });
const short = question({ reason: "capacity-short", explanation: "Two pods are missing.", weightPercent: 50 });
const goingOn = "If it is healthy: a person is asked for 50 %. If it does harm: everybody goes back at once.";
const closing =
	"it closes: slot green becomes stable, and undoing it is a new rollout. An alarm or a broken limit sends everybody back before that.";

describe("statusOf a rollout that asks something else than an approval", () => {
	it("given an approval before, does not promise it once more", () => {
		expect(tell({ phase: "preparing", approvedPercent: 5, pause: red }).next).toBe(
			"Once resumed: 5 %, at once, unless yet another alarm is red by then.",
		);
		expect(tell({ phase: "trial", approvedPercent: 50, pause: short }).next).toBe(
			"Once resumed: 50 %, at once, if there is capacity by then.",
		);
		expect(tell({ phase: "trial", approvedPercent: 50, pause: question({ weightPercent: 50 }) }).next).toBe(
			"Once resumed: 50 %, at once.",
		);
	});

	it("given an execution that did not say the weight, knows it where only what comes can be asked about", () => {
		const { weightPercent: _, ...untold } = red;

		expect(tell({ phase: "preparing", pause: untold }).next).toContain("Once resumed: 5 %, at once");
		expect(tell({ phase: "preparing", pause: untold }, 20, null).next).toContain("Once resumed: the first weight");
		expect(tell({ phase: "trial", pause: { ...untold, reason: "capacity-short" } }).next).toContain("resumed: 50 %,");
		expect(tell({ phase: "trial", pause: question({}) }).next).toBe(`Once resumed, it bakes anew at 25 %. ${goingOn}`);
	});

	it("given a bake that was paused, says that it begins anew and not what its first end would have brought", () => {
		const pause = question({ reason: "undecided", weightPercent: 25 });

		expect(tell({ phase: "trial", approvedPercent: 5, pause }).next).toBe(
			`Once resumed, it bakes anew at 25 %. ${goingOn}`,
		);
		expect(tell({ phase: "trial", pause }, 20, null).next).toBe("Once resumed, it bakes anew at 25 %.");
	});

	it("given somebody else's hand on the weights, says what serves by the record only, and what resume does to it", () => {
		const pause = question({ reason: "external-writer", weightPercent: 25 });

		expect(tell({ phase: "trial", pause })).toMatchObject({
			serves:
				"By the record, aaaaaaaaaaaa in slot blue serves 75 % of requests, bbbbbbbbbbbb in slot green serves 25 %; the routing was found to differ.",
			next: `Once resumed, a weight that was lowered is set again and, where all else is as it should be, it bakes anew at 25 %. ${goingOn}`,
		});
		const answeredBy = { verb: "resume", by: "ana", atEpochMs: minutes(15) } as const;
		expect(tell({ phase: "trial", pause: { ...pause, answeredBy } }).serves).not.toContain("By the record");
	});

	it("given the window, says that it goes on", () => {
		expect(tell({ phase: "window", pause: question({ weightPercent: 100 }) }).next).toBe(
			`Once resumed, the window goes on; then ${closing}`,
		);
	});

	it("given an approval that takes several steps in one go, says the weight that was asked for", () => {
		const pause = question({ reason: "approval", weightPercent: 100 });

		expect(tell({ phase: "trial", pause }).next).toBe("Then 100 %.");
		expect(tell({ phase: "trial", pause }, 20, null).next).toBe("Then 100 %.");
	});
});

describe("statusOf a rollout of which nobody knows who pushed it", () => {
	const answers = [{ verb: "approve", by: "ana", atEpochMs: minutes(11) }] as const;
	const state = { phase: "preparing", pause: question({ reason: "approval", answers }) } as const;

	it("given an approval, says what it waits for, and after a while that it may be in vain", () => {
		const pushedAtEpochMs = minutes(10);

		expect(tell({ ...state, pushedAtEpochMs }, 20).waits).toContain(
			"It has 1 of 2 approvals, by ana; one is enough once CloudTrail has told that somebody else pushed the image, minutes after the push. Anybody",
		);
		expect(tell({ ...state, pushedAtEpochMs }, 40).waits).toContain(
			"a second person has to approve: CloudTrail has not told who pushed for 30 min, and there may be no trail. Anybody",
		);
	});
});

describe("statusOf a rollout that was answered", () => {
	it("given an approved weight that the canary does not have yet, says that it comes and asks nobody", () => {
		expect(tell({ phase: "preparing", approvedPercent: 5 }).next).toBe(
			"Then 5 %, at once. `sluice abort checkout` ends it now.",
		);
		expect(tell({ phase: "trial", approvedPercent: 50 })).toMatchObject({
			waits: "Capacity for 50 % is being seen to.",
			next: "Then 50 %, at once. `sluice abort checkout` sends everybody back now.",
		});
	});

	it("given an approved weight that the canary has, says who is asked for the next one", () => {
		expect(tell({ phase: "trial", approvedPercent: 25 }).next).toContain(goingOn);
	});

	it("given a bake that somebody resumed, counts it from there", () => {
		const shifts = [{ weightPercent: 25, atEpochMs: minutes(0) }];

		expect(tell({ phase: "trial", shifts, bakesSinceEpochMs: minutes(300) }, 301).waits).toContain(
			"It bakes at 25 % for 1 min (since 5 Jan 14:00:00 UTC), 2 min at least and 10 min at most.",
		);
		expect(tell({ phase: "trial", shifts }, 1).waits).toContain(
			"It bakes at 25 % for 1 min (since 5 Jan 09:00:00 UTC)",
		);
	});
});
