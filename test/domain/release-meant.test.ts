import { describe, expect, it } from "vitest";
import { releaseNamed, releasesOnRecord, releaseToRetry, releaseToRetryOf } from "../../lib/domain/wanted-release.ts";
import { release, serviceState } from "./builders.ts";

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

	it("given a rollback whose release is not on record, or another phase, means the last one", () => {
		const ended = { ...last, release: release("c"), outcome: "rolled-back" } as const;
		const { release: _, ...unknown } = serviceState({ phase: "rolling-back", last: ended });

		expect(releaseToRetry(unknown)).toEqual({ kind: "known", release: release("c") });
		expect(releaseToRetry(serviceState({ phase: "trial", last: ended }))).toEqual({
			kind: "known",
			release: release("c"),
		});
		expect(releaseToRetryOf(unknown, "checkout-7")?.kind).toBe("refuse");
	});

	it("given a promotion, or nothing at all, means nothing", () => {
		expect(releaseToRetry(serviceState({ last: { ...last, outcome: "promoted" } }))).toEqual({
			kind: "refuse",
			reason: "the last rollout, checkout-6, was promoted; name a release instead",
		});
		expect(releaseToRetry(serviceState())).toEqual({
			kind: "refuse",
			reason: "no rollout of this service has ended yet",
		});
	});
});

describe("releaseToRetryOf", () => {
	const last = { rolloutId: "checkout-6", release: release("c"), outcome: "rolled-back", endedAtEpochMs: 1 } as const;

	it.each(["preparing", "trial", "window", "closing"] as const)(
		"given the rollout that is in %s, means nothing: it is under way",
		(phase) => {
			expect(releaseToRetryOf(serviceState({ phase, last }), "checkout-7")).toStrictEqual({
				kind: "refuse",
				reason: "rollout checkout-7 is under way",
			});
		},
	);

	it("given a rollback under way, means by each name its own release", () => {
		const state = serviceState({ phase: "rolling-back", last });

		expect(releaseToRetryOf(state, "checkout-7")).toEqual({ kind: "known", release: release("b") });
		expect(releaseToRetryOf(state, "checkout-6")).toEqual({ kind: "known", release: release("c") });
	});

	it("given the last rollout that was promoted, refuses; given an earlier one, leaves it to the history", () => {
		const state = serviceState({ last: { ...last, outcome: "promoted" } });

		expect(releaseToRetryOf(state, "checkout-6")?.kind).toBe("refuse");
		expect(releaseToRetryOf(state, "checkout-5")).toBeNull();
		expect(releaseToRetryOf(serviceState(), "checkout-5")).toBeNull();
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
		for (const digest of ["dddd", "d".repeat(65), `g${"d".repeat(64)}`, `${"d".repeat(64)}g`])
			expect(releaseNamed({ digest }, known).kind).toBe("refuse");
		expect(releaseNamed({ id: "dddd" }, known)).toEqual({
			kind: "refuse",
			reason: `no release is called "dddd"; there are ${known.map(({ id }) => id).join(", ")}`,
		});
		expect(releaseNamed({ id: "d".repeat(64) }, known).kind).toBe("refuse");
		expect(releaseNamed({}, known).kind).toBe("refuse");
		expect(releaseNamed({ id: "bbb" }, known).kind).toBe("refuse");
	});

	it.each([
		[{ id: "bbb" }, "bbb"],
		[{ digest: "sha256:bbb" }, "sha256:bbb"],
		[{}, ""],
	])("given %j, too short for a name, refuses and repeats it", (name, said) => {
		expect(releaseNamed(name, known)).toEqual({
			kind: "refuse",
			reason: `"${said}" names no release; allowed are 4 digits or more`,
		});
	});

	it("given a prefix of a digest that stands in its middle, leaves it there", () => {
		expect(releaseNamed({ digest: "bbsha256:bb" }, known).kind).toBe("refuse");
	});

	it("given a release that is known twice, names it once", () => {
		expect(releaseNamed({ id: release("b").id }, [...known, ...known])).toEqual({
			kind: "known",
			release: release("b"),
		});
	});

	it("given a record of a service that was only enrolled, knows what serves", () => {
		expect(releasesOnRecord(serviceState())).toEqual([release("a")]);
	});

	it("given a record, knows every release that it speaks of", () => {
		const state = serviceState({
			phase: "trial",
			next: release("c"),
			wanted: { release: release("d"), by: "ana", atEpochMs: 1 },
			held: { release: release("e"), gate: "", reason: "", sinceEpochMs: 1 },
			last: { rolloutId: "checkout-6", release: release("f"), outcome: "promoted", endedAtEpochMs: 1 },
		});

		expect(releasesOnRecord(state)).toEqual(["a", "b", "c", "e", "d", "f"].map((digit) => release(digit)));
	});
});
