import { describe, expect, it } from "vitest";
import { findForeignEdit } from "../../lib/domain/foreign-edit.ts";
import { weightsFor } from "../../lib/domain/slot.ts";
import { serviceState } from "./builders.ts";

const trial = (canaryPercent: number, ruleArn = "rule-7") => ({ ruleArn, weights: weightsFor("blue", canaryPercent) });
const base = weightsFor("blue", 0);
const state = serviceState({ phase: "trial", weightPercent: 25, stableSlot: "blue" });

describe("findForeignEdit", () => {
	it("given the router as the step set it, finds nothing", () => {
		expect(findForeignEdit(state, { base, trial: trial(25) })).toStrictEqual({ kind: "none" });
	});

	it("given the other slot as the stable one, reads the weights the other way round", () => {
		const green = serviceState({ phase: "trial", weightPercent: 25, stableSlot: "green" });
		const reading = { base: weightsFor("green", 0), trial: { ruleArn: "rule-7", weights: weightsFor("green", 25) } };

		expect(findForeignEdit(green, reading).kind).toBe("none");
		expect(findForeignEdit(green, { base, trial: trial(25) }).kind).toBe("roll-back");
	});

	it("given more on the canary than its step allows, rolls back and says by how much", () => {
		expect(findForeignEdit(state, { base, trial: trial(26) })).toStrictEqual({
			kind: "roll-back",
			explanation: "The router gives the canary 26 %, the step 25 %: somebody else has changed the rules.",
		});
	});

	it("given no trial rule and a base rule beyond the step, rolls back", () => {
		expect(findForeignEdit(state, { base: weightsFor("blue", 26), trial: null }).kind).toBe("roll-back");
	});

	it("given less on the canary than its step, by the rule that Sluice opened, says that it was lowered", () => {
		expect(findForeignEdit(state, { base, trial: trial(24) })).toStrictEqual({
			kind: "lowered",
			explanation: "The router gives the canary 24 %, the step 25 %: a late write, or somebody else, has lowered it.",
		});
	});

	it("given a trial rule that answers by itself, counts it as lowered, because nobody reaches the canary by it", () => {
		const reading = { base, trial: { ruleArn: "rule-7", weights: { blue: 0, green: 0 } } };

		expect(findForeignEdit(state, reading)).toMatchObject({
			kind: "lowered",
			explanation: expect.stringContaining("gives the canary 0 %"),
		});
	});

	it.each([
		["a trial rule that is gone", { base, trial: null }, "the trial rule is gone, and Sluice did not delete it"],
		["a trial rule that somebody made anew", { base, trial: trial(25, "rule-x") }, "not the one that Sluice opened"],
		["a base rule that is gone", { base: null, trial: trial(25) }, "The base rule is gone or forwards elsewhere"],
		[
			"a base rule shared with the canary below a trial rule that is right",
			{ base: weightsFor("blue", 1), trial: trial(25) },
			"The base rule gives the canary 1 %",
		],
		[
			"no trial rule and a base rule within the step",
			{ base: weightsFor("blue", 10), trial: null },
			"the trial rule is gone",
		],
		["no rule at all", { base: null, trial: null }, "the trial rule is gone"],
		["a lowered trial rule that somebody made anew", { base, trial: trial(24, "rule-x") }, "not the one that Sluice"],
		["a lowered trial rule above no base rule", { base: null, trial: trial(24) }, "The base rule is gone"],
		[
			"a lowered trial rule above a base rule shared with the canary",
			{ base: weightsFor("blue", 1), trial: trial(24) },
			"The base rule gives the canary 1 %",
		],
	])("given %s, waits for a person and says what was found", (_, reading, found) => {
		expect(findForeignEdit(state, reading)).toMatchObject({
			kind: "pause",
			explanation: expect.stringContaining(found),
		});
	});
});
