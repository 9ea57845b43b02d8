import { InvalidAwsCallError } from "../../lib/ports/errors.ts";
import { InvalidTrafficAccessError, TrafficUnavailableError } from "../../lib/ports/traffic-router.ts";
import type { Caller, RemoteCall } from "../kernel/caller.ts";
import type { ListenerRule, NewRule, TargetGroupWeights } from "../world/load-balancer.ts";
import { isRefusal } from "../world/refusal.ts";
import type { World } from "../world/world.ts";
import { failureOf } from "./call-failure.ts";

/** A snapshot of the rules that one DescribeRules answers, by priority. */
export type ListedRules = (priority: number) => ListenerRule | null;

/** Listener rules as the ELBv2 API has them, one remote call each, with errors in the words of the port TrafficRouter. */
export interface ListenerRules {
	/** DescribeRules: the rules at these priorities, as they are at that moment. */
	list(listenerArn: string, priorities: readonly number[]): Promise<ListedRules>;
	/** DescribeTags: null when the rule is gone. */
	readTags(ruleArn: string): Promise<Readonly<Record<string, string>> | null>;
	/** CreateRule: the ARN of the new rule; null when its priority is in use. */
	create(listenerArn: string, rule: NewRule): Promise<string | null>;
	/** ModifyRule: false when the rule is gone. */
	modify(ruleArn: string, weights: TargetGroupWeights): Promise<boolean>;
	/** DeleteRule: false when the rule was gone already. */
	remove(ruleArn: string): Promise<boolean>;
}

const tagKeys = (kind: "aws:ResourceTag" | "aws:RequestTag", tags: Readonly<Record<string, string>>) =>
	Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${kind}/${key}`, value]));

const failed = (operation: string, error: unknown): Error => {
	const failure = failureOf(operation, error, TrafficUnavailableError);
	if (!(failure instanceof InvalidAwsCallError)) return failure;
	return new InvalidTrafficAccessError(failure.message, { cause: error });
};

/** One of the Describe calls, which know no resources, with its failure in the words of the port. */
export const describeBalancer = async <T>(
	caller: Caller,
	operation: string,
	about: string,
	effect: () => T,
): Promise<T> => {
	try {
		return await caller.call({ operation, resource: "*", about }, effect);
	} catch (error) {
		throw failed(operation, error);
	}
};

/** The rules of the world's load balancers. Writes are authorised by the tags that a rule has when the call is made. */
export const listenerRules = ({ loadBalancer }: Pick<World, "loadBalancer">, caller: Caller): ListenerRules => {
	const describe = <T>(operation: string, about: string, effect: () => T): Promise<T> =>
		describeBalancer(caller, operation, about, effect);
	/**
	 * A policy by tag cannot match a rule that no longer exists, so AWS may deny access where it would have answered
	 * RuleNotFound: on a denial, the listener's own list tells the two apart, as in the real adapter.
	 */
	const write = async (
		operation: string,
		ruleArn: string,
		effect: () => void,
		requestTags: Readonly<Record<string, string>> = {},
	): Promise<boolean> => {
		const conditions = {
			...tagKeys("aws:ResourceTag", loadBalancer.rule(ruleArn)?.tags ?? {}),
			...tagKeys("aws:RequestTag", requestTags),
		};
		const call: RemoteCall = { operation, resource: ruleArn, conditions };
		try {
			await caller.call(call, effect);
			return true;
		} catch (error) {
			if (isRefusal(error, "RuleNotFound")) return false;
			const failure = failed(operation, error);
			if (!(failure instanceof InvalidTrafficAccessError)) throw failure;
			const isThere = await describe(
				"elasticloadbalancing:DescribeRules",
				ruleArn,
				() => loadBalancer.rule(ruleArn) !== null,
			);
			if (isThere) throw failure;
			return false;
		}
	};
	return {
		list: (listenerArn, priorities) =>
			describe("elasticloadbalancing:DescribeRules", `${listenerArn} ${priorities}`, () => {
				const listed = new Map(priorities.map((priority) => [priority, loadBalancer.ruleAt(listenerArn, priority)]));
				return (priority) => listed.get(priority) ?? null;
			}),
		readTags: (ruleArn) =>
			describe("elasticloadbalancing:DescribeTags", ruleArn, () => loadBalancer.rule(ruleArn)?.tags ?? null),
		create: async (listenerArn, rule) => {
			const operation = "elasticloadbalancing:CreateRule";
			const conditions = tagKeys("aws:RequestTag", rule.tags);
			// Tags given at creation are authorised as AddTags on the rule that is yet to have an ARN.
			const tagging = {
				action: "elasticloadbalancing:AddTags",
				resource: `${listenerArn.replace(":listener/", ":listener-rule/")}/*`,
				conditions: { ...conditions, "elasticloadbalancing:CreateAction": "CreateRule" },
			};
			const call: RemoteCall = {
				operation,
				resource: listenerArn,
				conditions,
				authorisedAs: [{ action: operation }, tagging],
			};
			try {
				return await caller.call(call, () => loadBalancer.createRule(listenerArn, rule).ruleArn);
			} catch (error) {
				if (isRefusal(error, "PriorityInUse")) return null;
				throw failed(operation, error);
			}
		},
		modify: (ruleArn, weights) =>
			write("elasticloadbalancing:ModifyRule", ruleArn, () => loadBalancer.modifyRule(ruleArn, weights)),
		remove: (ruleArn) => write("elasticloadbalancing:DeleteRule", ruleArn, () => loadBalancer.deleteRule(ruleArn)),
	};
};
