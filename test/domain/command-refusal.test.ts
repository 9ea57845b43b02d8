import { describe, expect, it } from "vitest";
import { commandVerbs, rolloutVerbs } from "../../lib/domain/command.ts";
import {
	noneUnderWay,
	nothingToRetry,
	notRevertible,
	notUnderWay,
	waitsForNobody,
} from "../../lib/domain/command-refusal.ts";
import { releaseToRetry } from "../../lib/domain/wanted-release.ts";
import { release, serviceState, windowEndsAtEpochMs } from "./builders.ts";
import { wish } from "./commands.ts";

const ended = { rolloutId: "checkout-6", release: release("c"), endedAtEpochMs: 1 };
const promoted = { ...ended, outcome: "promoted" } as const;
const rolledBack = { ...ended, outcome: "rolled-back" } as const;
const byName =
	"`sluice release checkout --id ID` rolls out a release by its name, and `sluice history checkout` lists them";

describe("where no rollout is under way", () => {
	it.each([
		["none has ended", serviceState(), `none has ended yet: a push begins one, and ${byName}`],
		[
			"the last one was promoted",
			serviceState({ last: promoted }),
			`the last one, checkout-6, ended promoted: ${byName}`,
		],
		[
			"the last one went back",
			serviceState({ last: rolledBack }),
			"the last one, checkout-6, ended rolled-back: `sluice retry checkout` rolls out cccccccccccc again",
		],
	])("given that %s, says so and how another one is begun", (_, state, sentence) => {
		expect(noneUnderWay(state)).toBe(`no rollout of this service is under way; ${sentence}`);
		expect(notUnderWay(state, "checkout-4")).toBe(`rollout checkout-4 is not under way; none is, ${sentence}`);
	});

	it("given another one under way, names it", () => {
		expect(notUnderWay(serviceState({ phase: "trial" }), "checkout-4")).toBe(
			"rollout checkout-4 is not under way; checkout-7 is",
		);
	});
});

describe("where it is too late", () => {
	it("given a closing, abort hears what brings back what served, before and after roles have changed", () => {
		const before = serviceState({ phase: "closing" });
		const after = serviceState({ phase: "closing", stableRelease: release("b"), replaced: release("a") });
		const { replaced: _, ...unsaid } = after;
		const tooLate = "the rollout is closing; that can no longer be changed: ";

		for (const state of [before, after])
			expect(notRevertible(state, "abort")).toBe(
				`${tooLate}\`sluice release checkout --id aaaaaaaaaaaa\` brings aaaaaaaaaaaa back`,
			);
		expect(notRevertible(unsaid, "abort")).toBe(`${tooLate}${byName}`);
	});

	it.each(rolloutVerbs.filter((verb) => verb !== "abort"))(
		"given a closing, %s hears that it ends by itself",
		(verb) => {
			expect(notRevertible(serviceState({ phase: "closing" }), verb)).toBe(
				"the rollout is closing; that can no longer be changed: it ends by itself, when open connections had time to",
			);
		},
	);

	it("given a rollback, says how its release is tried again", () => {
		const state = serviceState({ phase: "rolling-back" });
		const { release: _, ...unnamed } = state;

		expect(notRevertible(state, "approve")).toBe(
			"the rollout is rolling-back; that can no longer be changed: `sluice retry checkout` rolls out bbbbbbbbbbbb again",
		);
		expect(releaseToRetry(state).kind).toBe("known");
		expect(notRevertible(unnamed, "approve")).toBe("the rollout is rolling-back; that can no longer be changed");
	});

	it.each(commandVerbs)("given a record that is idle and names a rollout, %s hears that abort ends it", (verb) => {
		expect(notRevertible(serviceState({ rolloutId: "checkout-7" }), verb)).toBe(
			"the record is idle and still names checkout-7, so somebody has edited it: `sluice abort checkout` sends everybody back and ends it",
		);
	});
});

describe("where nobody is asked anything", () => {
	const { windowEndsAtEpochMs: _, ...unended } = serviceState({ phase: "window" });

	it.each([
		["preparing", serviceState({ phase: "preparing" }), "gets its canary ready and goes on by itself"],
		["on trial", serviceState({ phase: "trial" }), "bakes at 25 % and goes on by itself"],
		[
			"in its window",
			serviceState({ phase: "window" }),
			"is in its window until 1 Jan 00:50:00 UTC and goes on by itself",
		],
		["in a window that has not been measured", unended, "is in its window and goes on by itself"],
		[
			"about to pause",
			serviceState({ phase: "trial", wish: wish() }),
			"bakes at 25 % and pauses at its next look, as ana asked; `sluice resume checkout` takes that back",
		],
	])("given a rollout %s, says what it does instead", (_case, state, doing) => {
		expect(windowEndsAtEpochMs).toBe(3_000_000);
		expect(waitsForNobody(state)).toBe(`the rollout waits for nobody: it ${doing}`);
	});
});

describe("where there is nothing to try again", () => {
	it.each([
		["nothing has ended", serviceState(), "no rollout of this service has ended yet"],
		[
			"the first one is under way",
			serviceState({ phase: "trial" }),
			"no rollout of this service has ended yet; checkout-7 is under way",
		],
		["the last one was promoted", serviceState({ last: promoted }), "the last rollout, checkout-6, was promoted"],
	])("given that %s, says so and how a release is named", (_, state, why) => {
		expect(releaseToRetry(state).kind).toBe("refuse");
		expect(nothingToRetry(state)).toBe(`${why}: ${byName}`);
	});
});
