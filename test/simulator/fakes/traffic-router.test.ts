import { describe, expect, it } from "vitest";
import { InvalidTrafficAccessError } from "../../../lib/ports/traffic-router.ts";
import { fakeTrafficRouter } from "../../../simulator/fakes/traffic-router.ts";
import { Refusal } from "../../../simulator/world/refusal.ts";
import { trafficRouterContract } from "../../contracts/traffic-router.contract.ts";
import { trafficRouterPreviewContract } from "../../contracts/traffic-router-preview.ts";
import { makeStage, type Stage } from "./stage.ts";

const reading = "elasticloadbalancing:DescribeRules";
const foreignTargetGroup = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/other/5555555555555555";

const enrolled = (): Stage => {
	const stage = makeStage();
	stage.enrol();
	return stage;
};

const contractSetup = async () => {
	const { world, caller, definition } = enrolled();
	const { route } = definition;
	const { loadBalancer } = world;
	return {
		router: fakeTrafficRouter(world, caller, "production"),
		foreignRouter: fakeTrafficRouter(world, caller, "staging"),
		route,
		placeForeignTrial: async () => {
			const weights = { [foreignTargetGroup]: 1 };
			loadBalancer.createRule(route.listenerArn, { priority: route.trialPriority, conditions: [], weights, tags: {} });
		},
		removeBase: async () => {
			const rule = loadBalancer.ruleAt(route.listenerArn, route.basePriority);
			if (rule !== null) loadBalancer.deleteRule(rule.ruleArn);
		},
		divertBase: async () => {
			const base = loadBalancer.ruleAt(route.listenerArn, route.basePriority);
			if (base !== null) loadBalancer.modifyRule(base.ruleArn, { [foreignTargetGroup]: 1 });
		},
		failNextRead: () => caller.failNext({ matches: (operation) => operation === reading, moment: "before-effect" }),
		failNextWrite: (moment: "before-effect" | "after-effect") =>
			caller.failNext({ matches: (operation) => !operation.includes(":Describe"), moment }),
	};
};

trafficRouterContract("fakeTrafficRouter", contractSetup);
trafficRouterPreviewContract("fakeTrafficRouter", contractSetup);

describe("fakeTrafficRouter makes the calls of the real adapter", () => {
	it("given a free trial priority, opens with a list and a creation that the tags authorise", async () => {
		const { world, caller, definition } = enrolled();

		await fakeTrafficRouter(world, caller, "production").open(definition.route, "checkout-7", "blue");

		expect(caller.operations).toEqual([reading, "elasticloadbalancing:CreateRule"]);
		expect(caller.calls[1]?.conditions).toEqual({
			"aws:RequestTag/sluice:rollout": "checkout-7",
			"aws:RequestTag/sluice:environment": "production",
		});
	});

	it("given the rule's name, abandons it with a single call under its tags", async () => {
		const { world, caller, definition } = enrolled();
		const router = fakeTrafficRouter(world, caller, "production");
		const { trialRuleArn } = await router.open(definition.route, "checkout-7", "blue");
		caller.calls.length = 0;

		await router.abandon(trialRuleArn);

		expect(caller.operations).toEqual(["elasticloadbalancing:DeleteRule"]);
		expect(caller.calls[0]).toMatchObject({
			resource: trialRuleArn,
			conditions: { "aws:ResourceTag/sluice:environment": "production" },
		});
	});

	it("given a trial, reads with two calls; without one, with one", async () => {
		const { world, caller, definition } = enrolled();
		const router = fakeTrafficRouter(world, caller, "production");
		await router.read(definition.route);
		const without = caller.operations;
		await router.open(definition.route, "checkout-7", "blue");
		caller.calls.length = 0;

		await router.read(definition.route);

		expect(without).toEqual([reading]);
		expect(caller.operations).toEqual([reading, "elasticloadbalancing:DescribeTags"]);
	});
});

describe("fakeTrafficRouter under IAM", () => {
	it("given that a write is denied on a rule that is there, says that access is invalid", async () => {
		const { world, caller, definition } = enrolled();
		const router = fakeTrafficRouter(world, caller, "production");
		const { trialRuleArn } = await router.open(definition.route, "checkout-7", "blue");
		const denying = {
			...caller,
			call: async <T>(call: { readonly operation: string; readonly resource: string }, effect: () => T): Promise<T> => {
				if (call.operation.includes("Describe")) return effect();
				throw new Refusal("AccessDenied", "not authorized to perform this");
			},
		};

		const denied = fakeTrafficRouter(world, denying, "production").abandon(trialRuleArn);

		await expect(denied).rejects.toThrow(InvalidTrafficAccessError);
	});

	it("given that a write is denied on a rule that is gone, takes it for gone", async () => {
		const { world, caller, definition } = enrolled();
		const router = fakeTrafficRouter(world, caller, "production");
		const { trialRuleArn } = await router.open(definition.route, "checkout-7", "blue");
		await router.abandon(trialRuleArn);
		caller.calls.length = 0;
		const denying = {
			...caller,
			call: async <T>(call: { readonly operation: string; readonly resource: string }, effect: () => T): Promise<T> => {
				if (call.operation.includes("Describe")) return caller.call(call, effect);
				throw new Refusal("AccessDenied", "no rule carries the tag any more");
			},
		};

		await fakeTrafficRouter(world, denying, "production").abandon(trialRuleArn);

		expect(caller.operations).toEqual([reading]);
	});
});
