import { describe, expect, it } from "vitest";
import { decideSelector, slotForCallers } from "../../lib/domain/in-cluster-callers.ts";
import { phases } from "../../lib/domain/service-state.ts";
import { serviceState } from "./builders.ts";

const decide = (
	phase: "trial" | "window" | "rolling-back",
	selected: "blue" | "green" | null,
	care: "untouched" | "mended",
) => decideSelector(serviceState({ phase }), "checkout", selected, care);

describe("callers in the cluster", () => {
	it("given each phase, belong to stable before the window and to the canary in it; elsewhere another hand moves them", () => {
		expect(phases.map((phase) => [phase, slotForCallers(serviceState({ phase }))])).toEqual([
			["idle", null],
			["preparing", "blue"],
			["trial", "blue"],
			["window", "green"],
			["closing", null],
			["rolling-back", null],
		]);
	});

	it.each([
		["trial", "blue"],
		["window", "green"],
		["rolling-back", "green"],
		["rolling-back", "blue"],
	] as const)("given %s and slot %s, are left where they are", (phase, selected) => {
		expect(decide(phase, selected, "untouched")).toEqual({ kind: "leave" });
	});

	it.each([
		["trial", "green", "blue"],
		["trial", null, "blue"],
		["window", "blue", "green"],
	] as const)("given %s and a selector of %s, are sent to %s once", (phase, selected, slot) => {
		expect(decide(phase, selected, "untouched")).toEqual({ kind: "mend", slot });
	});

	it("given a selector that somebody sets back, are not fought for: the explanation names Service, slots and reason", () => {
		const decision = decide("window", "blue", "mended");

		expect(decision).toEqual({
			kind: "external-writer",
			explanation:
				"In-cluster Service checkout selects slot blue, and its callers belong to slot green. Sluice has put it right once; somebody else writes its selector, as a GitOps tool would that does not leave out sluice.dev/slot.",
		});
		expect(decide("trial", null, "mended")).toMatchObject({
			explanation: expect.stringContaining("selects neither slot"),
		});
	});
});
