import { describe, expect, it } from "vitest";
import type { GateState } from "../../lib/domain/gates.ts";
import type { ServiceState, WantedRelease } from "../../lib/domain/service-state.ts";
import { satisfies } from "../../lib/domain/transition.ts";
import { decideWanted } from "../../lib/domain/wanted-release.ts";
import { release, serviceState } from "./builders.ts";

const sentAtEpochMs = 2_000_000_000_000;
const wish = (digit: string, changes: Partial<WantedRelease> = {}): WantedRelease => ({
	release: release(digit),
	by: "ana",
	atEpochMs: sentAtEpochMs,
	...changes,
});
const freeze = { kind: "closed", gate: "freeze", reason: "Freeze." } as const;
const decide = (state: ServiceState, wanted: WantedRelease, agoMs = 1_000, gate: GateState = { kind: "open" }) =>
	decideWanted(state, wanted, wanted.atEpochMs + agoMs, gate);

describe("decideWanted", () => {
	it.each([
		["idle", "it begins as soon as gates are open"],
		["preparing", "checkout-7 goes back and makes room for it"],
		["trial", "checkout-7 goes back and makes room for it"],
		["window", "checkout-7 goes back and makes room for it"],
		["closing", "it begins when checkout-7 has ended"],
		["rolling-back", "it begins when checkout-7 has ended"],
	] as const)("given another release while %s, records it and says what that leads to", (phase, becomes) => {
		const state = serviceState({ phase });

		expect(decide(state, wish("c"))).toStrictEqual({
			kind: "want",
			becomes,
			transition: {
				condition: {
					epoch: state.epoch,
					phaseIn: [phase],
					wantedBeforeEpochMs: sentAtEpochMs + 1,
					lastWantedBeforeEpochMs: sentAtEpochMs + 1,
				},
				set: { wanted: wish("c"), lastWantedAtEpochMs: sentAtEpochMs },
			},
		});
	});

	it("given its own wish on record, as after a repeated delivery, may land once more; a newer one stays", () => {
		const decision = decide(serviceState({ phase: "trial" }), wish("c"));
		const condition = decision.kind === "want" ? (decision.transition?.condition ?? {}) : {};

		expect(satisfies(serviceState({ phase: "trial", wanted: wish("c") }), condition)).toBe(true);
		expect(
			satisfies(serviceState({ phase: "trial", wanted: wish("d", { atEpochMs: sentAtEpochMs + 1 }) }), condition),
		).toBe(false);
		expect(satisfies(serviceState({ phase: "trial", lastWantedAtEpochMs: sentAtEpochMs }), condition)).toBe(true);
		expect(satisfies(serviceState({ phase: "trial", lastWantedAtEpochMs: sentAtEpochMs + 1 }), condition)).toBe(false);
	});

	it("given its own wish on record, goes on from there however old it is, and records nothing anew", () => {
		expect(decide(serviceState({ phase: "trial", wanted: wish("c") }), wish("c"), 400_000)).toStrictEqual({
			kind: "want",
			becomes: "checkout-7 goes back and makes room for it",
			transition: null,
		});
	});

	it.each([
		["of somebody else", { by: "ben" }],
		["of another moment", { atEpochMs: sentAtEpochMs - 1 }],
		["for another release", { release: release("d") }],
		["without its override", { override: true }],
	])("given a wish %s on record, is none that was recorded before", (_, changes) => {
		expect(decide(serviceState({ wanted: wish("c", changes) }), wish("c"))).toMatchObject({
			kind: "want",
			transition: { set: { wanted: wish("c") } },
		});
		expect(decide(serviceState({ wanted: wish("c", changes) }), wish("c"), 400_000).kind).toBe("refuse");
	});

	it.each(["c", "a"])("given something asked for later that has begun or was given up since, refuses %s", (digit) => {
		const state = serviceState({ phase: "trial", lastWantedAtEpochMs: sentAtEpochMs + 1_000 });

		expect(decide(state, wish(digit))).toStrictEqual({
			kind: "refuse",
			reason: "a release was asked for since, at 18 May 03:33:21 UTC",
		});
	});

	it.each(["preparing", "trial", "window"] as const)(
		"given a closed gate while %s, says that what is under way goes on; with an override it goes back",
		(phase) => {
			expect(decide(serviceState({ phase }), wish("c"), 1_000, freeze)).toMatchObject({
				kind: "want",
				becomes: "checkout-7 goes on, because it could not begin: Freeze.",
				transition: { set: { wanted: wish("c") } },
			});
			expect(decide(serviceState({ phase }), wish("c", { override: true }), 1_000, freeze)).toMatchObject({
				becomes: "checkout-7 goes back and makes room for it",
			});
		},
	);

	it("given a newer wish on record, refuses the older one", () => {
		const state = serviceState({ phase: "trial", wanted: wish("d", { by: "ben", atEpochMs: sentAtEpochMs + 1 }) });

		expect(decide(state, wish("c"))).toStrictEqual({
			kind: "refuse",
			reason: `ben has asked for release ${release("d").id} since`,
		});
	});

	it.each([
		[300_000, "want"],
		[300_001, "refuse"],
	])("given a command of an age of %i ms, %ss", (agoMs, kind) => {
		const decision = decide(serviceState(), wish("c"), agoMs);

		expect(decision.kind).toBe(kind);
		if (decision.kind === "refuse")
			expect(decision.reason).toBe(
				"the command is 300 s old; allowed are 300 s, because people may have decided anew since",
			);
	});

	it("given an idle record that still names the release, wants it: only what is under way is", () => {
		expect(decide(serviceState({ release: release("c") }), wish("c")).kind).toBe("want");
	});

	it("given an idle record that still names a rollout, does not promise that gates are all it waits for", () => {
		expect(decide(serviceState({ rolloutId: "checkout-7" }), wish("c"))).toMatchObject({
			becomes: "it begins when checkout-7 has ended",
		});
	});

	it("given an open gate while something is closing, says nothing of gates", () => {
		expect(decide(serviceState({ phase: "closing" }), wish("c"), 1_000, freeze)).toMatchObject({
			becomes: "it begins when checkout-7 has ended",
		});
	});

	it.each(["preparing", "trial", "window", "closing"] as const)("given the release that is in %s, refuses", (phase) => {
		const stands = {
			preparing: "being rolled out",
			trial: "being rolled out",
			window: "in its window: it serves everybody",
			closing: "becoming the stable one",
		};

		expect(decide(serviceState({ phase }), wish("b"))).toStrictEqual({
			kind: "refuse",
			reason: `release ${release("b").id} is ${stands[phase]} (checkout-7)`,
		});
	});

	it("given the release that is going back just now, wants it again", () => {
		expect(decide(serviceState({ phase: "rolling-back" }), wish("b")).kind).toBe("want");
	});

	it.each([
		[
			"in the second of the command, because of it",
			{ startedAtEpochMs: sentAtEpochMs, askedBy: "ana" },
			400_000,
			"obeyed",
		],
		["a second before it was sent", { startedAtEpochMs: sentAtEpochMs - 1, askedBy: "ana" }, 1_000, "refuse"],
		["because of somebody else", { startedAtEpochMs: sentAtEpochMs, askedBy: "ben" }, 1_000, "refuse"],
	])("given a rollout of it that began %s, answers so", (_, changes, agoMs, kind) => {
		const decision = decide(serviceState({ phase: "trial", ...changes }), wish("b"), agoMs);

		expect(decision.kind).toBe(kind);
		if (decision.kind === "obeyed") expect(decision.reason).toBe("checkout-7 began because of it");
	});

	it.each(["preparing", "trial", "window"] as const)(
		"given what serves while another release is in %s, takes that one back and wants nothing more",
		(phase) => {
			expect(decide(serviceState({ phase }), wish("a"), 1_000, freeze)).toMatchObject({
				kind: "give-up",
				goesBack: { rolloutId: "checkout-7", explanation: `ana asked for release ${release("a").id}, which serves.` },
				givesUp: [],
				transition: { set: { lastWantedAtEpochMs: sentAtEpochMs } },
				becomes: "checkout-7 goes back to it",
			});
		},
	);

	it("given what serves while something else is wanted, gives that up", () => {
		const older = wish("c", { atEpochMs: sentAtEpochMs - 5_000 });

		expect(decide(serviceState({ phase: "trial", wanted: older }), wish("a"))).toMatchObject({
			kind: "give-up",
			givesUp: [release("c")],
			transition: { set: { lastWantedAtEpochMs: sentAtEpochMs }, remove: ["wanted", "held"] },
		});
		expect(decide(serviceState({ wanted: older }), wish("a"))).toMatchObject({
			kind: "give-up",
			goesBack: null,
			transition: { remove: ["wanted", "held"] },
			becomes: `it serves; what waited is given up: ${release("c").id}`,
		});
		expect(decide(serviceState({ phase: "rolling-back", wanted: older }), wish("a")).kind).toBe("give-up");
	});

	it("given what serves while a push is queued, gives that up too, and its content for good", () => {
		const content = "c".repeat(64);
		const next = { ...release("c"), tag: "v3", contentHash: content };

		expect(decide(serviceState({ phase: "trial", next, triedContents: ["old"] }), wish("a"))).toMatchObject({
			kind: "give-up",
			givesUp: [next],
			transition: { set: { triedContents: ["old", content] }, remove: ["wanted", "held", "next"] },
			becomes: `checkout-7 goes back to it; what waited is given up: v3 (${next.id})`,
		});
		expect(decide(serviceState({ phase: "rolling-back", next }), wish("a"))).toMatchObject({
			goesBack: null,
			givesUp: [next],
		});
	});

	it("given that this command has given up what waited, leaves what was pushed after it", () => {
		const state = serviceState({ phase: "trial", next: release("c"), lastWantedAtEpochMs: sentAtEpochMs });

		expect(decide(state, wish("a"))).toMatchObject({ givesUp: [], transition: { remove: ["wanted", "held"] } });
	});

	it("given what serves while something is held, gives up each image once, and its content for good", () => {
		const content = "c".repeat(64);
		const held = { release: release("b"), gate: "freeze", reason: "", sinceEpochMs: 1 };
		const changed = { ...held, release: { ...release("a"), id: "0123456789ab", contentHash: content } };

		expect(decide(serviceState({ held, wanted: wish("b", { atEpochMs: 1 }) }), wish("a"))).toMatchObject({
			givesUp: [release("b")],
			transition: { set: { lastWantedAtEpochMs: sentAtEpochMs } },
		});
		expect(decide(serviceState({ held, wanted: wish("c", { atEpochMs: 1 }) }), wish("a"))).toMatchObject({
			givesUp: [release("c"), release("b")],
		});
		expect(decide(serviceState({ held: changed, triedContents: ["old"] }), wish("a"))).toMatchObject({
			givesUp: [changed.release],
			transition: { set: { triedContents: ["old", content] } },
		});
		const stableRelease = { ...release("a"), contentHash: content };
		expect(decide(serviceState({ held: changed, stableRelease }), wish("a"))).not.toHaveProperty(
			"transition.set.triedContents",
		);
	});

	it("given what serves once more in that moment, has been obeyed", () => {
		expect(decide(serviceState({ lastWantedAtEpochMs: sentAtEpochMs }), wish("a"))).toStrictEqual({
			kind: "obeyed",
			reason: "it serves, and what waited was given up",
		});
		expect(decide(serviceState({ lastWantedAtEpochMs: sentAtEpochMs - 1 }), wish("a")).kind).toBe("refuse");
	});

	it("given what serves and nothing else, refuses; while something goes back to it, too", () => {
		expect(decide(serviceState(), wish("a"))).toStrictEqual({
			kind: "refuse",
			reason: `release ${release("a").id} already serves`,
		});
		expect(decide(serviceState({ phase: "rolling-back" }), wish("a"))).toStrictEqual({
			kind: "refuse",
			reason: `release ${release("a").id} serves: checkout-7 is going back to it`,
		});
	});

	it("given what served until now, while the next one is closing, wants it back afterwards", () => {
		expect(decide(serviceState({ phase: "closing" }), wish("a")).kind).toBe("want");
	});
});
