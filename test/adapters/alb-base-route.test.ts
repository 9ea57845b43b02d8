import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, it } from "vitest";
import { albBaseRoute } from "../../lib/adapters/alb-base-route.ts";
import { loadBalancerRouteOf } from "../../lib/domain/traffic-route.ts";
import { baseRouteContract } from "../contracts/base-route.contract.ts";
import { contractDefinition } from "../contracts/contract-definition.ts";
import { ElbProduct } from "./wire/elb-product.ts";
import type { QueryStructure } from "./wire/query-product.ts";
import { clientOptions, type WireRequest, wireTo } from "./wire/wire.ts";

const route = loadBalancerRouteOf(contractDefinition());
const { blue, green } = route.targetGroupArns;
const own = blue.replace("checkout-blue", "checkout-own");
const host: QueryStructure = { Field: "host-header", HostHeaderConfig: { Values: ["checkout.example"] } };

const forward = (weights: Readonly<Record<string, number>>) => [
	{
		Type: "forward",
		ForwardConfig: {
			TargetGroups: Object.entries(weights).map(([TargetGroupArn, weight]) => ({
				TargetGroupArn,
				Weight: String(weight),
			})),
		},
	},
];

const setup = (afterwards: (request: WireRequest) => void = () => {}) => {
	const product = new ElbProduct(route.listenerArn);
	for (const arn of [blue, green, own]) product.targets.set(arn, ["healthy", "initial"]);
	const wire = wireTo((request) => {
		const answer = product.answer(request);
		afterwards(request);
		return answer;
	});
	const client = new ElasticLoadBalancingV2Client(clientOptions(wire));
	return { product, wire, baseRoute: albBaseRoute(client, "production") };
};

interface StoredAction {
	readonly ForwardConfig: {
		readonly TargetGroups: readonly { readonly TargetGroupArn: string; readonly Weight: string }[];
	};
}

baseRouteContract("albBaseRoute on the wire", () => {
	const { product, wire, baseRoute } = setup();
	return {
		baseRoute,
		route,
		own,
		place: async (priority, weights, tags = {}) => {
			product.place({
				priority: String(priority),
				conditions: [host],
				actions: forward(weights),
				tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
			});
		},
		placeDefault: async (listenerArn, weights) => {
			if (listenerArn === route.listenerArn) product.defaultActions = forward(weights);
			else product.otherListeners.set(listenerArn, { rules: [], defaultActions: forward(weights) });
		},
		at: async (priority) => {
			const rule = product.at(priority);
			if (rule === undefined) return null;
			const [action] = rule.actions as unknown as readonly StoredAction[];
			const groups = action?.ForwardConfig.TargetGroups ?? [];
			return {
				weights: Object.fromEntries(groups.map(({ TargetGroupArn, Weight }) => [TargetGroupArn, Number(Weight)])),
				tags: Object.fromEntries(rule.tags.map(({ Key, Value }) => [String(Key), String(Value)])),
			};
		},
		silence: wire.silence,
	};
});

describe("albBaseRoute reads what forbids enrolment", () => {
	it("given more listeners and rules than a page has, says what sends the user's group requests by each", async () => {
		const { product, baseRoute } = setup();
		product.listenerPageLimit = 1;
		product.pageLimit = 1;
		product.place({ priority: "500", conditions: [host], actions: forward({ [own]: 1 }) });
		const redirect = [{ Type: "redirect", RedirectConfig: { StatusCode: "HTTP_301" } }];
		const second = route.listenerArn.replace(/[^/]+$/, "9999999999999999");
		const third = route.listenerArn.replace(/[^/]+$/, "aaaaaaaaaaaaaaaa");
		const rule = { priority: "7", conditions: [host], actions: [{ Type: "forward", TargetGroupArn: own }] };
		const stored = { ...rule, ruleArn: "rule-7", transforms: [], tags: [] };
		product.otherListeners.set(second, { rules: [], defaultActions: redirect });
		product.otherListeners.set(third, { rules: [stored], defaultActions: redirect });

		expect(await baseRoute.routesTo(route, own, { loadBalancerArns: [] })).toEqual([
			expect.objectContaining({ listenerArn: route.listenerArn, priority: 500 }),
			{ listenerArn: third, ruleArn: "rule-7", priority: 7 },
		]);
	});

	it("given a listener and a load balancer that are gone by the time they are asked, says what the others send", async () => {
		const { product, baseRoute } = setup(({ body }) => {
			if (body.includes("DescribeListeners")) product.otherListeners.clear();
		});
		product.place({ priority: "500", conditions: [host], actions: forward({ [own]: 1 }) });
		const second = route.listenerArn.replace(/[^/]+$/, "9999999999999999");
		product.otherListeners.set(second, { rules: [], defaultActions: forward({ [own]: 1 }) });
		const gone = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/gone/1";

		expect(await baseRoute.routesTo(route, own, { loadBalancerArns: [gone] })).toMatchObject([{ priority: 500 }]);
	});

	it("given targets in several states, says the address, port and state of each", async () => {
		const { product, baseRoute } = setup();
		product.place({ priority: "500", conditions: [host], actions: forward({ [own]: 1 }) });

		expect((await baseRoute.inspect(route, 500)).groups[own]?.targets).toEqual([
			{ address: "10.0.0.1", port: 8080, state: "healthy" },
			{ address: "10.0.0.2", port: 8080, state: "initial" },
		]);
	});

	it("given stickiness, an authentication and tags of a controller, says each", async () => {
		const { product, baseRoute } = setup();
		product.sticky.add(own);
		product.listenerTags.push({ Key: "elbv2.k8s.aws/cluster", Value: "shop" });
		product.place({
			priority: "500",
			conditions: [host],
			actions: [
				{ Type: "authenticate-oidc", Order: "1" },
				{ Type: "forward", Order: "2", TargetGroupArn: own },
			],
		});

		const facts = await baseRoute.inspect(route, 500);

		expect(facts.users).toMatchObject({ actions: ["authenticate-oidc", "forward"], weights: { [own]: 1 } });
		expect(facts.groups[own]).toMatchObject({ isSticky: true, healthyTargets: 1 });
		expect(facts.groups[own]?.targets).toEqual([
			{ address: "10.0.0.1", port: 8080, state: "healthy" },
			{ address: "10.0.0.2", port: 8080, state: "initial" },
		]);
		expect(facts.listenerTags).toEqual({ "elbv2.k8s.aws/cluster": "shop" });
	});

	it("given a target group that is not there, says null of it", async () => {
		const { product, baseRoute } = setup();
		product.targets.delete(blue);

		expect((await baseRoute.inspect(route, null)).groups[blue]).toBeNull();
	});

	it("given conditions that cannot be compared, treats them as matching anything", async () => {
		const { product, baseRoute } = setup();
		const query: QueryStructure = { Field: "query-string", QueryStringConfig: { Values: [{ Key: "a", Value: "b" }] } };
		product.place({ priority: "500", conditions: [query], actions: forward({ [own]: 1 }) });

		expect((await baseRoute.inspect(route, 500)).users?.conditions).toEqual([
			{ field: "query-string", values: [], unlisted: 1 },
		]);
	});

	it("given a condition on a header, takes its name for no value of it", async () => {
		const { product, baseRoute } = setup();
		const header: QueryStructure = {
			Field: "http-header",
			HttpHeaderConfig: { HttpHeaderName: "X-Team", Values: ["shop"] },
		};
		product.place({ priority: "500", conditions: [header], actions: forward({ [own]: 1 }) });

		expect((await baseRoute.inspect(route, 500)).users?.conditions).toEqual([
			{ field: "http-header", values: ["shop"] },
		]);
	});

	it("given the copy of a rule, says that it matches the same, whatever the order; given another header or rewrite, not", async () => {
		const { product, baseRoute } = setup();
		const header = (name: string): QueryStructure => ({
			Field: "http-header",
			HttpHeaderConfig: { HttpHeaderName: name, Values: ["shop", "till"] },
		});
		const other: QueryStructure = {
			Field: "http-header",
			HttpHeaderConfig: { HttpHeaderName: "X-Team", Values: ["till", "shop"] },
		};
		const rewrites = {
			transforms: [{ Type: "url-rewrite", UrlRewriteConfig: { Rewrites: [{ Regex: "^/a", Replace: "/" }] } }],
		};
		const rules = [
			{ priority: "500", conditions: [host, header("X-Team")] },
			{ priority: "501", conditions: [other, host] },
			{ priority: "502", conditions: [host, header("X-Group")] },
			{ priority: "503", conditions: [host, header("X-Team")], ...rewrites },
		];
		for (const rule of rules) product.place({ ...rule, actions: forward({ [own]: 1 }) });

		const [first, ...others] = (await baseRoute.inspect(route, 500)).rules;

		expect(others.map(({ conditionsText }) => conditionsText === first?.conditionsText)).toEqual([true, false, true]);
		expect(others.map(({ transformsText }) => transformsText === first?.transformsText)).toEqual([true, true, false]);
	});
});
