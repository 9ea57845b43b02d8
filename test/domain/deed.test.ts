import { describe, expect, it } from "vitest";
import { commandVerbs } from "../../lib/domain/command.ts";
import { type Deed, deedText, noting } from "../../lib/domain/deed.ts";
import { applied, satisfies } from "../../lib/domain/transition.ts";
import { serviceState } from "./builders.ts";

const deed = (fields: Partial<Deed> = {}): Deed => ({ verb: "approve", by: "ana", atEpochMs: 1_000, ...fields });
const nothingElse = { condition: {}, set: {} };

describe("noting", () => {
	it("given two people at once, lets one write and has the other read what that one wrote", () => {
		const read = serviceState({ phase: "trial" });
		const [first, second] = [deed(), deed({ by: "ben" })];

		const after = applied(read, noting(read, nothingElse, first));

		expect(satisfies(read, noting(read, nothingElse, first).condition)).toBe(true);
		expect(satisfies(after, noting(read, nothingElse, second).condition)).toBe(false);
		expect(applied(after, noting(after, nothingElse, second)).deeds).toEqual([first, second]);
	});

	it("given more than fifty, keeps the newest fifty", () => {
		const deeds = Array.from({ length: 50 }, (_, atEpochMs) => deed({ atEpochMs }));
		const state = serviceState({ phase: "trial", deeds });

		const { set, condition } = noting(state, nothingElse, deed({ atEpochMs: 50 }));

		expect(set.deeds?.map(({ atEpochMs }) => atEpochMs)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
		expect(condition).toEqual({ deeds: 50 });
	});
});

describe("deedText", () => {
	it("given any verb, says who in words of its own", () => {
		const texts = commandVerbs.map((verb) => deedText(deed({ verb })));

		expect(texts).toEqual([
			"approved by ana",
			"resumed by ana",
			"promoted early by ana",
			"paused by ana",
			"aborted by ana",
			"tried again by ana",
			"asked for by ana",
		]);
	});

	it("given closed gates that somebody answered for, says so", () => {
		expect(deedText(deed({ verb: "retry", override: true }))).toBe("tried again by ana, closed gates or not");
	});
});
