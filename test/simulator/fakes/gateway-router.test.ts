import { describe, expect, it } from "vitest";
import type { ServiceDefinition } from "../../../lib/domain/service-definition.ts";
import { InvalidTrafficAccessError } from "../../../lib/ports/traffic-router.ts";
import { fakeGatewayRouter } from "../../../simulator/fakes/gateway-router.ts";
import { fakeGatewayHealth } from "../../../simulator/fakes/target-health.ts";
import { endpointsKey, routeKey } from "../../../simulator/world/gateway-routing.ts";
import { Refusal } from "../../../simulator/world/refusal.ts";
import { contractDefinition, gatewayRoute } from "../../contracts/contract-definition.ts";
import { gatewayReachContract } from "../../contracts/gateway-reach.contract.ts";
import { targetHealthContract } from "../../contracts/target-health.contract.ts";
import { trafficRouterContract } from "../../contracts/traffic-router.contract.ts";
import { digestOf, makeStage } from "./stage.ts";

const route = gatewayRoute();
const key = routeKey(route);

const enrolled = () => {
	const stage = makeStage();
	const definition: ServiceDefinition = {
		...contractDefinition(),
		route,
		measurements: { kind: "custom-metrics", namespace: "Shop", periodSeconds: 10, slowerThanMs: 1_000 },
	};
	stage.world.enrol(definition, { imageDigest: digestOf("a"), replicas: 4, requestsPerSecond: 100 });
	const { world, caller } = stage;
	return { ...stage, router: fakeGatewayRouter(world, caller, "production") };
};

trafficRouterContract("fakeGatewayRouter", async () => {
	const { world, caller, router } = enrolled();
	const divert = async (): Promise<void> => world.httpRoutes.edit(key, { backends: { maintenance: 1 } });
	// A controller that keeps up with everything: what it has yet to see is another test's matter.
	const get = world.httpRoutes.get.bind(world.httpRoutes);
	world.httpRoutes.get = (name) => {
		const found = get(name);
		return found && { ...found, observedGeneration: found.generation };
	};
	return {
		router,
		foreignRouter: fakeGatewayRouter(world, caller, "staging"),
		route,
		placeForeignTrial: async () => {
			await divert();
			world.httpRoutes.edit(key, { rolloutId: "by-hand" });
		},
		removeBase: async () => world.httpRoutes.edit(key, { backends: {} }),
		divertBase: divert,
		failNextRead: () =>
			caller.failNext({ matches: (operation) => operation === "kubernetes:get:httproutes", moment: "before-effect" }),
		failNextWrite: (moment) =>
			caller.failNext({ matches: (operation) => operation === "kubernetes:patch:httproutes", moment }),
	};
});

gatewayReachContract("fakeGatewayRouter", async () => {
	const { world, router } = enrolled();
	return { router, route, point: (backends) => world.httpRoutes.edit(key, { backends }) };
});

targetHealthContract("fakeGatewayHealth", async () => {
	const { world, caller } = makeStage();
	world.targetGroups.create(endpointsKey(route, "green"), 300, "endpoints");
	return {
		targetHealth: fakeGatewayHealth(world, caller),
		route,
		slot: "green",
		knowsChecks: false,
		register: async (states) =>
			states.forEach((state, index) => {
				world.targetGroups.seed(endpointsKey(route, "green"), `pod-${index}`, state);
			}),
		failNextRead: () =>
			caller.failNext({ matches: (operation) => operation.includes("list"), moment: "before-effect" }),
	};
});

describe("fakeGatewayRouter makes the calls of the real adapter", () => {
	it("given a fresh sandbox, asks for the cluster once, reads and writes, and reads back", async () => {
		const { caller, router } = enrolled();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		await router.abandon(trialRuleArn);
		await router.read(route);

		expect(caller.operations).toEqual([
			"eks:DescribeCluster",
			"kubernetes:get:httproutes",
			"kubernetes:patch:httproutes",
			"kubernetes:get:httproutes",
			"kubernetes:patch:httproutes",
			"kubernetes:get:httproutes",
		]);
	});

	it("given a change, says that it is pending until the controller has looked", async () => {
		const { router, pass } = enrolled();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		await router.shift(route, trialRuleArn, { blue: 95, green: 5 });
		const before = await router.read(route);
		await pass(1);

		expect(before.isPending).toBe(true);
		expect(await router.read(route)).not.toHaveProperty("isPending");
	});

	it("given weights, users follow them within three seconds", async () => {
		const { world, router, pass } = enrolled();
		const { trialRuleArn } = await router.open(route, "checkout-7", "blue");
		await router.shift(route, trialRuleArn, { blue: 75, green: 25 });
		await pass(3.5);

		expect(world.traffic.of("checkout").shares.at(-1)).toMatchObject({ blue: 0.75, green: 0.25 });
	});

	it("given no access, says so and not that the router is silent", async () => {
		const { world, caller } = enrolled();
		const denying = {
			...caller,
			call: async () => {
				throw new Refusal("AccessDenied", "not authorized to perform this");
			},
		};

		await expect(fakeGatewayRouter(world, denying, "production").read(route)).rejects.toThrow(
			InvalidTrafficAccessError,
		);
	});
});
