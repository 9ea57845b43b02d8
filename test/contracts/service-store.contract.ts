import { describe, expect, it } from "vitest";
import { releaseOf } from "../../lib/domain/release.ts";
import { idleState, type ServiceState } from "../../lib/domain/service-state.ts";
import type { Transition } from "../../lib/domain/transition.ts";
import {
	InvalidServiceError,
	ReleaseSeenConflictError,
	type ServiceStore,
	StoreConflictError,
	StoreUnavailableError,
} from "../../lib/ports/service-store.ts";
import { contractRelease, fullState } from "./contract-state.ts";
import { itKeepsQuestionsInOrder } from "./service-store-questions.ts";

/** A fresh, empty store and what a test may do to it. Time need not pass, and `listBusy` must not lag. */
export interface ServiceStoreSetup {
	readonly store: ServiceStore;
	/** Puts a service's first item in place, as enrolment does. */
	enrol(state: ServiceState): Promise<void>;
	/** From now on the product answers nothing. */
	silence(): void;
}

const idle = idleState("checkout", "blue", contractRelease("a"));
const start = (epoch: number): Transition => ({
	condition: { epoch: epoch - 1, phaseIn: ["idle"] },
	set: { epoch, phase: "preparing", rolloutId: `checkout-${epoch}`, release: contractRelease("b") },
});
const finish: Transition = {
	condition: {},
	set: { phase: "idle", weightPercent: 0 },
	remove: ["rolloutId", "release"],
};

const refusalOf = async (write: Promise<ServiceState>): Promise<StoreConflictError> => {
	const error: unknown = await write.catch((reason: unknown) => reason);
	if (!(error instanceof StoreConflictError)) throw new Error(`Expected StoreConflictError, got ${String(error)}.`);
	return error;
};

const reads = (make: () => Promise<ServiceStoreSetup>): void => {
	it("given an enrolled service, reads every attribute back", async () => {
		const { store, enrol } = await make();
		await enrol(fullState("checkout"));

		const state = await store.read("checkout");

		expect(state).toStrictEqual(fullState("checkout"));
	});

	it("given a service that was never enrolled, refuses to read or write it by name", async () => {
		const { store, enrol } = await make();
		await enrol(idle);

		await expect(store.read("search")).rejects.toThrow(InvalidServiceError);
		await expect(store.write("search", start(1))).rejects.toThrow(InvalidServiceError);
		await expect(store.read("search")).rejects.toThrow(InvalidServiceError);
	});
};

const writes = (make: () => Promise<ServiceStoreSetup>): void => {
	it("given a condition that holds, applies the transition and answers the state after it", async () => {
		const { store, enrol } = await make();
		await enrol(idle);

		const answered = await store.write("checkout", start(1));

		const expected = { ...idle, epoch: 1, phase: "preparing", rolloutId: "checkout-1", release: contractRelease("b") };
		expect(answered).toStrictEqual(expected);
		expect(await store.read("checkout")).toStrictEqual(expected);
	});

	it("given an attribute to set if absent, keeps the first value", async () => {
		const { store, enrol } = await make();
		await enrol(idle);
		const expose = (exposedAtEpochMs: number): Transition => ({
			condition: { epoch: 0 },
			set: { weightPercent: 5 },
			setIfAbsent: { exposedAtEpochMs },
		});

		await store.write("checkout", expose(1_000));
		const state = await store.write("checkout", expose(2_000));

		expect(state).toStrictEqual({ ...idle, weightPercent: 5, exposedAtEpochMs: 1_000 });
	});

	it("given attributes to remove, whether there or not, answers a state without them", async () => {
		const { store, enrol } = await make();
		const { pause: _, ...unpaused } = fullState("checkout");
		await enrol(fullState("checkout"));
		const resume: Transition = { condition: { rolloutId: "checkout-7" }, set: {}, remove: ["pause"] };

		await store.write("checkout", resume);
		const state = await store.write("checkout", resume);

		expect(state).toStrictEqual(unpaused);
	});

	it("given nothing to change, answers the state as it is", async () => {
		const { store, enrol } = await make();
		await enrol(idle);

		const state = await store.write("checkout", { condition: { epoch: 0 }, set: {} });

		expect(state).toStrictEqual(idle);
	});

	it("given a state read before a write, leaves it as it was", async () => {
		const { store, enrol } = await make();
		await enrol(idle);
		const before = await store.read("checkout");

		await store.write("checkout", start(1));

		expect(before).toStrictEqual(idle);
	});
};

const refusals = (make: () => Promise<ServiceStoreSetup>): void => {
	it.each([
		["an older epoch", { epoch: 6 }],
		["another phase", { phaseIn: ["preparing", "window"] }],
		["no phase at all", { phaseIn: [] }],
		["another rollout", { rolloutId: "checkout-6" }],
		["one of two that fails", { epoch: 7, rolloutId: "checkout-6" }],
		["another pause", { pauseToken: "another" }],
		["a smaller weight", { weightAtMostPercent: 0 }],
		["no question since one that was asked earlier", { askedBeforeEpochMs: 1_700_000_003_999 }],
		["no question since one that was asked in that instant", { askedBeforeEpochMs: 1_700_000_004_000 }],
		["another wish", { wantedAtEpochMs: 1_700_000_007_001 }],
		["no wish since one of that instant", { wantedBeforeEpochMs: 1_700_000_007_000 }],
	] as const)("given a condition on %s, changes nothing and carries the state that refused", async (_, condition) => {
		const { store, enrol } = await make();
		await enrol(fullState("checkout"));

		const refusal = await refusalOf(store.write("checkout", { condition, set: { weightPercent: 50 } }));

		expect(refusal.name).toBe("StoreConflictError");
		expect(refusal.current).toStrictEqual(fullState("checkout"));
		expect(await store.read("checkout")).toStrictEqual(fullState("checkout"));
	});

	it("given a condition on a rollout while there is none, refuses", async () => {
		const { store, enrol } = await make();
		await enrol(idle);

		const refusal = await refusalOf(
			store.write("checkout", { condition: { rolloutId: "checkout-1" }, set: { weightPercent: 5 } }),
		);

		expect(refusal.current).toStrictEqual(idle);
	});

	it("given two writers with one epoch, lets exactly one win", async () => {
		const { store, enrol } = await make();
		await enrol(idle);

		const ends = await Promise.allSettled([store.write("checkout", start(1)), store.write("checkout", start(1))]);

		expect(ends.map((end) => end.status).sort()).toEqual(["fulfilled", "rejected"]);
		expect((await store.read("checkout")).epoch).toBe(1);
	});
};

const admissions = (make: () => Promise<ServiceStoreSetup>): void => {
	it("given a release for the first time, writes the state", async () => {
		const { store, enrol } = await make();
		await enrol(idle);

		const state = await store.admit("checkout", contractRelease("b"), start(1));

		expect(state).toMatchObject({ epoch: 1, phase: "preparing", rolloutId: "checkout-1" });
		expect(await store.read("checkout")).toStrictEqual(state);
	});

	it("given a release that was admitted before, changes nothing even where the condition holds", async () => {
		const { store, enrol } = await make();
		await enrol(idle);
		await store.admit("checkout", contractRelease("b"), start(1));
		const settled = await store.write("checkout", finish);

		const again = store.admit("checkout", contractRelease("b", "another-tag"), start(2));

		await expect(again).rejects.toThrow(ReleaseSeenConflictError);
		expect(await store.read("checkout")).toStrictEqual(settled);
	});

	it("given an image that was admitted before with other content, refuses it as well", async () => {
		const { store, enrol } = await make();
		await enrol(idle);
		const { imageDigest, tag } = contractRelease("b");
		await store.admit("checkout", releaseOf(imageDigest, tag, "c".repeat(64)), start(1));
		await store.write("checkout", finish);

		const again = store.admit("checkout", releaseOf(imageDigest, tag, "d".repeat(64)), start(2));

		await expect(again).rejects.toThrow(ReleaseSeenConflictError);
	});

	it("given a release twice at once, admits it once", async () => {
		const { store, enrol } = await make();
		await enrol(idle);
		const queue: Transition = { condition: {}, set: { next: contractRelease("b") } };

		const ends = await Promise.allSettled([
			store.admit("checkout", contractRelease("b"), queue),
			store.admit("checkout", contractRelease("b"), queue),
		]);

		expect(ends.map((end) => end.status).sort()).toEqual(["fulfilled", "rejected"]);
	});

	it("given a condition that fails, carries the state and does not remember the release", async () => {
		const { store, enrol } = await make();
		await enrol(idle);

		const refusal = await refusalOf(store.admit("checkout", contractRelease("b"), start(9)));

		expect(refusal.current).toStrictEqual(idle);
		expect(await store.admit("checkout", contractRelease("b"), start(1))).toMatchObject({ epoch: 1 });
	});

	it("given a release that another service admitted, admits it", async () => {
		const { store, enrol } = await make();
		await enrol(idle);
		await enrol({ ...idle, service: "search" });
		await store.admit("search", contractRelease("b"), start(1));

		const state = await store.admit("checkout", contractRelease("b"), start(1));

		expect(state).toMatchObject({ service: "checkout", epoch: 1 });
	});

	it("given a service that was never enrolled, refuses and remembers nothing", async () => {
		const { store, enrol } = await make();

		await expect(store.admit("checkout", contractRelease("b"), start(1))).rejects.toThrow(InvalidServiceError);

		await enrol(idle);
		expect(await store.admit("checkout", contractRelease("b"), start(1))).toMatchObject({ epoch: 1 });
	});
};

const listing = (make: () => Promise<ServiceStoreSetup>): void => {
	it("given services of which some are busy, lists those with their whole state", async () => {
		const { store, enrol } = await make();
		await enrol(idle);
		await enrol(fullState("search"));
		await enrol(fullState("basket"));

		const busy = await store.listBusy();

		expect([...busy].sort((a, b) => a.service.localeCompare(b.service))).toStrictEqual([
			fullState("basket"),
			fullState("search"),
		]);
	});

	it("given a service that starts and ends a rollout, lists it from the one to the other", async () => {
		const { store, enrol } = await make();
		await enrol(idle);

		await store.admit("checkout", contractRelease("b"), start(1));
		const during = await store.listBusy();
		await store.write("checkout", { condition: {}, set: { weightPercent: 0 } });
		const untouched = await store.listBusy();
		await store.write("checkout", finish);
		const after = await store.listBusy();

		expect([during, untouched, after].map((states) => states.map(({ phase }) => phase))).toEqual([
			["preparing"],
			["preparing"],
			[],
		]);
	});
};

/** What every ServiceStore promises, whatever it stores in. */
export const serviceStoreContract = (name: string, make: () => Promise<ServiceStoreSetup>): void => {
	describe(`${name} as a ServiceStore`, () => {
		reads(make);
		writes(make);
		refusals(make);
		admissions(make);
		listing(make);
		itKeepsQuestionsInOrder(make);

		it("given a store that does not answer, says that it is unavailable", async () => {
			const { store, enrol, silence } = await make();
			await enrol(idle);
			silence();

			await expect(store.read("checkout")).rejects.toThrow(StoreUnavailableError);
			await expect(store.write("checkout", start(1))).rejects.toThrow(StoreUnavailableError);
			await expect(store.admit("checkout", contractRelease("b"), start(1))).rejects.toThrow(StoreUnavailableError);
			await expect(store.listBusy()).rejects.toThrow(StoreUnavailableError);
		});
	});
};
