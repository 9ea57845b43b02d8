import { expect, it } from "vitest";
import type { TrafficRoute } from "../../lib/domain/service-definition.ts";
import { TrafficUnavailableError } from "../../lib/ports/traffic-router.ts";
import type { MakeTrafficRouter } from "./traffic-router.contract.ts";

/** The part of the router's contract that holds while calls get no answer: unavailable, and never a lie about the effect. */
export const itSurvivesSilence = <Route extends TrafficRoute>(make: MakeTrafficRouter<Route>): void => {
	it("given no answer to a read, says that it is unavailable", async () => {
		const { router, route, failNextRead } = await make();
		failNextRead();

		await expect(router.read(route)).rejects.toThrow(TrafficUnavailableError);
	});

	it("given no acknowledgement of an opening, adopts the rule at the next attempt", async () => {
		const { router, route, failNextWrite } = await make();
		failNextWrite("after-effect");
		await expect(router.open(route, "checkout-7", "blue")).rejects.toThrow(TrafficUnavailableError);
		const orphan = (await router.read(route)).trial;

		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");

		expect(orphan).toEqual({ ruleArn: trialRuleArn, rolloutId: "checkout-7", weights: { blue: 100, green: 0 } });
	});

	it("given no acknowledgement of a shift that landed, shows it when read", async () => {
		const { router, route, failNextWrite } = await make();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		failNextWrite("after-effect");

		await expect(router.shift(route, trialRuleArn, { blue: 95, green: 5 })).rejects.toThrow(TrafficUnavailableError);

		expect((await router.read(route)).trial?.weights).toEqual({ blue: 95, green: 5 });
	});

	it("given a shift that never arrived, leaves the weights as they were", async () => {
		const { router, route, failNextWrite } = await make();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		failNextWrite("before-effect");

		await expect(router.shift(route, trialRuleArn, { blue: 95, green: 5 })).rejects.toThrow(TrafficUnavailableError);

		expect((await router.read(route)).trial?.weights).toEqual({ blue: 100, green: 0 });
	});

	it("given an abandonment that never arrived, does not call it success", async () => {
		const { router, route, failNextWrite } = await make();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		failNextWrite("before-effect");

		await expect(router.abandon(trialRuleArn)).rejects.toThrow(TrafficUnavailableError);

		expect((await router.read(route)).trial?.ruleArn).toBe(trialRuleArn);
	});

	it("given no acknowledgement of an abandonment that landed, is content at the next attempt", async () => {
		const { router, route, failNextWrite } = await make();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		failNextWrite("after-effect");
		await expect(router.abandon(trialRuleArn)).rejects.toThrow(TrafficUnavailableError);

		await router.abandon(trialRuleArn);

		expect((await router.read(route)).trial).toBeNull();
	});

	it("given no acknowledgement of an adoption that landed, ends the same at the next attempt", async () => {
		const { router, route, failNextWrite } = await make();
		failNextWrite("after-effect");
		await expect(router.adopt(route, "green")).rejects.toThrow(TrafficUnavailableError);

		await router.adopt(route, "green");

		expect((await router.read(route)).base).toEqual({ blue: 0, green: 100 });
	});
};
