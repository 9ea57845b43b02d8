import { describe, expect, it, onTestFinished } from "vitest";
import { gatewayTrafficRouter } from "../../lib/adapters/gateway-traffic-router.ts";
import {
	InvalidTrafficAccessError,
	TrafficConflictError,
	TrafficUnavailableError,
	TrialGoneConflictError,
} from "../../lib/ports/traffic-router.ts";
import { gatewayReachContract } from "../contracts/gateway-reach.contract.ts";
import { trafficRouterContract } from "../contracts/traffic-router.contract.ts";
import { annotate, elsewhere, givenRoute, silent, withRules } from "./wire/gateway-stage.ts";
import { backend, routePath, startGatewayWorld, usersRoute } from "./wire/gateway-world.ts";

trafficRouterContract("gatewayTrafficRouter", async () => {
	const { server, route, apiOf, edit, router } = await givenRoute(silent);
	return {
		router,
		foreignRouter: gatewayTrafficRouter(apiOf, "staging"),
		route,
		placeForeignTrial: async () => {
			edit(elsewhere);
			edit(annotate({ "sluice.dev/rollout": "by-hand" }));
		},
		removeBase: async () => edit(withRules([{ backendRefs: [backend("pages")] }])),
		divertBase: async () => edit(elsewhere),
		failNextRead: () => server.fail({ kind: "timeout", method: "GET", hasEffect: false }),
		failNextWrite: (moment) => server.fail({ kind: "timeout", method: "PATCH", hasEffect: moment === "after-effect" }),
	};
});

gatewayReachContract("gatewayTrafficRouter", async () => {
	const { route, router, edit } = await givenRoute();
	return {
		router,
		route,
		point: (weights) => {
			const backendRefs = Object.entries(weights).map(([service, weight]) => backend(service, weight));
			edit(withRules([{ backendRefs: [backend("pages")] }, { backendRefs }]));
		},
	};
});

describe("gatewayTrafficRouter, whether anything reaches a slot", () => {
	const toSlot = { backendRefs: [backend("checkout-blue")] };

	it.each([
		["two rules for the slots", [toSlot, toSlot]],
		["session persistence", [{ ...toSlot, sessionPersistence: { sessionName: "s" } }]],
		["no weight said, beside another", [{ backendRefs: [backend("pages", 1), { name: "checkout-blue" }] }]],
	])("given %s, does not take the lack of plain shares for the lack of requests", async (_, rules) => {
		const { router, route } = await givenRoute(withRules(rules));

		const reading = await router.read(route);

		expect(reading.base).toBeNull();
		expect(reading).not.toHaveProperty("reachesNoSlot");
	});
});

describe("gatewayTrafficRouter, opening", () => {
	it("given a route that nobody has written, patches it once, and only the version that was read", async () => {
		const { router, route, patches, annotations, backends } = await givenRoute();

		await router.open(route, "checkout-7", "blue");

		expect(patches()).toHaveLength(1);
		expect(patches()[0]).toHaveProperty("0.op", "test");
		expect(patches()[0]).toHaveProperty("0.path", "/metadata/resourceVersion");
		expect(annotations()).toEqual({
			"sluice.dev/epoch": "7",
			"sluice.dev/rollout": "checkout-7",
			"sluice.dev/environment": "production",
			"sluice.dev/base-slot": "blue",
		});
		expect(backends()).toEqual([backend("checkout-blue", 100), backend("checkout-green", 0)]);
	});

	it("given annotations and other rules of the user's, leaves them alone", async () => {
		const { router, route, annotations, stored } = await givenRoute(annotate({ team: "payments" }));

		await router.open(route, "checkout-7", "blue");

		expect(annotations()).toMatchObject({ team: "payments", "sluice.dev/rollout": "checkout-7" });
		expect(stored().spec.rules?.[0]).toEqual({ backendRefs: [backend("pages")] });
	});

	it("given only the stable slot's Service in the rule, adds the other like it", async () => {
		const { router, route, stored } = await givenRoute(withRules([{ backendRefs: [backend("checkout-blue")] }]));

		await router.open(route, "checkout-7", "blue");

		expect(stored().spec.rules?.[0]?.backendRefs).toEqual([
			backend("checkout-blue", 100),
			backend("checkout-green", 0),
		]);
	});

	it("given a trial that was ended, opens with an epoch that no earlier writer knows", async () => {
		const { router, route, annotations } = await givenRoute();
		const first = await router.open(route, "checkout-7", "blue");
		await router.abandon(route);
		expect(annotations()["sluice.dev/epoch"]).toBe("8");

		const again = await router.open(route, "checkout-7", "blue");

		expect(again.trialRuleArn).not.toBe(first.trialRuleArn);
		await expect(router.shift(route, first.trialRuleArn, { blue: 0, green: 100 })).rejects.toThrow(
			TrialGoneConflictError,
		);
	});

	it.each([
		["session persistence", { sessionPersistence: { sessionName: "s" } }],
		["a redirect", { filters: [{ type: "RequestRedirect" }] }],
		["a third backend", { backendRefs: [backend("checkout-blue", 98), backend("other", 1)] }],
		["a backend of the same name in another namespace", { backendRefs: [{ name: "checkout-blue", namespace: "x" }] }],
		["weights that are all zero", { backendRefs: [backend("checkout-blue", 0), backend("checkout-green", 0)] }],
	])("given a rule with %s, refuses: shares of two slots do not say what it does", async (_, more) => {
		const rule = { backendRefs: [backend("checkout-blue", 1), backend("checkout-green", 0)], ...more };
		const { router, route } = await givenRoute(withRules([rule]));

		await expect(router.open(route, "checkout-7", "blue")).rejects.toThrow(/exactly one rule/);
	});

	it("given two rules that forward to the slots, refuses", async () => {
		const rule = { backendRefs: [backend("checkout-blue")] };
		const { router, route } = await givenRoute(withRules([rule, rule]));

		await expect(router.open(route, "checkout-7", "blue")).rejects.toThrow(TrafficConflictError);
	});

	it.each([
		["no controller has seen", []],
		["no controller accepts", [{ type: "Accepted", status: "False" }]],
		[
			"lacks a backend",
			[
				{ type: "Accepted", status: "True" },
				{ type: "ResolvedRefs", status: "False" },
			],
		],
	])("given a route that %s, refuses", async (_, conditions) => {
		const { router, route } = await givenRoute((live) => ({ ...live, status: { parents: [{ conditions }] } }));

		await expect(router.open(route, "checkout-7", "blue")).rejects.toThrow(/served by no controller/);
	});

	it("given somebody who writes in between, looks again and opens", async () => {
		const { router, route, server, edit, annotations } = await givenRoute();
		server.before("PATCH", routePath, () => edit(annotate({ team: "payments" })));

		await router.open(route, "checkout-7", "blue");

		expect(annotations()).toMatchObject({ team: "payments", "sluice.dev/rollout": "checkout-7" });
	});
});

describe("gatewayTrafficRouter, counting requests", () => {
	it("given a trial's name, ends it with one read and one write, and reads back with one read", async () => {
		const { router, route, methods } = await givenRoute();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		const before = methods().length;

		await router.abandon(trialRuleArn);
		await router.read(route);

		expect(methods().slice(before)).toEqual(["GET", "PATCH", "GET"]);
	});

	it("given a name of another kind, asks nothing", async () => {
		const { router, methods } = await givenRoute();

		await router.abandon("arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener-rule/app/shop/1/2/3");

		expect(methods()).toEqual([]);
	});
});

describe("gatewayTrafficRouter, what the controller has seen", () => {
	it("given a controller that has yet to look, says so until it has", async () => {
		const { router, route, observe } = await givenRoute();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		await router.shift(route, trialRuleArn, { blue: 95, green: 5 });
		const before = await router.read(route);
		observe();

		expect(before.isPending).toBe(true);
		expect(await router.read(route)).not.toHaveProperty("isPending");
	});

	it("given an end that changes no weight, there is nothing to wait for", async () => {
		const { router, route, observe } = await givenRoute();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		observe();

		await router.abandon(trialRuleArn);

		expect(await router.read(route)).toEqual({ base: { blue: 100, green: 0 }, trial: null });
	});
});

describe("gatewayTrafficRouter, failing", () => {
	it.each([401, 403])("given %i, says that access is missing, which no retry mends", async (status) => {
		const { router, route, server } = await givenRoute();
		server.fail({ kind: "status", status });

		await expect(router.read(route)).rejects.toThrow(InvalidTrafficAccessError);
	});

	it.each([429, 500, 503])("given %i, says that it is unavailable", async (status) => {
		const { router, route, server } = await givenRoute();
		server.fail({ kind: "status", status });

		await expect(router.abandon(route)).rejects.toThrow(TrafficUnavailableError);
	});

	it("given a cluster that does not want the object, passes its reason on and does not ask for ever", async () => {
		const { router, route, server, methods } = await givenRoute();
		server.fail({
			kind: "status",
			status: 422,
			body: JSON.stringify({ message: "weights are locked" }),
			method: "PATCH",
		});

		const refused = router.open(route, "checkout-7", "blue");

		await expect(refused).rejects.toThrow(InvalidTrafficAccessError);
		await expect(refused).rejects.toThrow(/weights are locked/);
		expect(methods()).toEqual(["GET", "PATCH", "GET"]);
	});

	it("given somebody who always writes in between, gives up", async () => {
		const { router, route, server, edit } = await givenRoute();
		let count = 0;
		const interfere = (): void => {
			count += 1;
			edit(annotate({ count: String(count) }));
			server.before("PATCH", routePath, interfere);
		};
		server.before("PATCH", routePath, interfere);

		await expect(router.open(route, "checkout-7", "blue")).rejects.toThrow(TrafficUnavailableError);
		expect(count).toBe(3);
	});

	it("given no answer, gives up in time", async () => {
		const world = await startGatewayWorld(50);
		onTestFinished(() => world.server.close());
		world.server.fail({ kind: "silence" });

		await expect(gatewayTrafficRouter(world.apiOf, "production").read(world.route)).rejects.toThrow(/limit 50 ms/);
	});
});

it("given a user's route, it is what these tests begin with", async () => {
	const { stored } = await givenRoute();

	expect(stored()).toMatchObject(usersRoute());
});
