import { describe, expect, it } from "vitest";
import {
	type AdmissionTerms,
	acknowledgeStart,
	decideAdmission,
	isMissedPush,
	recordPusher,
} from "../../lib/domain/admission.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
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
describe("decideAdmission", () => {
	it("given an idle service and a new release, acquires it for a rollout named after the next epoch", () => {
		const state = serviceState({ epoch: 6 });

		const admission = decide(state, "b");

		expect(admission).toStrictEqual({
			kind: "start",
			rolloutId: "checkout-7",
			offer: { release: release("b") },
			superseded: null,
			transition: {
				condition: { epoch: 6, phaseIn: ["idle"], wantedBeforeEpochMs: 0 },
				set: {
					epoch: 7,
					phase: "preparing",
					rolloutId: "checkout-7",
					release: release("b"),
					definitionHash: hash,
					startedAtEpochMs: 5_000,
					weightPercent: 0,
					redAlarms: {},
					executionStarted: false,
				},
				remove: ["next", "held"],
			},
		});
	});

	it("given what is known of the push and of the content that is live, records both with the rollout", () => {
		const offer = { release: release("b"), pushedAtEpochMs: 4_000 };
		const state = serviceState({ triedContents: ["c1", "c2"] });

		const admission = decideAdmission(state, offer, { ...terms, liveContentHash: "c1" });

		expect(admission).toMatchObject({
			transition: { set: { pushedAtEpochMs: 4_000, triedContents: ["c2", "c1"] } },
		});
	});

	it("given an idle service that still has a release waiting, starts the registry's, which supersedes the waiting one", () => {
		const state = serviceState({ next: release("c"), redAlarms: { old: 1 }, weightPercent: 25 });

		const admission = decide(state, "b");
		const after = admission.kind === "start" ? applied(state, admission.transition) : state;

		expect(after).toMatchObject({ phase: "preparing", release: release("b"), redAlarms: {}, weightPercent: 0 });
		expect(after).not.toHaveProperty("next");
		expect(admission).toMatchObject({ superseded: release("c") });
	});

	it.each([
		["what waited itself", {}, "c"],
		["another, and what waited is the image that serves with other content", { stableRelease: release("c") }, "b"],
		[
			"another, and what waited is the last image with other content",
			{ last: { rolloutId: "checkout-5", release: release("c"), outcome: "rolled-back", endedAtEpochMs: 1 } },
			"b",
		],
	] as const)("given an idle service that starts %s, supersedes nothing", (_, changes, digit) => {
		expect(decide(serviceState({ next: { ...release("c"), id: "0123456789ab" }, ...changes }), digit)).toMatchObject({
			kind: "start",
			superseded: null,
		});
	});

	it.each(["a", null])("given that what waited is not the newest any more (%s is), forgets it", (digit) => {
		expect(decide(serviceState({ epoch: 6, next: release("c") }), digit)).toMatchObject({
			kind: "forget",
			transition: { condition: { epoch: 6, phaseIn: ["idle"] }, remove: ["next"] },
		});
	});

	it("given a gate, holds what waited from then on; what a person wants is held beside it", () => {
		const closed = { gate: { kind: "closed", gate: "freeze", reason: "Freeze." } } as const;
		const state = serviceState({ next: release("c") });
		const wanted = { release: release("d"), by: "ana", atEpochMs: 1 };

		expect(decide(state, "c", closed)).toMatchObject({
			kind: "hold",
			superseded: null,
			transition: { set: { held: { release: release("c") } }, remove: ["next"] },
		});
		expect(decide(state, "b", closed)).toMatchObject({ kind: "hold", superseded: release("c") });
		expect(decide({ ...state, wanted }, "c", closed)).toMatchObject({ kind: "hold", superseded: null });
		expect(decide({ ...state, wanted }, "c", closed)).not.toHaveProperty("transition.remove");
	});

	it("given a record that was set idle by hand while its rollout goes on, begins nothing beside that", () => {
		const edited = serviceState({ rolloutId: "checkout-6", release: release("c") });
		const wanted = { release: release("d"), by: "maria", atEpochMs: 4_000 };

		for (const state of [edited, { ...edited, wanted }])
			expect(decide(state, "b")).toEqual({
				kind: "ignore",
				reason: "the record is idle, and checkout-6 has not ended",
			});
	});

	it("given an idle service and the release that serves already, ignores it", () => {
		expect(decide(serviceState(), "a")).toStrictEqual({ kind: "ignore", reason: "it already serves" });
	});

	it("given an idle service whose record still names the release, starts it: only what serves is done", () => {
		expect(decide(serviceState({ release: release("b") }), "b").kind).toBe("start");
	});

	it("given the same digest under another tag, sees the same release", () => {
		const tagged = { ...release("a"), tag: "v2" };

		expect(decideAdmission(serviceState(), { release: tagged }, terms).kind).toBe("ignore");
	});

	it("given a rollout of this release whose start was never acknowledged, starts the execution again", () => {
		const state = serviceState({ phase: "preparing", executionStarted: false });

		expect(decide(state, "b")).toStrictEqual({ kind: "start-execution", rolloutId: "checkout-7" });
	});

	it("given a rollout of this release without an id on record, has no execution to start", () => {
		const { rolloutId: _, ...state } = serviceState({ phase: "preparing", executionStarted: false });

		expect(decide(state, "b").kind).toBe("ignore");
	});

	it("given a rollout of this release that runs, ignores it", () => {
		const state = serviceState({ phase: "preparing", executionStarted: true });

		expect(decide(state, "b")).toStrictEqual({ kind: "ignore", reason: "it is the release on trial" });
	});

	it.each(["trial", "window", "closing", "rolling-back"] as const)(
		"given a rollout of this release in %s, ignores it even where its start was never acknowledged",
		(phase) => {
			expect(decide(serviceState({ phase, executionStarted: false }), "b").kind).toBe("ignore");
		},
	);

	it.each(["preparing", "trial", "window", "closing", "rolling-back"] as const)(
		"given another release while in %s, lets it wait, whatever waited before",
		(phase) => {
			const state = serviceState({ phase, next: release("c") });

			expect(decide(state, "d")).toStrictEqual({
				kind: "queue",
				superseded: release("c"),
				transition: {
					condition: { epoch: state.epoch, phaseIn: [phase], lastWantedBeforeEpochMs: 1 },
					set: { next: release("d") },
				},
			});
		},
	);

	it("given nothing that waits, supersedes nothing", () => {
		expect(decide(serviceState({ phase: "trial" }), "d")).toMatchObject({ kind: "queue", superseded: null });
	});

	it("given the release that waits already, ignores it", () => {
		const state = serviceState({ phase: "trial", next: release("c") });

		expect(decide(state, "c")).toStrictEqual({ kind: "ignore", reason: "it already waits" });
	});

	it("given the stable release while another is on trial, lets it wait: the trial may yet be promoted", () => {
		expect(decide(serviceState({ phase: "trial" }), "a").kind).toBe("queue");
	});

	it("given a service that was finished between the decision and the write, queues nothing", () => {
		const admission = decide(serviceState({ phase: "rolling-back" }), "d");
		const condition = admission.kind === "queue" ? admission.transition.condition : {};

		expect(satisfies(serviceState({ phase: "idle", epoch: 8 }), condition)).toBe(false);
	});
});

describe("recordPusher", () => {
	it("given a rollout that nobody is known to have asked for, says who pushed, and changes nothing that is known", () => {
		const unknown = serviceState({ phase: "trial" });
		const known = serviceState({ phase: "trial", askedBy: "ana" });
		const transition = recordPusher("checkout-7", "ben");

		expect(applied(unknown, transition)).toStrictEqual({ ...unknown, askedBy: "ben" });
		expect(applied(known, transition)).toStrictEqual(known);
		expect(satisfies(serviceState(), transition.condition)).toBe(false);
	});
});

describe("acknowledgeStart", () => {
	it("given who pushed, records it unless somebody asked for the release", () => {
		const state = serviceState({ phase: "preparing" });

		expect(applied(state, acknowledgeStart("checkout-7", 7, "ben"))).toMatchObject({ askedBy: "ben" });
		expect(applied({ ...state, askedBy: "ana" }, acknowledgeStart("checkout-7", 7, "ben"))).toMatchObject({
			askedBy: "ana",
		});
	});

	it("given the rollout that was started, says that its execution runs and nothing else", () => {
		const state = serviceState({ phase: "preparing", executionStarted: false });
		const transition = acknowledgeStart("checkout-7", 7);

		expect(satisfies(state, transition.condition)).toBe(true);
		expect(applied(state, transition)).toStrictEqual({ ...state, executionStarted: true });
	});

	it.each([
		["another rollout", serviceState({ phase: "preparing", epoch: 7, rolloutId: "checkout-9" })],
		["a newer epoch", serviceState({ phase: "rolling-back" })],
	])("given %s, is refused", (_, state) => {
		expect(satisfies(state, acknowledgeStart("checkout-7", 7).condition)).toBe(false);
	});
});

describe("isMissedPush", () => {
	const dayMs = 86_400_000;

	it.each([
		["now", 0, true],
		["a day ago", dayMs, true],
		["a millisecond more than a day ago", dayMs + 1, false],
	])("given an image that was pushed %s, answers so", (_, agoMs, isMissed) => {
		expect(isMissedPush(2_000_000_000_000 - agoMs, 2_000_000_000_000)).toBe(isMissed);
	});
});
