import { describe, expect, it } from "vitest";
import { promote } from "../../lib/domain/promotion.ts";
import { phases } from "../../lib/domain/service-state.ts";
import { applied, satisfies } from "../../lib/domain/transition.ts";
import { serviceState } from "./builders.ts";

describe("promote", () => {
	it("given a trial, opens the window for as long as it lasts and keeps epoch and roles", () => {
		const state = serviceState({ phase: "trial" });

		expect(applied(state, promote(7, 2_500_000, 900))).toStrictEqual({
			...state,
			phase: "window",
			weightPercent: 100,
			promotedAtEpochMs: 2_500_000,
			windowEndsAtEpochMs: 3_400_000,
		});
	});

	it("given every phase, is possible in trial only", () => {
		const { condition } = promote(7, 0, 900);

		expect(phases.filter((phase) => satisfies(serviceState({ phase, epoch: 7 }), condition))).toStrictEqual(["trial"]);
	});

	it.each([6, 8])("given a trial at epoch 7, a writer of epoch %i is refused", (epoch) => {
		expect(satisfies(serviceState({ phase: "trial" }), promote(epoch, 0, 900).condition)).toBe(false);
	});
});
