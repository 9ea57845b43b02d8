import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { phases, type ServiceState } from "../../lib/domain/service-state.ts";
import { applied, type OptionalAttribute, satisfies, type Transition } from "../../lib/domain/transition.ts";
import { serviceState } from "./builders.ts";

const state = serviceState({ phase: "trial" });

describe("satisfies", () => {
	it.each([
		["nothing", {}, true],
		["its epoch", { epoch: 7 }, true],
		["another epoch", { epoch: 8 }, false],
		["epoch 0", { epoch: 0 }, false],
		["its phase among others", { phaseIn: ["preparing", "trial"] }, true],
		["other phases", { phaseIn: ["preparing", "window"] }, false],
		["no phase at all", { phaseIn: [] }, false],
		["its rollout", { rolloutId: "checkout-7" }, true],
		["another rollout", { rolloutId: "checkout-8" }, false],
		["all of it", { epoch: 7, phaseIn: ["trial"], rolloutId: "checkout-7" }, true],
		["all of it but the epoch", { epoch: 6, phaseIn: ["trial"], rolloutId: "checkout-7" }, false],
		["all of it but the phase", { epoch: 7, phaseIn: ["idle"], rolloutId: "checkout-7" }, false],
		["all of it but the rollout", { epoch: 7, phaseIn: ["trial"], rolloutId: "checkout-6" }, false],
	] as const)("given a condition that asks for %s, answers so", (_, condition, isSatisfied) => {
		expect(satisfies(state, condition)).toBe(isSatisfied);
	});

	it.each([
		["its pause", "token-1", true],
		["another pause", "token-2", false],
	])("given a condition that asks for %s, answers so", (_, pauseToken, isSatisfied) => {
		const pause = { reason: "approval", explanation: "", token: "token-1", sinceEpochMs: 1, approvers: [] } as const;

		expect(satisfies(serviceState({ phase: "trial", pause }), { pauseToken })).toBe(isSatisfied);
		expect(satisfies(state, { pauseToken })).toBe(false);
	});

	it.each([
		["nobody was asked yet", {}, 1, true],
		["the last question came before", { askedAtEpochMs: 5 }, 6, true],
		["the last question came in that instant", { askedAtEpochMs: 5 }, 5, false],
		["the last question came after", { askedAtEpochMs: 5 }, 4, false],
	])("given that %s, a condition on when it was answers so", (_, fields, askedBeforeEpochMs, isSatisfied) => {
		expect(satisfies(serviceState({ phase: "trial", ...fields }), { askedBeforeEpochMs })).toBe(isSatisfied);
	});

	it("given no rollout on record, a condition that asks for one does not hold", () => {
		expect(satisfies(serviceState(), { rolloutId: "checkout-7" })).toBe(false);
	});
});

describe("applied", () => {
	it("given an attribute to set where it is absent, keeps one that is there", () => {
		const transition: Transition = { condition: {}, set: {}, setIfAbsent: { exposedAtEpochMs: 1 } };

		expect(applied(state, transition)).toStrictEqual(state);
		expect(applied(serviceState({ phase: "preparing" }), transition)).toStrictEqual({
			...serviceState({ phase: "preparing" }),
			exposedAtEpochMs: 1,
		});
	});

	it("given an attribute that is set and removed at once, it is gone, as in the store", () => {
		const transition: Transition = { condition: {}, set: { trialRuleArn: "new" }, remove: ["trialRuleArn"] };

		expect(applied(state, transition)).not.toHaveProperty("trialRuleArn");
	});

	it("given any transition, changes what it says and nothing else, and leaves the old state as it was", () => {
		const optional = fc.constantFrom<OptionalAttribute>("rolloutId", "next", "pause", "rollback", "trialRuleArn");
		const changes: fc.Arbitrary<Partial<ServiceState>> = fc.record(
			{
				epoch: fc.nat(9),
				phase: fc.constantFrom(...phases),
				weightPercent: fc.nat(100),
				executionStarted: fc.boolean(),
				trialRuleArn: fc.string(),
				windowEndsAtEpochMs: fc.nat(9),
			},
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(
				fc.constantFrom(...phases),
				changes,
				changes,
				fc.array(optional),
				(phase, set, setIfAbsent, remove) => {
					const before = serviceState({ phase });
					const copy = structuredClone(before);

					const after = applied(before, { condition: {}, set, setIfAbsent, remove });

					expect(before).toStrictEqual(copy);
					for (const key of new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof ServiceState>) {
						const expected = (remove as readonly string[]).includes(key)
							? undefined
							: key === "service"
								? before[key]
								: (set[key] ?? before[key] ?? setIfAbsent[key]);
						expect(after[key]).toStrictEqual(expected);
					}
				},
			),
			{ seed: 9, numRuns: 300 },
		);
	});
});
