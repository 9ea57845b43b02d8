import { describe, expect, it } from "vitest";
import { TrialGoneConflictError } from "../../lib/ports/traffic-router.ts";
import { annotate, givenRoute, silent, withRules } from "./wire/gateway-stage.ts";
import { backend, type GatewayWorld, routePath } from "./wire/gateway-world.ts";

describe("gatewayTrafficRouter, late writes", () => {
	/** Sends a request of the past once more, as the network may. */
	const replay = async ({ server, apiOf }: GatewayWorld, position: number): Promise<unknown> => {
		const past = server.requests.filter(({ method }) => method === "PATCH")[position];
		return apiOf("shop")
			.jsonPatch(routePath, past?.body as Parameters<ReturnType<typeof apiOf>["jsonPatch"]>[1])
			.catch((error: unknown) => error);
	};

	it.each([
		["opening", 0],
		["shift", 1],
		["adoption", 2],
		["end", 3],
	])("given a late %s after the trial has ended, the cluster refuses it", async (_, position) => {
		const world = await givenRoute();
		const { router, route, backends, annotations } = world;
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		await router.shift(route, trialRuleArn, { blue: 95, green: 5 });
		await router.adopt(route, "green");
		await router.abandon(trialRuleArn);
		const [before, marks] = [backends(), annotations()];

		expect(await replay(world, position)).toMatchObject({ name: "InvalidObjectError" });

		expect([backends(), annotations()]).toEqual([before, marks]);
	});

	it("given a late smaller weight after a larger one, the cluster refuses it", async () => {
		const world = await givenRoute();
		const { router, route, backends } = world;
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		await router.shift(route, trialRuleArn, { blue: 95, green: 5 });
		await router.shift(route, trialRuleArn, { blue: 75, green: 25 });

		await replay(world, 1);

		expect(backends()).toEqual([backend("checkout-blue", 75), backend("checkout-green", 25)]);
	});

	it("given a rule that was moved down in between, weighs that one and no other", async () => {
		const { router, route, server, edit, stored } = await givenRoute();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		server.before("PATCH", routePath, () =>
			edit((live) => withRules([{ backendRefs: [backend("new")] }, ...(live.spec.rules ?? [])])(live)),
		);

		await router.shift(route, trialRuleArn, { blue: 95, green: 5 });

		const rules = stored().spec.rules ?? [];
		expect(rules.map(({ backendRefs = [] }) => backendRefs.map(({ weight }) => weight))).toEqual([
			[undefined],
			[undefined],
			[95, 5],
		]);
	});
});

describe("gatewayTrafficRouter, edits by hand", () => {
	it("given weights that somebody changed, says what they are and returns them at the end", async () => {
		const { router, route, edit, backends } = await givenRoute(silent);
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		edit(
			withRules([
				{ backendRefs: [backend("pages")] },
				{ backendRefs: [backend("checkout-green", 3), backend("checkout-blue", 1)] },
			]),
		);
		expect((await router.read(route)).trial?.weights).toEqual({ blue: 25, green: 75 });

		await router.abandon(trialRuleArn);

		expect(backends()).toEqual([backend("checkout-blue", 100), backend("checkout-green", 0)]);
	});

	it("given marks that somebody took away, opens again and sends everything to the stable slot", async () => {
		const { router, route, edit } = await givenRoute(silent);
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		await router.shift(route, trialRuleArn, { blue: 75, green: 25 });
		edit(annotate({}));
		expect(await router.read(route)).toEqual({ base: { blue: 75, green: 25 }, trial: null });

		await router.open(route, "checkout-7", "blue");
		await router.abandon(route);

		expect(await router.read(route)).toEqual({ base: { blue: 100, green: 0 }, trial: null });
	});

	it("given a route that is gone, ends what was open there and opens nothing", async () => {
		const { router, route, server } = await givenRoute();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		server.put(routePath, null);

		await router.abandon(trialRuleArn);

		expect(await router.read(route)).toEqual({ base: null, trial: null });
		await expect(router.open(route, "checkout-8", "blue")).rejects.toThrow(/is missing/);
		await expect(router.shift(route, trialRuleArn, { blue: 0, green: 100 })).rejects.toThrow(TrialGoneConflictError);
	});
});
