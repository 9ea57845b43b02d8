import { describe, expect, it } from "vitest";
import type { Preview, TrafficRoute } from "../../lib/domain/service-definition.ts";
import { TrafficConflictError, TrialGoneConflictError } from "../../lib/ports/traffic-router.ts";
import type { MakeTrafficRouter } from "./traffic-router.contract.ts";

const stableOnly = { blue: 100, green: 0 };
const canaryOnly = { blue: 0, green: 100 };

const preview: Preview = { header: { name: "X-Preview", value: "checkout" } };

/** What every TrafficRouter promises for routes with a preview: the same fence, and zero means testers as well. */
export const trafficRouterPreviewContract = <Route extends TrafficRoute & { readonly preview?: Preview | undefined }>(
	name: string,
	make: MakeTrafficRouter<Route>,
): void => {
	describe(`${name} keeps the contract of TrafficRouter for testers`, () => itShowsTesters(make));
};

const itShowsTesters = <Route extends TrafficRoute & { readonly preview?: Preview | undefined }>(
	make: MakeTrafficRouter<Route>,
): void => {
	const made = async () => {
		const setup = await make();
		return { ...setup, route: { ...setup.route, preview } };
	};
	const opened = async () => {
		const { route, ...setup } = await made();
		const { trialRuleArn, previewRuleArn = "" } = await setup.router.open(route, "checkout-7", "blue");
		return { ...setup, route, trialRuleArn, previewRuleArn };
	};

	it("given a route with a preview, opens it at weight 0 beside the trial", async () => {
		const { router, route, trialRuleArn, previewRuleArn } = await opened();

		expect(previewRuleArn).not.toBe("");
		expect(await router.read(route)).toEqual({
			base: stableOnly,
			trial: { ruleArn: trialRuleArn, rolloutId: "checkout-7", weights: stableOnly },
			preview: { ruleArn: previewRuleArn, rolloutId: "checkout-7", weights: stableOnly },
		});
	});

	it("given an open preview, shows testers the canary and leaves users alone", async () => {
		const { router, route, previewRuleArn } = await opened();

		await router.shift(route, previewRuleArn, canaryOnly);
		await router.shift(route, previewRuleArn, canaryOnly);

		const reading = await router.read(route);
		expect(reading.preview?.weights).toEqual(canaryOnly);
		expect(reading).toMatchObject({ base: stableOnly, trial: { weights: stableOnly } });
	});

	it("given a shift of the trial, leaves testers where they are", async () => {
		const { router, route, trialRuleArn, previewRuleArn } = await opened();
		await router.shift(route, previewRuleArn, canaryOnly);

		await router.shift(route, trialRuleArn, { blue: 50, green: 50 });

		const reading = await router.read(route);
		expect(reading.preview?.weights).toEqual(canaryOnly);
		expect(reading.trial?.weights).toEqual({ blue: 50, green: 50 });
	});

	it("given its own preview, answers it again and leaves its weights alone", async () => {
		const { router, route, trialRuleArn, previewRuleArn } = await opened();
		await router.shift(route, previewRuleArn, canaryOnly);

		const again = await router.open(route, "checkout-7", "blue");

		expect(again).toEqual({ trialRuleArn, previewRuleArn });
		expect((await router.read(route)).preview?.weights).toEqual(canaryOnly);
	});

	it("given the route alone, removes both and is content when they are gone", async () => {
		const { router, route } = await opened();

		await router.abandon(route);
		await router.abandon(route);

		expect(await router.read(route)).toEqual({ base: stableOnly, trial: null });
	});

	it("given both names, one after the other, removes both and is content when they are gone", async () => {
		const { router, route, trialRuleArn, previewRuleArn } = await opened();

		await router.abandon(trialRuleArn);
		await router.abandon(previewRuleArn);
		await router.abandon(previewRuleArn);

		expect(await router.read(route)).toEqual({ base: stableOnly, trial: null });
	});

	it("given a preview that is gone, refuses to show it: a late write has lost its right", async () => {
		const { router, route, previewRuleArn } = await opened();
		await router.abandon(route);

		await expect(router.shift(route, previewRuleArn, canaryOnly)).rejects.toThrow(TrialGoneConflictError);

		expect(await router.read(route)).toEqual({ base: stableOnly, trial: null });
	});

	it("given what another environment shows its testers, refuses and leaves it", async () => {
		const { router, foreignRouter, route: previewed } = await made();
		await foreignRouter.open(previewed, "checkout-7", "blue");

		await expect(router.open(previewed, "checkout-7", "blue")).rejects.toThrow(TrafficConflictError);
		await router.abandon(previewed);

		expect((await foreignRouter.read(previewed)).preview?.rolloutId).toBe("checkout-7");
	});

	it("given a base rule that is pointed at the canary, leaves testers where they are", async () => {
		const { router, route, previewRuleArn } = await opened();
		await router.shift(route, previewRuleArn, canaryOnly);

		await router.adopt(route, "green");

		const reading = await router.read(route);
		expect(reading.base).toEqual(canaryOnly);
		expect(reading.preview?.weights).toEqual(canaryOnly);
	});
};
