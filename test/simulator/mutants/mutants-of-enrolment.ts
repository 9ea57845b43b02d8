import { nothingLostOnTheWayIn } from "../../../simulator/checkers/nothing-lost-on-the-way-in.ts";
import { scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import { withPorts } from "./code-break.ts";
import type { Mutant } from "./mutant.ts";

/** Breaks of what takes a service into Sluice's care. */
export const mutantsOfEnrolment: readonly Mutant[] = [
	{
		what: "an enrolment that moves users to pods as soon as they are asked for",
		caughtBy: nothingLostOnTheWayIn,
		says: "blue gets requests for",
		scenario: scenarioOf("enrol"),
		code: {
			"enrol-service": withPorts(({ workloads, baseRoute }) => ({
				workloads: {
					...workloads,
					read: async (target, slot) => {
						const seen = await workloads.read(target, slot);
						return { ...seen, readyReplicas: seen.minReplicas, isSettled: true };
					},
				},
				baseRoute: {
					...baseRoute,
					inspect: async (route, fromPriority) => {
						const facts = await baseRoute.inspect(route, fromPriority);
						const groups = Object.entries(facts.groups).map(([arn, group]) => [arn, { ...group, healthyTargets: 100 }]);
						return { ...facts, groups: Object.fromEntries(groups) };
					},
				},
			})),
		},
	},
	{
		what: "an enrolment that is not told of a default action which serves the user's own pods as well",
		caughtBy: nothingLostOnTheWayIn,
		says: "still sends them requests",
		scenario: scenarioOf("enrol"),
		world: ({ world: { loadBalancer } }) => {
			const create = loadBalancer.createRule.bind(loadBalancer);
			loadBalancer.createRule = (listenerArn, rule) => {
				const served = Object.entries(rule.weights).filter(([, weight]) => weight > 0);
				loadBalancer.setDefault(listenerArn, Object.fromEntries(served));
				return create(listenerArn, rule);
			};
		},
		code: {
			"enrol-service": withPorts(({ baseRoute }) => ({
				baseRoute: {
					...baseRoute,
					routesTo: async () => [],
				},
			})),
		},
	},
	{
		what: "an enrolment that takes away the rule that it has copied",
		caughtBy: nothingLostOnTheWayIn,
		says: "of the user's is gone",
		scenario: scenarioOf("enrol"),
		world: ({ world: { loadBalancer } }) => {
			const create = loadBalancer.createRule.bind(loadBalancer);
			loadBalancer.createRule = (listenerArn, rule) => {
				const made = create(listenerArn, rule);
				for (const { ruleArn } of loadBalancer.rulesOf(listenerArn))
					if (ruleArn !== made.ruleArn) loadBalancer.deleteRule(ruleArn);
				return made;
			};
		},
	},
];
