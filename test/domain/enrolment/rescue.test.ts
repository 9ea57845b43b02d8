import { describe, expect, it } from "vitest";
import { noMemory, planEnrolment } from "../../../lib/domain/enrolment.ts";
import type { EnrolmentFacts } from "../../../lib/domain/enrolment-facts.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { idleState } from "../../../lib/domain/service-state.ts";
import { baseRule, blue, facts, green, made, own, rule, serving, targetGroup, usersDeployment } from "./facts.ts";

const now = 10_000_000;
const quiet = { ...noMemory, quietSinceEpochMs: now - 300_000 };
const record = idleState("checkout", "blue", releaseOf(serving.imageDigest ?? ""), 9);
const moved = baseRule({ [own]: 0, [blue]: 100, [green]: 0 });
const settled = baseRule({ [blue]: 100, [green]: 0 });
const dead = { blue: { ...serving, readyReplicas: 0, healthyTargets: 0 } };
const cluster = { inClusterService: { slot: "blue" }, slots: { blue: made, green: made } } as const;
const rescue = { kind: "renew-base-rule", ruleArn: moved.ruleArn, fromPriority: 500 } as const;
const freed = { kind: "free-in-cluster-service", epoch: 1 } as const;
const plan = (given: EnrolmentFacts, memory = {}) => planEnrolment(given, { ...quiet, ...memory }, now);

describe("a slot that serves nobody once it has everything", () => {
	it.each([
		["no pod is ready", moved, dead],
		["targets are healthy and no pod is ready", moved, { blue: { ...serving, readyReplicas: 0 } }],
		["the user's group is out of the rule", settled, dead],
	])("given that %s, frees callers and deletes the base rule: the user's own below it serves", (_, base, slots) => {
		const { problems, steps } = plan(facts({ route: { base }, cluster, slots }));

		expect(problems).toEqual([]);
		expect(steps.slice(0, 2)).toEqual([freed, rescue]);
		expect(steps).not.toContainEqual(expect.objectContaining({ kind: "direct", usersPercent: 100 }));
	});

	it("given that the rule is gone, makes another one, which no earlier write knows", () => {
		const free = { ...cluster, inClusterService: { slot: null } };
		const { steps } = plan(facts({ cluster: free, slots: dead }), { givenUpRuleArn: moved.ruleArn });

		expect(steps[0]).toMatchObject({ kind: "create-base-rule" });
	});

	it("given a slot that is back by then, deletes the rule all the same: its deletion may be under way", () => {
		const given = facts({ route: { base: moved }, cluster, slots: { blue: serving } });
		const { ruleArn } = moved;

		expect(plan(given, { givenUpRuleArn: ruleArn }).steps[0]).toEqual(rescue);
		expect(plan(given, { givenUpRuleArn: "an earlier one" }).steps).not.toContainEqual(rescue);
		const gone = { ...cluster, users: usersDeployment({ podAddresses: [] }) };
		expect(plan(facts({ ...given, cluster: gone }), { givenUpRuleArn: ruleArn }).steps).not.toContainEqual(rescue);
	});

	it.each([
		["is on record", { record, route: { base: moved }, cluster }],
		[
			"has the only pods",
			{ route: { base: moved }, cluster: { ...cluster, users: usersDeployment({ readyReplicas: 0 }) } },
		],
		["has no target of the user's beside it", { route: { base: moved, groups: { [own]: targetGroup(0) } }, cluster }],
		[
			"has nothing beside it but its own pods in the user's group",
			{ route: { base: moved }, cluster: { ...cluster, users: usersDeployment({ podAddresses: ["10.9.9.9"] }) } },
		],
	])("given that it %s, deletes nothing", (_, given) => {
		expect(plan(facts({ ...given, slots: dead })).steps).not.toContainEqual(rescue);
	});

	it("given that the user's own rule would not serve, refuses and says what it has to become", () => {
		const rules = [moved, rule(500, { [own]: 1 }, { transformsText: "another" })];
		const free = { ...cluster, inClusterService: { slot: null } };
		const { problems, steps } = plan(facts({ route: { base: moved, rules }, cluster: free, slots: dead }));

		expect(problems.map(({ what }) => what)).toEqual(["conditions of your own rule, at priority 500"]);
		expect(steps).toEqual([]);
		// Callers in the cluster need no rule to be served by somebody else.
		expect(plan(facts({ route: { base: moved, rules }, cluster, slots: dead })).steps).toEqual([freed]);
		// While nothing has to be deleted, that is nobody's trouble.
		expect(plan(facts({ route: { base: moved, rules }, cluster, slots: { blue: serving } })).problems).toEqual([]);
	});

	it("given something else that forbids to go on, serves from the user's own pods first; one that is leaving is left alone", () => {
		const given = (more: Parameters<typeof facts>[0]) =>
			plan(
				facts({
					route: { base: moved },
					slots: dead,
					...more,
					cluster: { ...cluster, missingConfigMaps: ["settings"] },
				}),
			);

		expect(given({})).toMatchObject({ problems: [], steps: [freed, rescue, ...given({}).steps.slice(2)] });
		expect(given({ slots: { blue: serving } }).problems).toMatchObject([{ what: 'ConfigMap "settings"' }]);
		expect(given({ tombstone: { epoch: 1, leaving: {} } })).toMatchObject({
			problems: [{ value: "being given back" }],
			steps: [],
		});
	});

	it("given no Deployment of the user's, frees nobody", () => {
		const given = facts({ route: { base: settled }, cluster: { ...cluster, users: null }, slots: dead });

		expect(plan(given).steps.map(({ kind }) => kind)).not.toContain("free-in-cluster-service");
	});
});

describe("callers in the cluster that are with a slot which serves nobody", () => {
	const given = (more: Parameters<typeof facts>[0] = {}) =>
		facts({ slots: dead, ...more, cluster: { ...cluster, missingConfigMaps: ["settings"], ...more.cluster } });

	it.each([
		["no base rule any more, and none that was named", { fromPriority: null, route: { users: null } }],
		["no base rule any more, and a ConfigMap that is missing", {}],
		["a base rule that still sends the user's pods everything", { route: { base: baseRule({ [own]: 100 }) } }],
	])("given %s, go to the user's own pods before anything is refused", (_, more) => {
		expect(plan(given(more))).toMatchObject({ problems: [], steps: [freed] });
		const free = { inClusterService: { slot: null } };
		expect(plan(given({ ...more, cluster: free })).problems).not.toEqual([]);
	});

	it.each([
		["that is leaving", { tombstone: { epoch: 1, leaving: {} } }],
		["on record", { record, route: { base: settled } }],
		["whose own pods are not ready either", { cluster: { users: usersDeployment({ readyReplicas: 0 }) } }],
	])("given a service %s, stay where they are", (_, more) => {
		expect(plan(given(more)).steps).not.toContainEqual(expect.objectContaining({ kind: freed.kind }));
	});
});

describe("what is found undone over and over on the way in", () => {
	const free = { ...cluster, inClusterService: { slot: null } };
	const ready = { blue: serving };

	it("given three base rules that were given up, makes no fourth and says how to go on", () => {
		const { problems, steps } = plan(facts({ cluster: free, slots: ready }), { rulesGivenUp: 3 });

		expect({ problems, steps }).toMatchObject({ problems: [{ what: "the base rule at priority 101" }], steps: [] });
		expect(problems[0]?.value).toContain("given up 3 times");
		expect(problems[0]?.allowed).toContain("--from-priority 500");
		expect(plan(facts({ cluster: free, slots: ready }), { rulesGivenUp: 2 }).problems).toEqual([]);
	});

	it("given that the third one still sends a dead slot everything, deletes it before anything is refused", () => {
		const given = facts({ route: { base: moved }, cluster: free, slots: dead });

		expect(plan(given, { rulesGivenUp: 3, givenUpRuleArn: moved.ruleArn }).steps[0]).toEqual(rescue);
	});

	it("given a rule that somebody writes by hand for the fourth time, refuses", () => {
		const given = facts({ route: { base: baseRule({ [own]: 100 }) }, cluster: free, slots: ready });

		expect(plan(given, { rulesGivenUp: 3 }).problems).toMatchObject([{ what: "the base rule at priority 101" }]);
		expect(plan(given, { rulesGivenUp: 2 }).steps[0]).toMatchObject({ kind: "renew-base-rule" });
	});

	it("given callers that left the slot three times, leaves them with the user's pods and names the Service", () => {
		const given = facts({ route: { base: settled }, cluster: free, slots: ready });

		expect(plan(given, { callersSent: 3 })).toMatchObject({
			problems: [{ what: 'in-cluster Service "checkout"', value: expect.stringContaining("3 times") }],
			steps: [],
		});
		expect(plan(given, { callersSent: 2 }).steps[0]).toMatchObject({ kind: "move-in-cluster-service" });
	});

	it.each([
		["callers that stayed", { cluster }],
		[
			"no pods of the user's to leave them with",
			{ cluster: { ...free, users: usersDeployment({ readyReplicas: 0 }) } },
		],
	])("given %s, goes on", (_, more) => {
		const given = facts({ route: { base: settled }, slots: ready, ...more });

		expect(plan(given, { callersSent: 3 }).problems).toEqual([]);
	});
});

describe("a slot that somebody scaled to zero on the way", () => {
	it("given an epoch that it carries already, starts it at a fresh one: the same would write nothing", () => {
		const before = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });
		const slots = { blue: { ...serving, epoch: 5, wantedReplicas: 0, readyReplicas: 0, healthyTargets: 0 } };
		const { steps } = plan(facts({ route: { base: before }, slots }));

		expect(steps[0]).toMatchObject({ kind: "deploy-slot", epoch: 6 });
		expect(steps.at(-1)).toMatchObject({ kind: "record", epoch: 6, slotEpoch: 6 });
	});
});
