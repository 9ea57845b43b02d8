import { describe, expect, it } from "vitest";
import { noMemory, planEnrolment } from "../../../lib/domain/enrolment.ts";
import type { EnrolmentFacts } from "../../../lib/domain/enrolment-facts.ts";
import { enrolmentProblems, hasBegun } from "../../../lib/domain/enrolment-refusals.ts";
import { enrolmentWarnings } from "../../../lib/domain/enrolment-warnings.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { idleState } from "../../../lib/domain/service-state.ts";
import {
	atRest,
	baseRule,
	blue,
	facts,
	green,
	made,
	own,
	rule,
	serving,
	targetGroup,
	usersDeployment,
} from "./facts.ts";

const group = targetGroup();
const withRule = (more: Parameters<typeof rule>[2]): EnrolmentFacts => {
	const users = rule(500, { [own]: 1 }, more);
	return facts({ route: { users, rules: [users] } });
};
const withGroup = (arn: string, more: object): EnrolmentFacts =>
	facts({ route: { groups: { [blue]: group, [green]: group, [own]: group, [arn]: { ...group, ...more } } } });
const withBase = (tags: Readonly<Record<string, string>>): EnrolmentFacts => {
	const base = rule(101, { [own]: 1 }, { tags });
	return facts({ route: { base, rules: [base] } });
};
const between = (values: readonly string[]): EnrolmentFacts => {
	const users = rule(500, { [own]: 1 });
	const other = rule(300, { other: 1 }, { conditions: [{ field: "host-header", values }] });
	return facts({ route: { users, rules: [other, users] } });
};

const tested = (route: Partial<EnrolmentFacts["route"]>): EnrolmentFacts => {
	const given = facts({ route });
	const preview = { header: { name: "X-Preview", value: "checkout" } };
	return { ...given, definition: { ...given.definition, route: { ...given.definition.route, preview } } };
};

const cases: readonly (readonly [name: string, given: EnrolmentFacts, problem: RegExp])[] = [
	["no Deployment", facts({ cluster: { users: null } }), /Deployment "shop\/checkout" missing/],
	["a StatefulSet", facts({ cluster: { users: null, foundInstead: "StatefulSet" } }), /a StatefulSet.*neither/],
	["a DaemonSet", facts({ cluster: { users: null, foundInstead: "DaemonSet" } }), /a DaemonSet/],
	[
		"what cannot run twice",
		facts({
			cluster: { users: usersDeployment({ problems: [{ what: "hostPort", value: "80", allowed: "none" }] }) },
		}),
		/hostPort 80 none/,
	],
	["zero replicas", facts({ cluster: { users: usersDeployment({ replicas: 0 }) } }), /at zero replicas/],
	[
		"two images at once",
		facts({ cluster: { users: usersDeployment({ imageDigests: ["sha256:a", "sha256:b"] }) } }),
		/image of Deployment.*one digest/,
	],
	["no ready pod", facts({ cluster: { users: usersDeployment({ imageDigests: [] }) } }), /no pod is ready/],
	[
		"an in-cluster Service that is missing",
		facts({ cluster: { inClusterService: null } }),
		/inClusterService "checkout"/,
	],
	[
		"an in-cluster Service of another workload",
		facts({ cluster: { inClusterService: { selectsUsers: false, alsoSelects: ['Deployment "search"'] } } }),
		/inClusterService "checkout" does not select pods of Deployment "checkout"/,
	],
	[
		"an in-cluster Service of several workloads",
		facts({ cluster: { inClusterService: { alsoSelects: ['Deployment "search"', 'StatefulSet "cache"'] } } }),
		/inClusterService "checkout" selects pods of Deployment "search", StatefulSet "cache" as well/,
	],
	[
		"an image of another repository",
		facts({ cluster: { users: usersDeployment({ image: "registry.example:5000/shop/checkout:v41" }) } }),
		/image of container "app" registry.example:5000\/shop\/checkout:v41 one of 111122223333.dkr.ecr/,
	],
	[
		"a Deployment of the user's with a slot's name",
		facts({ cluster: { takenNames: [{ kind: "Deployment", name: "checkout-green" }] } }),
		/Deployment "shop\/checkout-green" not Sluice's none of that name/,
	],
	[
		"another Service on the same pods",
		facts({ cluster: { otherServices: [{ name: "legacy", feedsTargetGroups: [] }] } }),
		/Service "legacy" selects pods of both slots/,
	],
	["no priority", facts({ fromPriority: null, route: { users: null } }), /fromPriority missing.*could be it: 500/],
	["a priority without a rule", facts({ fromPriority: 7, route: { users: null } }), /fromPriority 7, where no rule is/],
	["a priority above the base rule", withRule({ priority: 50 }), /fromPriority 500/],
	["authentication before the forward", withRule({ actions: ["authenticate-oidc", "forward"] }), /authenticate-oidc/],
	["a redirect", withRule({ actions: ["redirect"], weights: {} }), /actions of.*redirect/],
	["a rule that is sticky", withRule({ isSticky: true }), /stickiness of the rule at priority 500/],
	["a rule with two groups", withRule({ weights: { [own]: 1, other: 1 } }), /target of the rule at priority 500/],
	["a sticky target group", withGroup(own, { isSticky: true }), /stickiness of target group checkout-own/],
	["targets that are nodes", withGroup(own, { targetType: "instance" }), /instance ip/],
	[
		"a slot's group that is missing",
		facts({ route: { groups: { [green]: group, [own]: group } } }),
		/checkout-blue missing/,
	],
	[
		"a listener of the controller's",
		facts({ route: { listenerTags: { "elbv2.k8s.aws/cluster": "shop" } } }),
		/listener itself or its load balancer tagged/,
	],
	["a rule of the user's at the base priority", withBase({}), /the rule at basePriority 101 not Sluice's none.*free/],
	["a rule of another environment", withBase({ "sluice:environment": "staging" }), /of environment staging/],
	[
		"a taken priority of the rule for testers",
		tested({ preview: rule(99, { other: 1 }) }),
		/priority 99 taken.*testers/,
	],
	[
		"conditions that leave no room for testers' header",
		tested({
			users: {
				...rule(500, { [own]: 1 }),
				conditions: [
					{ field: "host-header", values: ["a", "b", "c"] },
					{ field: "query-string", values: [], unlisted: 2 },
				],
			},
		}),
		/condition values of the rule at priority 500 5 4 beside a preview/,
	],
	["a load balancer without room for testers", tested({ rulesAllowed: 3 }), /1, and 3 more to come 3/],
	["a taken trial priority", facts({ route: { trial: rule(100, { other: 1 }) } }), /priority 100 taken/],
	["a rule that would be overtaken", between(["*.example"]), /the rule at priority 300.*basePriority above 300/],
	["a full load balancer", facts({ route: { rulesAllowed: 2 } }), /rules of the load balancer 1, and 2 more.*2/],
	[
		"no room in a quota",
		facts({ cluster: { quotas: [{ quota: "all", resource: "pods", left: 3, perPod: 1 }] } }),
		/"all", pods 3 left 4/,
	],
	[
		"more pods than the default autoscaler keeps",
		facts({ cluster: { users: usersDeployment({ wantedReplicas: 150 }), autoscaler: null, maxReplicas: 100 } }),
		/replicas of Deployment "shop\/checkout" 150, without an autoscaler 100 at most/,
	],
	["a missing ConfigMap", facts({ cluster: { missingConfigMaps: ["settings"] } }), /ConfigMap "settings" missing/],
	["no controller that binds", facts({ cluster: { bindingApiVersion: null } }), /TargetGroupBinding/],
	[
		"a service that is being given back",
		facts({ tombstone: { epoch: 3, leaving: { slot: "blue", release: releaseOf(`sha256:${"a".repeat(64)}`) } } }),
		/being given back/,
	],
];

describe("what is refused", () => {
	it("given nothing of it, refuses nothing and warns of the autoscaler alone", () => {
		expect(enrolmentProblems(facts())).toEqual([]);
		expect(enrolmentWarnings(facts())).toEqual([expect.stringContaining('delete "checkout" and create it again')]);
	});

	it.each([
		["stands still", true, [expect.stringMatching(/^Autoscaler "checkout-blue" does not follow the load/)]],
		["follows the load", false, []],
	])("given an enrolled service whose autoscaler %s, says so and nothing else of it", (_, isScalingAmbiguous, said) => {
		const record = idleState("checkout", "blue", releaseOf(`sha256:${"a".repeat(64)}`), 1);
		const cluster = { users: usersDeployment({ replicas: 0 }) };

		const given = facts({ record, cluster, slots: { blue: { ...serving, isScalingAmbiguous } } });

		expect(enrolmentWarnings(given)).toEqual(said);
	});

	it.each(cases)(
		"given %s, is refused by name, value and what is allowed, and nothing is done",
		(_, given, expected) => {
			const { problems, steps } = planEnrolment(given, noMemory, 0);

			expect(problems.map(({ what, value, allowed }) => `${what} ${value} ${allowed}`).join("\n")).toMatch(expected);
			expect(steps).toEqual([]);
		},
	);

	it.each([
		["a digest", "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop/checkout@sha256:a"],
		["tag and digest", "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop/checkout:v41@sha256:a"],
		["the registry's FIPS endpoint", "111122223333.dkr.ecr-fips.eu-central-1.amazonaws.com/shop/checkout:v41"],
		["the registry's dual-stack endpoint", "111122223333.dkr-ecr.eu-central-1.on.aws/shop/checkout:v41"],
	])("given an image of the configured repository by %s, enrols", (_, image) => {
		expect(enrolmentProblems(facts({ cluster: { users: usersDeployment({ image }) } }))).toEqual([]);
	});

	it("given a service on record whose slot's Service is gone and the name taken, refuses", () => {
		const record = idleState("checkout", "blue", releaseOf(`sha256:${"a".repeat(64)}`), 1);
		const takenNames = [{ kind: "Service", name: "checkout-blue" }] as const;
		const slots = { blue: { ...made, hasService: false }, green: made };

		expect(enrolmentProblems(facts({ record, cluster: { takenNames, slots } }))).toContainEqual(
			expect.objectContaining({ what: 'Service "shop/checkout-blue"' }),
		);
	});

	it("given several at once, says them all", () => {
		const given = facts({
			cluster: { missingConfigMaps: ["a", "b"], bindingApiVersion: null },
			route: { listenerTags: { "elbv2.k8s.aws/cluster": "shop" } },
		});

		expect(enrolmentProblems(given)).toHaveLength(4);
	});

	it("given a rule in between that no request of the service can match, lets it stand", () => {
		expect(enrolmentProblems(between(["search.example"]))).toEqual([]);
	});

	it.each([
		["headers, of which a request may carry both", "http-header", ["1"], ["2"]],
		["ranges of addresses, one within the other", "source-ip", ["10.0.0.0/8"], ["10.1.0.0/16"]],
		["parameters, of which a request may carry both", "query-string", ["a"], ["b"]],
	])("given a rule in between that tells requests by %s, is refused", (_, field, one, other) => {
		const users = rule(500, { [own]: 1 }, { conditions: [{ field, values: one }] });
		const before = rule(300, { other: 1 }, { conditions: [{ field, values: other }] });

		expect(enrolmentProblems(facts({ route: { users, rules: [before, users] } }))).toEqual([
			expect.objectContaining({ what: "the rule at priority 300" }),
		]);
	});

	it("given a listener and a load balancer that a stack made, enrols: its rules are not the stack's", () => {
		const listenerTags = { "aws:cloudformation:stack-name": "network", "aws:cloudformation:logical-id": "Listener" };

		expect(enrolmentProblems(facts({ route: { listenerTags } }))).toEqual([]);
	});

	it("given a quota of exactly what was asked for, goes on while pods of the slot start", () => {
		const quotaOf = (left: number) => [{ quota: "all", resource: "pods", left, perPod: 1 }];
		const base = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });
		const starting = { ...serving, readyReplicas: 1, healthyTargets: 0 };

		expect(enrolmentProblems(facts({ cluster: { quotas: quotaOf(4) } }))).toEqual([]);
		expect(
			enrolmentProblems(facts({ route: { base }, cluster: { quotas: quotaOf(0) }, slots: { blue: starting } })),
		).toEqual([]);
	});

	it("given a slot that shrinks with the load after traffic has moved, asks for no room any more", () => {
		const base = baseRule({ [own]: 0, [blue]: 100, [green]: 0 });
		const quotas = [{ quota: "all", resource: "pods", left: 0, perPod: 1 }];
		const shrunk = { ...serving, wantedReplicas: 2, readyReplicas: 2 };

		expect(enrolmentProblems(facts({ route: { base }, cluster: { quotas }, slots: { blue: shrunk } }))).toEqual([]);
	});

	it("given a slot that runs what served, goes on though no pod of the user's is ready at this moment", () => {
		const users = usersDeployment({ readyReplicas: 0, imageDigests: [] });
		const twice = usersDeployment({ imageDigests: ["sha256:a", "sha256:b"] });

		expect(enrolmentProblems(facts({ cluster: { users }, slots: { blue: serving } }))).toEqual([]);
		expect(enrolmentProblems(facts({ cluster: { users: twice }, slots: { blue: serving } }))).toHaveLength(1);
	});

	it("given a refusal, says whether anything was changed before", () => {
		const bound = { blue: made, green: made };
		const leaving = { slot: "blue", release: releaseOf(`sha256:${"a".repeat(64)}`) } as const;

		expect(hasBegun(facts(), "enrol")).toBe(false);
		expect(hasBegun(facts({ cluster: { slots: bound }, slots: { blue: atRest } }), "enrol")).toBe(true);
		expect(hasBegun(facts({ cluster: { slots: bound } }), "release")).toBe(false);
		expect(hasBegun(facts({ tombstone: { epoch: 3, leaving } }), "release")).toBe(true);
	});

	it("given no autoscaler, says which bounds the default one has", () => {
		const given = facts({ cluster: { autoscaler: null, minReplicas: 2, maxReplicas: 100 } });

		expect(enrolmentWarnings(given)).toEqual([expect.stringContaining("from 2 to 100 pods")]);
	});

	it("given a Service that brings pods to the user's own group, only warns", () => {
		const given = facts({ cluster: { otherServices: [{ name: "checkout-alb", feedsTargetGroups: [own] }] } });

		expect(enrolmentProblems(given)).toEqual([]);
		expect(enrolmentWarnings(given)).toContainEqual(expect.stringContaining('"checkout-alb"'));
	});

	it("given pods that stop slower than they are forgotten, at once, or listen elsewhere, warns of each", () => {
		const users = usersDeployment({ terminationGraceSeconds: 600, hasPreStop: false, containerPorts: [9090] });

		expect(enrolmentWarnings(facts({ cluster: { users } }))).toEqual([
			expect.stringContaining("AmbiguousSelector"),
			expect.stringContaining("600 s"),
			expect.stringContaining("preStop"),
			expect.stringContaining("9090"),
		]);
	});
});
