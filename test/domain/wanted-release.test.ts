import { describe, expect, it } from "vitest";
import type { ServiceState, WantedRelease } from "../../lib/domain/service-state.ts";
import { satisfies } from "../../lib/domain/transition.ts";
import { decideWanted, releaseNamed, releasesOnRecord, releaseToRetry } from "../../lib/domain/wanted-release.ts";
import { release, serviceState } from "./builders.ts";

const sentAtEpochMs = 2_000_000_000_000;
const wish = (digit: string, changes: Partial<WantedRelease> = {}): WantedRelease => ({
	release: release(digit),
	by: "ana",
	atEpochMs: sentAtEpochMs,
	...changes,
});
const decide = (state: ServiceState, wanted: WantedRelease, agoMs = 1_000) =>
	decideWanted(state, wanted, wanted.atEpochMs + agoMs);

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
				condition: { epoch: state.epoch, phaseIn: [phase], wantedBeforeEpochMs: sentAtEpochMs + 1 },
				set: { wanted: wish("c") },
			},
		});
	});

	it("given its own wish on record, as after a repeated delivery, may land once more; a newer one stays", () => {
		const decision = decide(serviceState({ phase: "trial" }), wish("c"));
		const condition = decision.kind === "want" ? decision.transition.condition : {};

		expect(satisfies(serviceState({ phase: "trial", wanted: wish("c") }), condition)).toBe(true);
		expect(
			satisfies(serviceState({ phase: "trial", wanted: wish("d", { atEpochMs: sentAtEpochMs + 1 }) }), condition),
		).toBe(false);
	});

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
		expect(decide(serviceState(), wish("c"), agoMs).kind).toBe(kind);
	});

	it.each(["preparing", "trial", "window", "closing"] as const)("given the release that is in %s, refuses", (phase) => {
		expect(decide(serviceState({ phase }), wish("b"))).toMatchObject({ kind: "refuse" });
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
		expect(decide(serviceState({ phase: "trial", ...changes }), wish("b"), agoMs).kind).toBe(kind);
	});

	it.each(["preparing", "trial", "window"] as const)(
		"given what serves while another release is in %s, takes that one back and wants nothing more",
		(phase) => {
			expect(decide(serviceState({ phase }), wish("a"))).toStrictEqual({
				kind: "go-back",
				rolloutId: "checkout-7",
				transition: null,
				explanation: `ana asked for release ${release("a").id}, which serves.`,
				becomes: "checkout-7 goes back to it",
			});
		},
	);

	it("given what serves while something else is wanted, gives that up", () => {
		const older = wish("c", { atEpochMs: sentAtEpochMs - 5_000 });

		expect(decide(serviceState({ phase: "trial", wanted: older }), wish("a"))).toMatchObject({
			kind: "go-back",
			transition: { set: {}, remove: ["wanted", "held"] },
		});
		expect(decide(serviceState({ wanted: older }), wish("a"))).toMatchObject({
			kind: "want",
			transition: { remove: ["wanted", "held"] },
			becomes: "it serves; what waited is given up",
		});
		expect(decide(serviceState({ phase: "rolling-back", wanted: older }), wish("a")).kind).toBe("want");
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

describe("releaseToRetry", () => {
	const last = { rolloutId: "checkout-6", release: release("b"), endedAtEpochMs: 1 };

	it.each(["rolled-back", "superseded"] as const)(
		"given a last rollout that ended %s, means its release",
		(outcome) => {
			expect(releaseToRetry(serviceState({ last: { ...last, outcome } }))).toEqual({
				kind: "known",
				release: release("b"),
			});
		},
	);

	it("given a rollback under way, means what goes back and not what went before", () => {
		const state = serviceState({
			phase: "rolling-back",
			last: { ...last, release: release("c"), outcome: "rolled-back" },
		});

		expect(releaseToRetry(state)).toEqual({ kind: "known", release: release("b") });
	});

	it("given a promotion, or nothing at all, means nothing", () => {
		expect(releaseToRetry(serviceState({ last: { ...last, outcome: "promoted" } })).kind).toBe("refuse");
		expect(releaseToRetry(serviceState()).kind).toBe("refuse");
	});
});

describe("releaseNamed", () => {
	const known = ["a", "b", "c"].map((digit) => release(digit));
	const content = { ...release("b"), id: "0123456789ab" };

	it.each([
		["a whole id", { id: release("b").id }],
		["the beginning of an id", { id: release("b").id.slice(0, 4) }],
		["a digest", { digest: release("b").imageDigest }],
		["the digits of a digest", { digest: "b".repeat(64) }],
		["the beginning of a digest", { digest: "sha256:bbbbbb" }],
		["both", { id: release("b").id, digest: "bbbb" }],
	])("given %s, finds the release", (_, name) => {
		expect(releaseNamed(name, known)).toEqual({ kind: "known", release: release("b") });
	});

	it("given an image that was released with two configurations, means the first by digest and each by its id", () => {
		expect(releaseNamed({ digest: "bbbb" }, [content, ...known])).toEqual({ kind: "known", release: content });
		expect(releaseNamed({ id: "0123" }, [...known, content])).toEqual({ kind: "known", release: content });
		expect(releaseNamed({ id: "bbbb" }, [content, ...known])).toEqual({ kind: "known", release: release("b") });
	});

	it("given a beginning that several have, refuses and names them", () => {
		const similar = [
			{ ...release("a"), id: "abcd00000000" },
			{ ...release("b"), id: "abcd11111111" },
		];

		expect(releaseNamed({ id: "abcd" }, similar)).toEqual({
			kind: "refuse",
			reason: '"abcd" names several releases: abcd00000000, abcd11111111',
		});
	});

	it("given a whole digest that nobody knows, leaves it to the registry; anything less is refused", () => {
		expect(releaseNamed({ digest: "d".repeat(64) }, known)).toEqual({
			kind: "digest",
			imageDigest: `sha256:${"d".repeat(64)}`,
		});
		expect(releaseNamed({ digest: "dddd" }, known).kind).toBe("refuse");
		expect(releaseNamed({ id: "dddd" }, known).kind).toBe("refuse");
		expect(releaseNamed({}, known).kind).toBe("refuse");
		expect(releaseNamed({ id: "bbb" }, known).kind).toBe("refuse");
	});

	it("given a record, knows every release that it speaks of", () => {
		const state = serviceState({
			phase: "trial",
			next: release("c"),
			wanted: wish("d"),
			held: { release: release("e"), gate: "", reason: "", sinceEpochMs: 1 },
			last: { rolloutId: "checkout-6", release: release("f"), outcome: "promoted", endedAtEpochMs: 1 },
		});

		expect(releasesOnRecord(state)).toEqual(["a", "b", "c", "e", "d", "f"].map((digit) => release(digit)));
	});
});
