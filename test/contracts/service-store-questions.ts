import { expect, it } from "vitest";
import { beginPause, endPause, lapsePause, recordAnswer } from "../../lib/domain/pause.ts";
import type { Answer, Pause, ServiceState, Wish } from "../../lib/domain/service-state.ts";
import { idleState } from "../../lib/domain/service-state.ts";
import type { Transition } from "../../lib/domain/transition.ts";
import { endWish, makeWish, takeWishBack } from "../../lib/domain/wish.ts";
import { StoreConflictError } from "../../lib/ports/service-store.ts";
import { contractRelease, fullState } from "./contract-state.ts";
import type { ServiceStoreSetup } from "./service-store.contract.ts";

const { pause: _, askedAtEpochMs: __, ...unasked } = fullState("checkout");

const idle = idleState("checkout", "blue", contractRelease("a"));

const question = (token: string, sinceEpochMs: number): Transition =>
	beginPause(7, pauseOf(token, sinceEpochMs), sinceEpochMs);

const pauseOf = (token: string, sinceEpochMs: number): Pause => ({
	reason: "approval",
	explanation: "",
	token,
	sinceEpochMs,
	approvers: [],
});

const answerBy = (by: string): Answer => ({ verb: "approve", by, atEpochMs: 3_000 });

/** The state that refused a write; the test fails where the write landed. */
const refusing = async (write: Promise<ServiceState>): Promise<ServiceState> => {
	const error: unknown = await write.catch((reason: unknown) => reason);
	if (!(error instanceof StoreConflictError)) throw new Error(`Expected StoreConflictError, got ${String(error)}.`);
	return error.current;
};

/** The part of the store's contract that questions to people rest on: written in any order, the newest one stays. */
export const itKeepsQuestionsInOrder = (make: () => Promise<ServiceStoreSetup>): void => {
	it("given the first question to a person, writes it down beside when it was asked", async () => {
		const { store, enrol } = await make();
		await enrol(unasked);

		const state = await store.write("checkout", question("token-1", 2_000));

		expect(state).toMatchObject({ askedAtEpochMs: 2_000, pause: { token: "token-1", sinceEpochMs: 2_000 } });
		expect(await store.read("checkout")).toStrictEqual(state);
	});

	it("given two questions, of which the older one is written last, keeps the newer one", async () => {
		const { store, enrol } = await make();
		await enrol(unasked);
		const newer = await store.write("checkout", question("newer", 2_000));

		const current = await refusing(store.write("checkout", question("older", 1_999)));

		expect(current).toStrictEqual(newer);
		expect(await store.read("checkout")).toStrictEqual(newer);
	});

	it("given an older question that is written after the newer one was answered, nobody is asked", async () => {
		const { store, enrol } = await make();
		await enrol(unasked);
		await store.write("checkout", question("newer", 2_000));
		const answered = await store.write("checkout", endPause(7, "newer"));

		const current = await refusing(store.write("checkout", question("older", 1_999)));

		expect(answered).toStrictEqual({ ...unasked, askedAtEpochMs: 2_000 });
		expect(current).toStrictEqual(answered);
	});

	it("given one question that is written twice, because an answer was lost, changes nothing the second time", async () => {
		const { store, enrol } = await make();
		await enrol(unasked);
		const first = await store.write("checkout", question("token-1", 2_000));

		const second = await store.write("checkout", question("token-1", 2_000));

		expect(second).toStrictEqual(first);
	});

	it("given a newer question, it takes the place of the older one", async () => {
		const { store, enrol } = await make();
		await enrol(fullState("checkout"));
		const sinceEpochMs = (fullState("checkout").askedAtEpochMs ?? 0) + 1;

		const state = await store.write("checkout", question("newer", sinceEpochMs));

		expect(state).toMatchObject({ askedAtEpochMs: sinceEpochMs, pause: { token: "newer" } });
	});

	it("given two people who answer at once, writes down one of them, and the other after having seen it", async () => {
		const { store, enrol } = await make();
		await enrol(unasked);
		const { pause: asked } = await store.write("checkout", question("token-1", 2_000));
		if (asked === undefined) throw new Error("Nothing was asked.");
		const first = await store.write("checkout", recordAnswer(7, asked, answerBy("ana"), false));

		const current = await refusing(store.write("checkout", recordAnswer(7, asked, answerBy("ben"), true)));
		const second = await store.write("checkout", recordAnswer(7, current.pause ?? asked, answerBy("ben"), true));

		expect(current).toStrictEqual(first);
		expect(second).toMatchObject({
			pause: { answers: [answerBy("ana"), answerBy("ben")], answeredBy: answerBy("ben") },
			answeredAtEpochMs: 2_000,
		});
		expect(await refusing(store.write("checkout", lapsePause(7, first.pause ?? asked)))).toStrictEqual(second);
	});

	it("given wishes, the one that was read is replaced or ended, and no other", async () => {
		const { store, enrol } = await make();
		const { wish: _, ...before } = unasked;
		await enrol(before);
		const wish = (id: string): Wish => ({ id, verb: "pause", by: "ana", atEpochMs: 1, phase: before.phase });
		const first = await store.write("checkout", makeWish(before, wish("1")));

		const current = await refusing(store.write("checkout", makeWish(before, wish("2"))));
		const second = await store.write("checkout", makeWish(first, wish("3")));
		const refused = await refusing(store.write("checkout", endWish(7, wish("1"))));
		const ended = await store.write("checkout", endWish(7, wish("3")));

		expect(current).toStrictEqual(first);
		expect(refused).toStrictEqual(second);
		expect(ended.wish).toStrictEqual({ ...wish("3"), isOver: true });
	});

	it("given a pause that is taken back, asks no question for it, and once it is asked takes it back no more", async () => {
		const { store, enrol } = await make();
		const { wish: _, ...before } = unasked;
		await enrol(before);
		const wish: Wish = { id: "1", verb: "pause", by: "ana", atEpochMs: 1, phase: before.phase };
		const pause: Pause = { reason: "person", explanation: "", token: "t", sinceEpochMs: 2_000, approvers: [] };
		await store.write("checkout", makeWish(before, wish));
		const asked = await store.write("checkout", beginPause(7, pause, 2_000, undefined, wish));
		expect(await refusing(store.write("checkout", takeWishBack(7, wish)))).toStrictEqual(asked);

		await store.write("checkout", endPause(7, "t"));
		const ended = await store.write("checkout", takeWishBack(7, wish));

		const current = await refusing(store.write("checkout", beginPause(7, pause, 3_000, undefined, wish)));
		expect(current).toStrictEqual(ended);
	});

	it("given an answer to a question that is not asked, refuses it", async () => {
		const { store, enrol } = await make();
		await enrol(unasked);

		const current = await refusing(store.write("checkout", endPause(7, "token-1")));

		expect(current).toStrictEqual(unasked);
	});

	it("given conditions on a wish that hold, writes; without any wish only the one that asks for none", async () => {
		const { store, enrol } = await make();
		await enrol(fullState("checkout"));
		await enrol(idle);
		const wished = {
			wantedAtEpochMs: 1_700_000_007_000,
			wantedBeforeEpochMs: 1_700_000_007_001,
			lastWantedBeforeEpochMs: 1_700_000_007_501,
		};
		const none = { wantedBeforeEpochMs: 0, lastWantedBeforeEpochMs: 1 };

		const written = await store.write("checkout", { condition: none, set: { weightPercent: 1 } });
		await enrol(fullState("checkout"));
		const held = await store.write("checkout", { condition: wished, set: { weightPercent: 50 } });
		await refusing(
			store.write("checkout", { condition: { lastWantedBeforeEpochMs: 1_700_000_007_500 }, set: { weightPercent: 1 } }),
		);
		await enrol(idle);
		const current = await refusing(
			store.write("checkout", { condition: { wantedAtEpochMs: 1_700_000_007_000 }, set: { weightPercent: 50 } }),
		);

		expect(written.weightPercent).toBe(1);
		expect(held.weightPercent).toBe(50);
		expect(current).toStrictEqual(idle);
	});
};
