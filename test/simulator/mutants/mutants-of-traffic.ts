import type { TrafficRoute } from "../../../lib/domain/service-definition.ts";
import { weightsFor } from "../../../lib/domain/slot.ts";
import type { TrafficRouter } from "../../../lib/ports/traffic-router.ts";
import { goesBackWithin30Seconds } from "../../../simulator/checkers/goes-back-within-30-seconds.ts";
import { neverAboveItsStep } from "../../../simulator/checkers/never-above-its-step.ts";
import { rolledBackStaysAtZero } from "../../../simulator/checkers/rolled-back-stays-at-zero.ts";
import { settles } from "../../../simulator/checkers/settles.ts";
import { scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import { givingUpAfter, withPorts } from "./code-break.ts";
import type { Mutant } from "./mutant.ts";

/** In every story here the stable release is in the blue slot. */
const allToStable = weightsFor("blue", 0);

/** A router whose trial rule lives on at weight 0, for the next rollout to use again. */
const reusing = (router: TrafficRouter): TrafficRouter => {
	const routes: TrafficRoute[] = [];
	return {
		...router,
		abandon: async (trial) => {
			const [route] = typeof trial === "string" ? routes : [trial];
			const ruleArn = typeof trial === "string" ? trial : (await router.read(trial)).trial?.ruleArn;
			if (route !== undefined && ruleArn !== undefined) await router.shift(route, ruleArn, allToStable);
		},
		read: async (route) => {
			routes.unshift(route);
			const { base, trial } = await router.read(route);
			return { base, trial: trial?.weights.blue === 100 ? null : trial };
		},
	};
};

/** A router that takes a missing answer for a deleted rule, and says what it is hoped to say. */
const trusting = (router: TrafficRouter): TrafficRouter => ({
	...router,
	abandon: (trial) => router.abandon(trial).catch(() => {}),
	read: async () => ({ base: allToStable, trial: null }),
});

/** A router that knows of no testers, whatever it has opened for them. */
const blindToTesters = (router: TrafficRouter): TrafficRouter => ({
	...router,
	abandon: async (trial) => {
		if (typeof trial === "string") await router.abandon(trial);
	},
	read: async (route) => {
		const { preview: _shown, ...reading } = await router.read(route);
		return reading;
	},
});

/** Breaks of what moves users, and of what makes sure that they have moved. */
export const mutantsOfTraffic: readonly Mutant[] = [
	{
		what: "a trial rule that is set to zero instead of deleted, and a shift that lands five minutes late",
		caughtBy: rolledBackStaysAtZero,
		says: "the rules give the candidate 5 % after it was rolled back",
		scenario: scenarioOf("bad-image"),
		code: { "roll-back": withPorts(({ router }) => ({ router: reusing(router) })) },
		fault: "late-300s @ rollout/ShiftTraffic shift-traffic elasticloadbalancing:ModifyRule #1",
	},
	{
		what: "a trial rule that is set to zero instead of deleted",
		caughtBy: settles,
		says: "The trial rule is still there.",
		scenario: scenarioOf("bad-image"),
		code: { "roll-back": withPorts(({ router }) => ({ router: reusing(router) })) },
	},
	{
		what: "zero that is said to be confirmed without reading it, after a deletion that nobody has carried out",
		caughtBy: rolledBackStaysAtZero,
		says: "zero is said to be confirmed; the rules give 5 %",
		scenario: scenarioOf("alarm-in-bake"),
		code: { "roll-back": withPorts(({ router }) => ({ router: trusting(router) })) },
		fault: "timed-out-before @ rollback/SendTrafficBack roll-back elasticloadbalancing:DeleteRule #1",
	},
	{
		what: "a rollback that takes users back and leaves testers where they are",
		caughtBy: rolledBackStaysAtZero,
		says: "zero is said to be confirmed; testers are given 100 % of it",
		scenario: scenarioOf("blue-green-preview-bad"),
		code: { "roll-back": withPorts(({ router }) => ({ router: blindToTesters(router) })) },
	},
	{
		what: "a closing that leaves what testers were shown",
		caughtBy: settles,
		says: "What was shown to testers is still there.",
		scenario: scenarioOf("blue-green-preview"),
		code: { "close-rollout": withPorts(({ router }) => ({ router: blindToTesters(router) })) },
	},
	{
		what: "a router that is asked for twice the step's weight",
		caughtBy: neverAboveItsStep,
		scenario: scenarioOf("bad-image"),
		code: {
			"shift-traffic": withPorts(({ router }) => ({
				router: {
					...router,
					shift: (route, trialRuleArn, { green }) => router.shift(route, trialRuleArn, weightsFor("blue", 2 * green)),
					read: async (route) => {
						const { base, trial } = await router.read(route);
						return { base, trial: trial && { ...trial, weights: weightsFor("blue", trial.weights.green / 2) } };
					},
				},
			})),
		},
	},
	{
		what: "a trial rule that is opened with a share for the canary",
		caughtBy: neverAboveItsStep,
		says: "in preparing; allowed are 0 %",
		scenario: scenarioOf("bad-image"),
		world: ({ world: { loadBalancer } }) => {
			const create = loadBalancer.createRule.bind(loadBalancer);
			loadBalancer.createRule = (listenerArn, rule) => {
				const slots = Object.keys(rule.weights);
				return create(listenerArn, { ...rule, weights: Object.fromEntries(slots.map((arn) => [arn, 50])) });
			};
		},
	},
	{
		what: "a closing that leaves the base rule where it was",
		caughtBy: settles,
		scenario: scenarioOf("good-image"),
		code: {
			"close-rollout": withPorts(({ router }) => ({
				router: {
					...router,
					adopt: async () => {},
					read: async (route) => ({ ...(await router.read(route)), base: weightsFor("blue", 100) }),
				},
			})),
		},
	},
	{
		what: "a watch that does not compare the rules with the record, and a rule that somebody raises",
		caughtBy: neverAboveItsStep,
		scenario: scenarioOf("good-image"),
		code: {
			"watch-canary": withPorts(({ router, store }) => ({
				router: {
					...router,
					read: async (route) => {
						const { weightPercent } = await store.read("checkout");
						const { trial } = await router.read(route);
						return { base: allToStable, trial: trial && { ...trial, weights: weightsFor("blue", weightPercent) } };
					},
				},
			})),
		},
		fault: "raises-the-trial-rule @ rollout.shifted.v1 #3",
	},
	{
		what: "an early timeout, so early that calls of the first task are always under way",
		caughtBy: goesBackWithin30Seconds,
		scenario: scenarioOf("alarm-in-bake"),
		code: { "roll-back": givingUpAfter(30) },
		limitSeconds: 1_200,
	},
	{
		what: "clients that wait a minute for an answer before they ask again, in a first task that has time for it",
		caughtBy: goesBackWithin30Seconds,
		scenario: scenarioOf("alarm-in-bake"),
		code: {
			"roll-back": withPorts(({ router, clock }) => ({
				router: {
					...router,
					abandon: async (trial) => {
						try {
							await router.abandon(trial);
						} catch {
							await clock.sleep(59_000);
							await router.abandon(trial);
						}
					},
				},
			})),
		},
		wiring: (stacks) => {
			stacks.resource("AWS::Lambda::Function", "FunctionsrollbackFunction").Properties.Timeout = 120;
			stacks.redefine("RollbackMachine", (states) =>
				Object.assign(states.SendTrafficBack ?? {}, { TimeoutSeconds: 130 }),
			);
		},
		fault: "timed-out-before @ rollback/SendTrafficBack roll-back elasticloadbalancing:DeleteRule #1",
	},
];
