import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { albTrafficRouter } from "../../../lib/adapters/alb-traffic-router.ts";
import { contractDefinition } from "../../contracts/contract-definition.ts";
import { ElbProduct } from "./elb-product.ts";
import { lossyProduct } from "./lossy-product.ts";
import type { QueryStructure } from "./query-product.ts";
import { clientOptions, type WireRequest, wireTo } from "./wire.ts";

export const { route } = contractDefinition();
export const { blue, green } = route.targetGroupArns;
export const elsewhere = blue.replace("checkout-blue", "maintenance");

export const paths: QueryStructure = {
	Field: "path-pattern",
	PathPatternConfig: { Values: ["/checkout", "/checkout/*"] },
};

/** The action that shares requests between groups by weight, as on the wire. */
export const forward = (weights: Readonly<Record<string, string>>) => [
	{
		Type: "forward",
		Order: "1",
		ForwardConfig: {
			TargetGroups: Object.entries(weights).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })),
			TargetGroupStickinessConfig: { Enabled: "false" },
		},
	},
];

/** The call that a request makes. */
export const actionOf = (request: WireRequest): string => new URLSearchParams(request.body).get("Action") ?? "";

/** A listener with the base rule, a router that speaks to it, and what was sent. */
export const setup = (
	base: {
		readonly conditions?: QueryStructure[];
		readonly actions?: QueryStructure[];
		readonly transforms?: QueryStructure[];
	} = {},
) => {
	const product = new ElbProduct(route.listenerArn);
	product.place({
		priority: String(route.basePriority),
		conditions: base.conditions ?? [paths],
		actions: base.actions ?? forward({ [blue]: "1" }),
		transforms: base.transforms ?? [],
	});
	const lossy = lossyProduct(product.answer, (request) => !actionOf(request).startsWith("Describe"));
	const wire = wireTo(lossy.answer);
	const client = new ElasticLoadBalancingV2Client(clientOptions(wire));
	const sent = (action: string) => wire.requests.filter((request) => actionOf(request) === action);
	return { product, lossy, wire, sent, client, router: albTrafficRouter(client, "production") };
};

/** The same, as the contract of TrafficRouter wants it. */
export const contractSetup = async () => {
	const { product, lossy, client, router } = setup();
	return {
		router,
		foreignRouter: albTrafficRouter(client, "staging"),
		route,
		placeForeignTrial: async () => {
			product.place({
				priority: String(route.trialPriority),
				conditions: [paths],
				actions: forward({ [elsewhere]: "1" }),
			});
		},
		removeBase: async () => {
			product.rules.delete(product.at(route.basePriority)?.ruleArn ?? "");
		},
		divertBase: async () => {
			const base = product.at(route.basePriority);
			if (base) product.rules.set(base.ruleArn, { ...base, actions: forward({ [elsewhere]: "1" }) });
		},
		failNextRead: lossy.failNextRead,
		failNextWrite: lossy.failNextWrite,
	};
};
