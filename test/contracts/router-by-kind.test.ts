import { describe, expect, it } from "vitest";
import { gatewayTrialName } from "../../lib/domain/gateway-trial.ts";
import { routerByKind, targetHealthByKind } from "../../lib/ports/router-by-kind.ts";
import type { TrafficRouter } from "../../lib/ports/traffic-router.ts";
import { contractDefinition, gatewayRoute } from "./contract-definition.ts";

const asked: string[] = [];

const router = (name: string): TrafficRouter => ({
	open: async () => {
		asked.push(name);
		return { trialRuleArn: name };
	},
	shift: async () => void asked.push(name),
	read: async () => {
		asked.push(name);
		return { base: null, trial: null };
	},
	abandon: async () => void asked.push(name),
	adopt: async () => void asked.push(name),
});

const both = routerByKind(router("load-balancer"), router("gateway"));
const weights = { blue: 100, green: 0 };

describe("a router for routes of both kinds", () => {
	it.each([
		["load-balancer", contractDefinition().route, "arn:aws:elasticloadbalancing:x:1:listener-rule/app/a/b/c/d"],
		["gateway", gatewayRoute(), gatewayTrialName({ route: gatewayRoute(), epoch: 7 })],
	] as const)("given a route or a trial of the kind %s, asks that router and no other", async (kind, route, trial) => {
		asked.length = 0;

		await both.open(route, "checkout-7", "blue");
		await both.shift(route, trial, weights);
		await both.read(route);
		await both.abandon(route);
		await both.abandon(trial);
		await both.adopt(route, "green");

		expect(asked).toEqual(Array(6).fill(kind));
	});

	it("given the health of a slot, asks by the route's kind as well", async () => {
		const health = (healthy: number) => ({ count: async () => ({ healthy, unhealthy: 0, failing: 0, unused: 0 }) });
		const either = targetHealthByKind(health(1), health(2));

		expect((await either.count(contractDefinition().route, "blue")).healthy).toBe(1);
		expect((await either.count(gatewayRoute(), "blue")).healthy).toBe(2);
	});
});
