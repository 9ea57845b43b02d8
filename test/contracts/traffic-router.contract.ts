import { describe, expect, it } from "vitest";
import type { TrafficRoute } from "../../lib/domain/service-definition.ts";
import { TrafficConflictError, type TrafficRouter, TrialGoneConflictError } from "../../lib/ports/traffic-router.ts";
import { itSurvivesSilence } from "./traffic-router-silence.ts";

/**
 * What a runner must be able to do to the world behind the router.
 * At the start the base rule of `route` is there and sends everything to blue; the trial priority is free.
 */
export interface TrafficRouterSetup<Route extends TrafficRoute> {
	/** The router of environment "production". */
	readonly router: TrafficRouter<Route>;
	/** A router of environment "staging" that shares the listener. */
	readonly foreignRouter: TrafficRouter<Route>;
	readonly route: Route;
	/** Makes by hand what stands where a trial would: it carries no mark of Sluice and forwards to neither slot. */
	placeForeignTrial(): Promise<void>;
	/** Deletes the base rule by hand. */
	removeBase(): Promise<void>;
	/** Edits the base rule by hand, so that it forwards to neither slot. */
	divertBase(): Promise<void>;
	/** The next call that reads the configuration gets no answer. */
	failNextRead(): void;
	/** The next call that changes it gets no answer, and lands or does not. */
	failNextWrite(moment: "before-effect" | "after-effect"): void;
}

export type MakeTrafficRouter<Route extends TrafficRoute> = () => Promise<TrafficRouterSetup<Route>>;

/** What every TrafficRouter promises, whatever it is made of (D3, D4). */
export const trafficRouterContract = <Route extends TrafficRoute>(
	name: string,
	make: MakeTrafficRouter<Route>,
): void => {
	describe(`${name} keeps the contract of TrafficRouter`, () => {
		describe("open", () => itOpens(make));
		describe("open, beside the base rule", () => itOpensBesideABaseRuleOnly(make));
		describe("shift", () => itShifts(make));
		describe("abandon", () => itAbandons(make));
		describe("adopt", () => itAdopts(make));
		describe("when the router is silent", () => itSurvivesSilence(make));
	});
};

const itOpens = <Route extends TrafficRoute>(make: MakeTrafficRouter<Route>): void => {
	it.each(["blue", "green"] as const)(
		"given a free trial priority and %s as stable, opens at weight 0",
		async (stable) => {
			const { router, route } = await make();

			const { trialRuleArn } = await router.open(route, "checkout-7", stable);

			const weights = stable === "blue" ? { blue: 100, green: 0 } : { blue: 0, green: 100 };
			expect(await router.read(route)).toEqual({
				base: { blue: 100, green: 0 },
				trial: { ruleArn: trialRuleArn, rolloutId: "checkout-7", weights },
			});
		},
	);

	it("given its own rule, answers it again and leaves its weights alone", async () => {
		const { router, route } = await make();
		const first = await router.open(route, "checkout-7", "blue");
		await router.shift(route, first.trialRuleArn, { blue: 90, green: 10 });

		const second = await router.open(route, "checkout-7", "blue");

		expect(second).toEqual(first);
		expect((await router.read(route)).trial?.weights).toEqual({ blue: 90, green: 10 });
	});

	it("given a rule of another rollout, refuses and leaves it alone", async () => {
		const { router, route } = await make();
		await router.open(route, "checkout-6", "blue");

		await expect(router.open(route, "checkout-7", "blue")).rejects.toThrow(TrafficConflictError);

		expect((await router.read(route)).trial?.rolloutId).toBe("checkout-6");
	});

	it("given a rule that another environment made for a rollout of the same name, refuses", async () => {
		const { router, foreignRouter, route } = await make();
		await foreignRouter.open(route, "checkout-7", "blue");

		await expect(router.open(route, "checkout-7", "blue")).rejects.toThrow(TrafficConflictError);

		expect((await router.read(route)).trial?.rolloutId).toBeNull();
	});

	it("given a rule made by hand, refuses and says that it is nobody's", async () => {
		const { router, route, placeForeignTrial } = await make();
		await placeForeignTrial();

		await expect(router.open(route, "checkout-7", "blue")).rejects.toThrow(TrafficConflictError);

		expect((await router.read(route)).trial).toMatchObject({ rolloutId: null, weights: { blue: 0, green: 0 } });
	});
};

const itOpensBesideABaseRuleOnly = <Route extends TrafficRoute>(make: MakeTrafficRouter<Route>): void => {
	it("given no base rule, refuses and makes nothing", async () => {
		const { router, route, removeBase } = await make();
		await removeBase();

		await expect(router.open(route, "checkout-7", "blue")).rejects.toThrow(TrafficConflictError);

		expect(await router.read(route)).toMatchObject({ base: null, trial: null });
	});

	it("given a base rule that forwards elsewhere, refuses and makes nothing", async () => {
		const { router, route, divertBase } = await make();
		await divertBase();

		await expect(router.open(route, "checkout-7", "blue")).rejects.toThrow(TrafficConflictError);

		expect(await router.read(route)).toMatchObject({ base: null, trial: null });
	});
};

const itShifts = <Route extends TrafficRoute>(make: MakeTrafficRouter<Route>): void => {
	it.each([0, 1, 33, 50, 100])(
		"given an open trial, sets the canary to %i %% and leaves the base rule alone",
		async (green) => {
			const { router, route } = await make();
			const { trialRuleArn } = await router.open(route, "checkout-7", "blue");

			await router.shift(route, trialRuleArn, { blue: 100 - green, green });

			const reading = await router.read(route);
			expect(reading.trial?.weights).toEqual({ blue: 100 - green, green });
			expect(reading.base).toEqual({ blue: 100, green: 0 });
		},
	);

	it("given the same weights twice, ends where one call would", async () => {
		const { router, route } = await make();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");

		await router.shift(route, trialRuleArn, { blue: 75, green: 25 });
		await router.shift(route, trialRuleArn, { blue: 75, green: 25 });

		expect((await router.read(route)).trial?.weights).toEqual({ blue: 75, green: 25 });
	});

	it("given a trial that was abandoned, refuses: a late write has lost its right", async () => {
		const { router, route } = await make();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		await router.abandon(trialRuleArn);

		await expect(router.shift(route, trialRuleArn, { blue: 0, green: 100 })).rejects.toThrow(TrialGoneConflictError);

		expect(await router.read(route)).toEqual({ base: { blue: 100, green: 0 }, trial: null });
	});

	it("given a newer rollout at the same priority, refuses the older one's write", async () => {
		const { router, route } = await make();
		const older = await router.open(route, "checkout-7", "blue");
		await router.abandon(older.trialRuleArn);
		const newer = await router.open(route, "checkout-8", "blue");

		await expect(router.shift(route, older.trialRuleArn, { blue: 0, green: 100 })).rejects.toThrow(
			TrialGoneConflictError,
		);

		expect((await router.read(route)).trial).toEqual({
			ruleArn: newer.trialRuleArn,
			rolloutId: "checkout-8",
			weights: { blue: 100, green: 0 },
		});
	});
};

const itAbandons = <Route extends TrafficRoute>(make: MakeTrafficRouter<Route>): void => {
	it.each(["with", "without"])("%s the rule's name, removes the trial and leaves the base rule alone", async (how) => {
		const { router, route } = await make();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");

		await (how === "with" ? router.abandon(trialRuleArn) : router.abandon(route));

		expect(await router.read(route)).toEqual({ base: { blue: 100, green: 0 }, trial: null });
	});

	it("given nothing at the trial priority, is content", async () => {
		const { router, route } = await make();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		await router.abandon(trialRuleArn);

		await router.abandon(trialRuleArn);
		await router.abandon(route);

		expect((await router.read(route)).trial).toBeNull();
	});

	it("given no base rule, still removes the trial", async () => {
		const { router, route, removeBase } = await make();
		await router.open(route, "checkout-7", "blue");
		await removeBase();

		await router.abandon(route);

		expect(await router.read(route)).toMatchObject({ base: null, trial: null });
	});

	it("without the rule's name, leaves a rule made by hand alone", async () => {
		const { router, route, placeForeignTrial } = await make();
		await placeForeignTrial();

		await router.abandon(route);

		expect((await router.read(route)).trial).not.toBeNull();
	});

	it("without the rule's name, leaves another environment's rule alone", async () => {
		const { router, foreignRouter, route } = await make();
		await foreignRouter.open(route, "checkout-7", "blue");

		await router.abandon(route);

		expect((await foreignRouter.read(route)).trial?.rolloutId).toBe("checkout-7");
	});
};

const itAdopts = <Route extends TrafficRoute>(make: MakeTrafficRouter<Route>): void => {
	it("given a trial at 100 %, points the base rule at the canary and leaves the trial alone", async () => {
		const { router, route } = await make();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		await router.shift(route, trialRuleArn, { blue: 0, green: 100 });

		await router.adopt(route, "green");
		await router.adopt(route, "green");

		const reading = await router.read(route);
		expect(reading.base).toEqual({ blue: 0, green: 100 });
		expect(reading.trial?.ruleArn).toBe(trialRuleArn);
	});

	it("given no base rule, refuses", async () => {
		const { router, route, removeBase } = await make();
		await removeBase();

		await expect(router.adopt(route, "green")).rejects.toThrow(TrafficConflictError);
	});

	it("given a base rule that forwards elsewhere, refuses and does not fight", async () => {
		const { router, route, divertBase } = await make();
		await divertBase();

		await expect(router.adopt(route, "green")).rejects.toThrow(TrafficConflictError);

		expect((await router.read(route)).base).toBeNull();
	});
};
