import { describe, expect, it } from "vitest";
import { type AdmissionTerms, decideAdmission, hold } from "../../lib/domain/admission.ts";
import type { ServiceState, WantedRelease } from "../../lib/domain/service-state.ts";
import { applied, satisfies } from "../../lib/domain/transition.ts";
import { release, serviceState } from "./builders.ts";

const hash = "e".repeat(64);
const terms: AdmissionTerms = {
	definitionHash: hash,
	nowEpochMs: 5_000,
	gate: { kind: "open" },
	onNewPush: "close-window",
};
const decide = (state: ServiceState, digit: string | null, changes: Partial<AdmissionTerms> = {}) =>
	decideAdmission(state, digit === null ? null : { release: release(digit) }, { ...terms, ...changes });
const freeze = { kind: "closed", gate: "freeze", reason: "Freeze.", opensAtEpochMs: 9_000 } as const;
const wantedOf = (digit: string, changes: Partial<WantedRelease> = {}): WantedRelease => ({
	release: release(digit),
	by: "ana",
	atEpochMs: 4_000,
	...changes,
});

describe("an admission through gates", () => {
	it("given a closed gate, holds the release: recorded with what is closed and when it opens", () => {
		expect(decide(serviceState({ epoch: 6 }), "b", { gate: freeze })).toStrictEqual({
			kind: "hold",
			superseded: null,
			held: { release: release("b"), gate: "freeze", reason: "Freeze.", sinceEpochMs: 5_000, opensAtEpochMs: 9_000 },
			transition: {
				condition: { epoch: 6, phaseIn: ["idle"], lastWantedBeforeEpochMs: 1 },
				set: {
					held: {
						release: release("b"),
						gate: "freeze",
						reason: "Freeze.",
						sinceEpochMs: 5_000,
						opensAtEpochMs: 9_000,
					},
				},
			},
		});
	});

	const held = { release: release("b"), gate: "freeze", reason: "Freeze.", sinceEpochMs: 1_000, opensAtEpochMs: 9_000 };

	it("given the same release behind the same gate, has nothing new to record", () => {
		expect(decide(serviceState({ held }), "b", { gate: freeze })).toStrictEqual({
			kind: "ignore",
			reason: "held: Freeze.",
		});
	});

	it("given the same release behind another gate, records that one and since when it waits", () => {
		const gate = { kind: "closed", gate: "windows", reason: "No window." } as const;

		expect(decide(serviceState({ held }), "b", { gate })).toMatchObject({
			kind: "hold",
			superseded: null,
			held: { gate: "windows", sinceEpochMs: 1_000 },
		});
		expect(decide(serviceState({ held }), "b", { gate })).not.toHaveProperty("held.opensAtEpochMs");
	});

	it.each([{ gate: "windows" }, { opensAtEpochMs: 9_001 }])(
		"given the same release behind a gate that differs in %j, records that",
		(change) => {
			expect(decide(serviceState({ held }), "b", { gate: { ...freeze, ...change } })).toMatchObject({
				kind: "hold",
				held: change,
			});
		},
	);

	it("given a newer release, it takes the place of the one that was held", () => {
		expect(decide(serviceState({ held }), "c", { gate: freeze })).toMatchObject({
			kind: "hold",
			superseded: release("b"),
			held: { release: release("c"), sinceEpochMs: 5_000 },
		});
	});

	it("given open gates, begins what was held and forgets that it was", () => {
		const admission = decide(serviceState({ held }), "b");
		const after = admission.kind === "start" ? applied(serviceState({ held }), admission.transition) : null;

		expect(after).toMatchObject({ phase: "preparing", release: release("b") });
		expect(after).not.toHaveProperty("held");
	});

	it.each(["a", null])("given that what was held is not the newest any more (%s is), forgets it", (newest) => {
		const admission = decide(serviceState({ held }), newest);

		expect(admission).toMatchObject({
			kind: "forget",
			reason: "what was held or queued is no longer the newest release",
			transition: { set: {}, remove: ["held"] },
		});
	});

	it("given nothing in the registry and nothing held, ignores", () => {
		expect(decide(serviceState(), null)).toStrictEqual({ kind: "ignore", reason: "there is no release" });
		expect(decide(serviceState({ phase: "trial" }), null)).toStrictEqual({
			kind: "ignore",
			reason: "there is no release",
		});
	});

	it("given a rollout under way, gates hold nothing back: what is new waits for its end", () => {
		expect(decide(serviceState({ phase: "window" }), "d", { gate: freeze }).kind).toBe("queue");
	});

	it("given that no seat is free, is held for that", () => {
		const closed = { kind: "closed", gate: "concurrent-trials", reason: "2 of 2." } as const;

		expect(hold(serviceState(), release("b"), closed, 5_000)).toMatchObject({
			kind: "hold",
			held: { gate: "concurrent-trials" },
		});
	});
});

describe("an admission of what a person wants", () => {
	it("given an idle service, begins it before the registry's newest, again, and records who asked", () => {
		const state = serviceState({ epoch: 6, wanted: wantedOf("c") });

		const admission = decide(state, "b");

		expect(admission).toMatchObject({
			kind: "start",
			offer: { release: release("c"), again: true, askedBy: "ana" },
			transition: {
				condition: { epoch: 6, phaseIn: ["idle"], wantedAtEpochMs: 4_000 },
				set: { release: release("c"), askedBy: "ana" },
				remove: ["next", "held", "wanted"],
			},
		});
	});

	it.each([
		["nobody knows how", {}, undefined],
		["by retry", { verb: "retry" }, { verb: "retry", by: "ana", atEpochMs: 4_000 }],
		[
			"with an override",
			{ verb: "release", override: true },
			{ verb: "release", by: "ana", atEpochMs: 4_000, override: true },
		],
	] as const)("given that it was asked for %s, notes that deed where there is one", (_, changes, deed) => {
		const state = serviceState({ wanted: wantedOf("c", changes) });

		const admission = decide(state, null);

		expect(admission.kind === "start" && admission.offer.deed).toStrictEqual(deed);
		expect(admission.kind === "start" && admission.transition.set.deeds).toStrictEqual(deed && [deed]);
	});

	it("given a release with a tag, names it in what it says", () => {
		const wanted = { ...wantedOf("c"), release: { ...release("c"), tag: "v3" } };

		expect(decide(serviceState({ phase: "trial", wanted }), null)).toMatchObject({
			explanation: `ana asked for release ${release("c").id} (v3).`,
		});
	});

	it("given a newer wish meanwhile, neither begins the older one nor forgets the newer", () => {
		const admission = decide(serviceState({ wanted: wantedOf("c") }), null);
		const condition = admission.kind === "start" ? admission.transition.condition : {};

		expect(satisfies(serviceState({ wanted: wantedOf("c") }), condition)).toBe(true);
		expect(satisfies(serviceState({ wanted: wantedOf("d", { atEpochMs: 4_001 }) }), condition)).toBe(false);
		expect(satisfies(serviceState(), condition)).toBe(false);
	});

	it("given closed gates, holds it, unless the person has said that they answer for it", () => {
		const state = serviceState({ wanted: wantedOf("c") });
		const bold = serviceState({ wanted: wantedOf("c", { override: true }) });

		expect(decide(state, "b", { gate: freeze })).toMatchObject({ kind: "hold", held: { release: release("c") } });
		expect(decide(bold, "b", { gate: freeze }).kind).toBe("start");
	});

	it("given that it serves by now, forgets the wish", () => {
		const state = serviceState({ epoch: 6, wanted: wantedOf("a") });

		expect(decide(state, "b")).toMatchObject({
			kind: "forget",
			reason: "what was asked for serves",
			transition: { condition: { epoch: 6, phaseIn: ["idle"], wantedAtEpochMs: 4_000 }, remove: ["wanted", "held"] },
		});
	});

	it.each(["preparing", "trial", "window"] as const)(
		"given a rollout in %s that nobody took back yet, takes it back, so that a command that died is obeyed",
		(phase) => {
			expect(decide(serviceState({ phase, wanted: wantedOf("c") }), "d")).toStrictEqual({
				kind: "supersede",
				rolloutId: "checkout-7",
				explanation: `ana asked for release ${release("c").id}.`,
				transition: null,
				superseded: null,
			});
		},
	);

	it.each(["preparing", "trial", "window"] as const)(
		"given closed gates in %s, takes nothing back for it, unless the person answers for that",
		(phase) => {
			const bold = serviceState({ phase, wanted: wantedOf("c", { override: true }) });

			expect(decide(serviceState({ phase, wanted: wantedOf("c") }), null, { gate: freeze }).kind).toBe("ignore");
			expect(decide(bold, null, { gate: freeze }).kind).toBe("supersede");
		},
	);

	it.each(["preparing", "trial", "window", "closing"] as const)(
		"given that it began in %s for another reason, forgets the wish instead of making room for itself",
		(phase) => {
			const state = serviceState({ phase, executionStarted: true, wanted: wantedOf("b") });

			expect(decide(state, "b")).toMatchObject({
				kind: "forget",
				reason: "what was asked for is under way",
				transition: { condition: { phaseIn: [phase], wantedAtEpochMs: 4_000 }, remove: ["wanted"] },
			});
		},
	);

	it("given that it began and was never started, starts it first", () => {
		const state = serviceState({ phase: "preparing", executionStarted: false, wanted: wantedOf("b") });

		expect(decide(state, null)).toStrictEqual({ kind: "start-execution", rolloutId: "checkout-7" });
	});

	it("given that it goes back just now, keeps the wish", () => {
		expect(decide(serviceState({ phase: "rolling-back", wanted: wantedOf("b") }), null).kind).toBe("ignore");
	});

	it("given none when it was decided, a wish recorded since keeps a push from beginning", () => {
		const admission = decide(serviceState(), "b");
		const condition = admission.kind === "start" ? admission.transition.condition : {};

		expect(satisfies(serviceState({ lastWantedAtEpochMs: 4_000 }), condition)).toBe(true);
		expect(satisfies(serviceState({ wanted: wantedOf("b") }), condition)).toBe(false);
	});

	it("given something asked for or given up since it was decided, holds nothing anew", () => {
		const admission = decide(serviceState({ lastWantedAtEpochMs: 4_000 }), "b", { gate: freeze });
		const condition = admission.kind === "hold" ? admission.transition.condition : {};

		expect(satisfies(serviceState({ lastWantedAtEpochMs: 4_000 }), condition)).toBe(true);
		expect(satisfies(serviceState({ lastWantedAtEpochMs: 4_001 }), condition)).toBe(false);
	});

	it.each(["closing", "rolling-back"] as const)("given a rollout in %s, waits for its end", (phase) => {
		expect(decide(serviceState({ phase, wanted: wantedOf("c") }), null).kind).toBe("ignore");
	});
});
