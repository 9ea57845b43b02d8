import { describe, expect, it } from "vitest";
import { idleState, type ServiceState } from "../../lib/domain/service-state.ts";
import type { Transition } from "../../lib/domain/transition.ts";
import {
	ReleaseSeenConflictError,
	SeatsTakenConflictError,
	type ServiceStore,
	StoreConflictError,
} from "../../lib/ports/service-store.ts";
import { SeatsUnavailableError, type TrialSeats } from "../../lib/ports/trial-seats.ts";
import { contractRelease } from "./contract-state.ts";

/** Seats and the store that takes them, over one empty table, and what a test may do to it. */
export interface TrialSeatsSetup {
	readonly seats: TrialSeats;
	readonly store: ServiceStore;
	enrol(state: ServiceState): Promise<void>;
	/** From now on the product answers nothing. */
	silence(): void;
}

const idle = (service: string): ServiceState => idleState(service, "blue", contractRelease("a"));

const start = (service: string, epoch = 1): Transition => ({
	condition: { epoch: epoch - 1, phaseIn: ["idle"] },
	set: { epoch, phase: "preparing", rolloutId: `${service}-${epoch}`, release: contractRelease("b") },
});

const admit = (store: ServiceStore, service: string, limit: number, epoch = 1): Promise<ServiceState> =>
	store.admit(service, contractRelease("b"), start(service, epoch), {
		again: epoch > 1,
		seat: { rolloutId: `${service}-${epoch}`, limit },
	});

const settingUp = async (make: () => Promise<TrialSeatsSetup>, ...services: readonly string[]) => {
	const setup = await make();
	for (const service of services) await setup.enrol(idle(service));
	return setup;
};

const refusalOf = async (admission: Promise<ServiceState>): Promise<SeatsTakenConflictError> => {
	const error: unknown = await admission.catch((reason: unknown) => reason);
	if (!(error instanceof SeatsTakenConflictError))
		throw new Error(`Expected SeatsTakenConflictError, got ${String(error)}.`);
	return error;
};

const takes = (make: () => Promise<TrialSeatsSetup>): void => {
	it("given nobody, lists nobody", async () => {
		expect(await (await make()).seats.list()).toEqual([]);
	});

	it("given a free seat, takes it in the transaction that admits", async () => {
		const { seats, store } = await settingUp(make, "checkout");

		const state = await admit(store, "checkout", 1);

		expect(state).toMatchObject({ phase: "preparing", rolloutId: "checkout-1" });
		expect(await seats.list()).toEqual(["checkout-1"]);
	});

	it("given no free seat, admits nothing, remembers nothing and says who holds them", async () => {
		const { seats, store } = await settingUp(make, "checkout", "payments", "search");
		await admit(store, "checkout", 2);
		await admit(store, "payments", 2);

		const refusal = await refusalOf(admit(store, "search", 2));

		expect(refusal.name).toBe("SeatsTakenConflictError");
		expect(refusal.holders).toEqual(["checkout-1", "payments-1"]);
		expect(await store.read("search")).toStrictEqual(idle("search"));
		await seats.giveBack("checkout-1");
		expect(await admit(store, "search", 2)).toMatchObject({ rolloutId: "search-1" });
	});

	it("given more services at once than seats, admits as many as there are seats", async () => {
		const services = ["a", "b", "c", "d", "e"];
		const { seats, store } = await settingUp(make, ...services);

		const ends = await Promise.allSettled(services.map((service) => admit(store, service, 3)));

		expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
		expect(await seats.list()).toHaveLength(3);
	});

	it("given an admission that is refused for another reason, takes no seat", async () => {
		const { seats, store } = await settingUp(make, "checkout");
		await store.admit("checkout", contractRelease("b"), start("checkout"));

		const seen = store.admit("checkout", contractRelease("b"), start("checkout"), {
			seat: { rolloutId: "checkout-1", limit: 5 },
		});
		await expect(seen).rejects.toThrow(ReleaseSeenConflictError);
		const conflict = store.admit("checkout", contractRelease("c"), start("checkout"), {
			seat: { rolloutId: "checkout-1", limit: 5 },
		});
		await expect(conflict).rejects.toThrow(StoreConflictError);

		expect(await seats.list()).toEqual([]);
	});

	it("given a lower limit than seats that are taken, admits nobody until enough are free", async () => {
		const { seats, store } = await settingUp(make, "a", "b", "c");
		await admit(store, "a", 5);
		await admit(store, "b", 5);

		await refusalOf(admit(store, "c", 1));
		await seats.giveBack("a-1");
		await refusalOf(admit(store, "c", 1));
		await seats.giveBack("b-1");

		expect(await admit(store, "c", 1)).toMatchObject({ rolloutId: "c-1" });
	});

	it("given no limit, takes no seat", async () => {
		const { seats, store } = await settingUp(make, "checkout");

		await store.admit("checkout", contractRelease("b"), start("checkout"));

		expect(await seats.list()).toEqual([]);
	});
};

const frees = (make: () => Promise<TrialSeatsSetup>): void => {
	it("given a seat that is given back twice, or never taken, changes nothing more", async () => {
		const { seats, store } = await settingUp(make, "checkout", "payments");
		await admit(store, "checkout", 2);
		await admit(store, "payments", 2);

		await seats.giveBack("checkout-1");
		await seats.giveBack("checkout-1");
		await seats.giveBack("search-9");

		expect(await seats.list()).toEqual(["payments-1"]);
	});

	it("given the last seat given back, lists nobody, and it can be taken again", async () => {
		const { seats, store } = await settingUp(make, "checkout");
		await admit(store, "checkout", 1);
		await store.write("checkout", { condition: {}, set: { phase: "idle" }, remove: ["rolloutId", "release"] });

		await seats.giveBack("checkout-1");

		expect(await seats.list()).toEqual([]);
		expect(await admit(store, "checkout", 1, 2)).toMatchObject({ rolloutId: "checkout-2" });
	});

	it("given a rollout that began when nobody counted, grants it a seat, once and beyond any limit", async () => {
		const { seats, store } = await settingUp(make, "checkout", "payments");
		await admit(store, "checkout", 1);

		await seats.grant("payments-7");
		await seats.grant("payments-7");

		expect(await seats.list()).toEqual(["checkout-1", "payments-7"]);
	});
};

/** What the seats of an environment promise, together with the store that takes them. */
export const trialSeatsContract = (name: string, make: () => Promise<TrialSeatsSetup>): void => {
	describe(`${name} as TrialSeats`, () => {
		takes(make);
		frees(make);

		it("given no answer, says that they are unavailable", async () => {
			const { seats, silence } = await make();
			silence();

			await expect(seats.list()).rejects.toThrow(SeatsUnavailableError);
			await expect(seats.grant("checkout-1")).rejects.toThrow(SeatsUnavailableError);
			await expect(seats.giveBack("checkout-1")).rejects.toThrow(SeatsUnavailableError);
		});
	});
};
