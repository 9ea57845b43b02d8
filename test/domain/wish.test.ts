import { describe, expect, it } from "vitest";
import { mayClose } from "../../lib/domain/closing.ts";
import type { Wish } from "../../lib/domain/service-state.ts";
import { applied, satisfies } from "../../lib/domain/transition.ts";
import { endWish, makeWish, openWish, pauseWish, promotionWish, takeWishBack } from "../../lib/domain/wish.ts";
import { serviceState } from "./builders.ts";

const wish = (fields: Partial<Wish> = {}): Wish => ({
	id: "event-1",
	verb: "promote",
	by: "ana",
	atEpochMs: 1_950_000,
	phase: "trial",
	...fields,
});

describe("what a person wants", () => {
	it.each([
		["nothing", undefined, [false, false, false]],
		["a promotion", wish(), [true, true, false]],
		["a pause", wish({ verb: "pause" }), [true, false, true]],
		["a pause that somebody resumed", wish({ verb: "pause", isOver: true }), [false, false, false]],
	] as const)("given %s in a trial, says so", (_, wanted, expected) => {
		const state = serviceState({ phase: "trial", ...(wanted && { wish: wanted }) });

		expect([openWish(state), promotionWish(state), pauseWish(state)].map((found) => found !== undefined)).toEqual(
			expected,
		);
	});

	it.each([
		["before the window", wish({ phase: "preparing" }), false],
		["before the window", wish({ phase: "trial" }), false],
		["in the window", wish({ phase: "window" }), true],
	] as const)(
		"given a promotion that was asked for %s, in the window it counts only from there",
		(_, wanted, counts) => {
			const state = serviceState({ phase: "window", windowEndsAtEpochMs: 9_000_000, wish: wanted });

			expect(promotionWish(state) !== undefined).toBe(counts);
			expect(mayClose(state, "wait", 2_000_000)).toBe(counts);
		},
	);

	it("given a pause, nothing closes, even when the window is over", () => {
		const state = serviceState({ phase: "window", windowEndsAtEpochMs: 1_000, wish: wish({ verb: "pause" }) });

		expect(mayClose(state, "close-window", 2_000_000)).toBe(false);
	});

	it("given what was read, replaces that and nothing that came since", () => {
		const none = serviceState({ phase: "trial" });
		const one = applied(none, makeWish(none, wish()));

		expect(one.wish).toStrictEqual(wish());
		expect(satisfies(one, makeWish(none, wish({ id: "event-2" })).condition)).toBe(false);
		expect(satisfies(one, makeWish(one, wish({ id: "event-2" })).condition)).toBe(true);
		expect(satisfies({ ...one, phase: "window" }, makeWish(one, wish()).condition)).toBe(false);
	});

	it("given an end, the wish stays on record as one that is over, and no other is ended", () => {
		const state = serviceState({ phase: "trial", wish: wish({ verb: "pause" }) });

		expect(applied(state, endWish(7, wish({ verb: "pause" }))).wish?.isOver).toBe(true);
		expect(satisfies(state, endWish(7, wish({ id: "event-2" })).condition)).toBe(false);
	});

	it("given a pause that has not come yet, takes it back, but not once it is a question", () => {
		const state = serviceState({ phase: "trial", wish: wish({ verb: "pause" }) });
		const question = {
			reason: "person",
			explanation: "",
			token: "token-1",
			sinceEpochMs: 1_960_000,
			approvers: [],
		} as const;
		const { condition, ...write } = takeWishBack(7, wish({ verb: "pause" }));

		expect(satisfies(state, condition)).toBe(true);
		expect(satisfies({ ...state, pause: question }, condition)).toBe(false);
		expect(applied(state, { condition, ...write }).wish?.isOver).toBe(true);
	});

	it("given the question that was read, replaces the wish beside that one only", () => {
		const question = { reason: "undecided", explanation: "", sinceEpochMs: 1_900_000, approvers: [] } as const;
		const state = serviceState({ phase: "trial", pause: { ...question, token: "token-1" } });
		const { condition } = makeWish(state, wish());

		expect(satisfies(state, condition)).toBe(true);
		expect(satisfies({ ...state, pause: { ...question, token: "token-2" } }, condition)).toBe(false);
		expect(satisfies(serviceState({ phase: "trial" }), condition)).toBe(false);
	});
});
