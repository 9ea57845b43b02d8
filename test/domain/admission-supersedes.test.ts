import { describe, expect, it } from "vitest";
import { type AdmissionTerms, decideAdmission } from "../../lib/domain/admission.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { release, serviceState } from "./builders.ts";

const terms: AdmissionTerms = {
	definitionHash: "e".repeat(64),
	nowEpochMs: 5_000,
	gate: { kind: "open" },
	onNewPush: "supersede",
};
const decide = (state: ServiceState, digit: string, changes: Partial<AdmissionTerms> = {}) =>
	decideAdmission(state, { release: release(digit) }, { ...terms, ...changes });
const freeze = { kind: "closed", gate: "freeze", reason: "Freeze.", opensAtEpochMs: 9_000 } as const;

describe("an admission that supersedes", () => {
	it.each(["preparing", "trial"] as const)(
		"given a push in %s, takes the rollout back and lets the newest wait",
		(phase) => {
			const state = serviceState({ phase, next: release("c") });

			expect(decide(state, "d")).toStrictEqual({
				kind: "supersede",
				rolloutId: "checkout-7",
				explanation: `Release ${release("d").id} was pushed, and takes the place of this one.`,
				superseded: release("c"),
				transition: {
					condition: { epoch: state.epoch, phaseIn: [phase], lastWantedBeforeEpochMs: 1 },
					set: { next: release("d") },
				},
			});
		},
	);

	it("given a push that waits already, whoever recorded it may have died: takes the rollout back", () => {
		expect(decide(serviceState({ phase: "trial", next: release("d") }), "d")).toMatchObject({
			kind: "supersede",
			transition: null,
			superseded: null,
		});
	});

	it.each(["window", "closing", "rolling-back"] as const)("given a push in %s, lets it wait", (phase) => {
		expect(decide(serviceState({ phase }), "d").kind).toBe("queue");
	});

	it("given closed gates, takes nothing back: what is new could not begin", () => {
		expect(decide(serviceState({ phase: "trial" }), "d", { gate: freeze }).kind).toBe("queue");
	});

	it("given other content for the image on trial, lets it wait: sent back, that image would never come again", () => {
		const state = serviceState({ phase: "trial" });
		const changed = { ...release("b"), id: "other-content", contentHash: "2".repeat(64) };

		expect(decideAdmission(state, { release: changed, again: true }, terms)).toMatchObject({
			kind: "queue",
			transition: { set: { next: changed } },
		});
	});

	it("given the release that serves, or the one on trial, takes nothing back", () => {
		expect(decide(serviceState({ phase: "trial" }), "a").kind).toBe("queue");
		expect(decide(serviceState({ phase: "trial" }), "b").kind).toBe("ignore");
	});
});
