import type { Problem } from "../../../lib/domain/enrolment-facts.ts";
import { loadBalancerRouteOf } from "../../../lib/domain/traffic-route.ts";
import { objectKey } from "../../world/cluster.ts";
import { usersGroupArnOf } from "../../world/hosting.ts";
import { type EnrolmentEnd, host, insist, usersPriority } from "../enrolling.ts";
import type { Scenario } from "../scenario.ts";

/** What is wrong, and how the answer must name it. */
const named = [
	'hostPort of container "app"',
	'Service "checkout-legacy"',
	'inClusterService "checkout"',
	'Deployment "shop/checkout-green"',
	'image of container "app"',
	"the rule at priority 950",
	"listener",
	"stickiness of target group checkout-own",
	"target type of target group checkout-own",
	"priority 99",
	'ConfigMap "checkout-settings"',
	'ResourceQuota "compute", pods',
	"TargetGroupBinding",
];

/** Everything that can be wrong at once: each is named, and nothing is touched. */
export const enrolRefused: Scenario = {
	name: "enrol-refused",
	story:
		"A service that cannot be enrolled, for thirteen reasons at once, is refused with all of them; nothing is touched.",
	service: "checkout",
	expected: [],
	lastsSeconds: 300,
	candidate: {},
	arrange: (system, definition) => {
		host(system, definition);
		const { world } = system;
		const { workload } = definition;
		const { listenerArn, trialPriority } = loadBalancerRouteOf(definition);
		const conditions = [{ field: "path-pattern", values: ["/else"] }];
		world.loadBalancer.createRule(listenerArn, { priority: trialPriority, conditions, weights: {}, tags: {} });
		const second = { conditions, weights: { [usersGroupArnOf(definition)]: 1 }, tags: {} };
		world.loadBalancer.createRule(listenerArn, { priority: usersPriority + 50, ...second });
		world.surroundings.tagListener(listenerArn, { "elbv2.k8s.aws/cluster": workload.clusterName });
		world.surroundings.changeGroup(usersGroupArnOf(definition), { targetType: "instance", isSticky: true });
		world.surroundings.change(objectKey(workload, workload.deployment), {
			problems: [{ what: 'hostPort of container "app"', value: "80", allowed: "none" }],
			selection: { selectsUsers: true, alsoSelects: ['Deployment "search"'] },
			takenNames: [{ kind: "Deployment", name: "checkout-green" }],
			image: "docker.io/shop/checkout:v1",
			otherServices: [{ name: "checkout-legacy", feedsTargetGroups: [] }],
			missingConfigMaps: ["checkout-settings"],
			quotas: [{ quota: "compute", resource: "pods", left: 3, perPod: 1 }],
			bindingApiVersion: null,
		});
	},
	begin: (stage) =>
		stage.after(30, () =>
			insist(stage, { wish: "enrol", fromPriority: usersPriority }, ({ kind, problems = [] }: EnrolmentEnd) =>
				stage.note("enrolment.refused", { outcome: kind, problems }),
			),
		),
	react: () => {},
	broken: ({ timeline, system }) => {
		const refusal = timeline.find(({ kind }) => kind === "enrolment.refused");
		const said = ((refusal?.problems ?? []) as readonly Problem[]).map(({ what }) => what);
		const { cluster } = system.world;
		return [
			...(refusal?.outcome === "refused" ? [] : [`It ended ${refusal?.outcome}; expected was refused.`]),
			...named.filter((what) => !said.includes(what)).map((what) => `The refusal does not name ${what}.`),
			...(cluster.deployment("shop-production/shop/checkout-blue") === null ? [] : ["A slot was made."]),
			...(system.world.table.get("checkout") === null ? [] : ["The service is on record."]),
		];
	},
};
