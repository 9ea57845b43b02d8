import { describe, expect, it } from "vitest";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { statusOf } from "../../lib/domain/status.ts";
import { testersHeaderOf } from "../../lib/domain/testers-text.ts";
import { contractDefinition } from "../contracts/contract-definition.ts";
import { definition, serviceState } from "./builders.ts";

const { route } = contractDefinition();
const tested = definition({ route: { ...route, preview: { header: { name: "X-Preview", value: "a" } } } });

describe("what is said of testers", () => {
	it("given a preview, names its header as it stands in a request; without one, nothing", () => {
		expect(testersHeaderOf(tested)).toBe("X-Preview: a");
		expect(testersHeaderOf(definition())).toBeNull();
	});

	it.each([
		["before the trial is open", { phase: "preparing" }, false],
		["once it is open", { phase: "preparing", trialRuleArn: "rule" }, true],
		["in the window", { phase: "window", trialRuleArn: "rule", weightPercent: 100 }, true],
		["while it goes back", { phase: "rolling-back", trialRuleArn: "rule" }, false],
	] as const)("given a rollout %s, status says so or not", (_, state: Partial<ServiceState>, isSaid) => {
		const { besides } = statusOf({ state: serviceState(state), definition: tested, nowEpochMs: 0 });

		expect(besides.includes("Testers, whose requests carry X-Preview: a, meet bbbbbbbbbbbb in slot green.")).toBe(
			isSaid,
		);
	});
});
