import { expect, it } from "vitest";
import { withContent } from "../../lib/domain/content-change.ts";
import { contentsToKeep } from "../../lib/domain/kept-contents.ts";
import { release, serviceState } from "./builders.ts";

const content = (digit: string): string => digit.repeat(64);
const of = (digit: string) => withContent(release("a"), content(digit));

it("given releases everywhere on record, keeps the content of each", () => {
	const state = serviceState({
		phase: "trial",
		stableRelease: of("1"),
		release: of("2"),
		next: of("3"),
		wanted: { release: of("4"), by: "ana", atEpochMs: 0 },
		held: { release: of("5"), gate: "freeze", reason: "holidays", sinceEpochMs: 0 },
		last: { rolloutId: "checkout-6", release: of("6"), outcome: "rolled-back", endedAtEpochMs: 0 },
		replaced: of("7"),
	});

	expect(contentsToKeep(state, [])).toEqual(["1", "2", "3", "4", "5", "6", "7"].map(content));
});

it("given a history, keeps what its newest ten rollouts brought and replaced, each once", () => {
	const digits = [..."0123456789abcdef"];
	const history = digits.map((digit) => ({ release: of(digit), replaces: of("0") }));

	expect(contentsToKeep(serviceState({ stableRelease: of("1") }), history)).toEqual(
		["1", "0", "2", "3", "4", "5", "6", "7", "8", "9"].map(content),
	);
});

it("given releases without content, keeps nothing for them", () => {
	expect(contentsToKeep(serviceState({ phase: "trial" }), [{ release: release("c") }])).toEqual([]);
});
