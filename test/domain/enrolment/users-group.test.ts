import { describe, expect, it } from "vitest";
import { noMemory, planEnrolment } from "../../../lib/domain/enrolment.ts";
import type { RegisteredTarget, RouteRule, RouteToGroup } from "../../../lib/domain/enrolment-facts.ts";
import { enrolmentProblems } from "../../../lib/domain/enrolment-refusals.ts";
import { sentenceOf } from "../../../lib/domain/enrolment-sentence.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { idleState } from "../../../lib/domain/service-state.ts";
import { otherRoutesToUsers } from "../../../lib/domain/users-group-refusals.ts";
import { baseRule, blue, definition, facts, green, own, rule, serving, usersDeployment } from "./facts.ts";

const target = (address: string, more: Partial<RegisteredTarget> = {}): RegisteredTarget => ({
	address,
	port: 8080,
	state: "healthy",
	...more,
});
const withTargets = (...targets: readonly RegisteredTarget[]) =>
	facts({ route: { groups: { [blue]: {}, [green]: {}, [own]: { targets } } } });
const moved = baseRule({ [own]: 0, [blue]: 100, [green]: 0 });
const problemsIn = (given: ReturnType<typeof facts>): string =>
	enrolmentProblems(given)
		.map(({ what, value, allowed }) => `${what} ${value} ${allowed}`)
		.join("\n");

describe("whose pods the rule that is copied forwards to", () => {
	it.each([
		[
			"pods of another service",
			[target("10.0.9.1")],
			/10.0.9.1:8080, no pods of that Deployment.*name that one's rule/,
		],
		[
			"pods of another service beside them",
			[target("10.0.0.1"), target("10.0.9.1")],
			/priority 500.*10.0.9.1:8080, no pods/,
		],
		[
			"pods of another service that just come",
			[target("10.0.0.1"), target("10.0.9.1", { state: "initial" })],
			/no pods/,
		],
		["them by another port", [target("10.0.0.1", { port: 9090 })], /10.0.0.1:9090 pods of Deployment.*port 8080/],
		["nothing", [], /none of the pods of that Deployment/],
		["what is left of pods", [target("10.0.9.1", { state: "draining" })], /none of the pods of that Deployment/],
	])("given that it forwards to %s, is refused by rule, group and what is there", (_, targets, said) => {
		const given = withTargets(...targets);

		expect(problemsIn(given)).toMatch(said);
		expect(problemsIn(given)).toContain(own);
		expect(planEnrolment(given, noMemory, 0).steps).toEqual([]);
	});

	it.each([
		["pods that drain, whoever they were", [target("10.0.0.1"), target("10.0.9.1", { state: "draining" })]],
		["a pod that is gone and is not taken out yet", [target("10.0.0.1"), target("10.0.9.1", { state: "unhealthy" })]],
		["pods that are not healthy yet", [target("10.0.0.1", { state: "initial" })]],
	])("given its own pods and %s, enrols", (_, targets) => {
		expect(enrolmentProblems(withTargets(...targets))).toEqual([]);
	});

	it("given pods of slots that a Service brings there as well, enrols", () => {
		const given = facts({
			cluster: { users: usersDeployment({ podAddresses: ["10.0.0.1"] }), slotPodAddresses: ["10.0.0.7"] },
			route: { groups: { [blue]: {}, [green]: {}, [own]: { targets: [target("10.0.0.1"), target("10.0.0.7")] } } },
		});

		expect(enrolmentProblems(given)).toEqual([]);
	});

	it("given a Deployment without pods, refuses it for that alone", () => {
		const given = facts({
			cluster: { users: usersDeployment({ replicas: 0, podAddresses: [] }) },
			route: { groups: { [blue]: {}, [green]: {}, [own]: { targets: [] } } },
		});

		expect(problemsIn(given)).toMatch(/^Deployment "shop\/checkout" at zero replicas.*$/);
	});

	it("given a base rule that remembers the group, does not ask again", () => {
		const base = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });
		const groups = { [blue]: {}, [green]: {}, [own]: { targets: [] } };

		expect(enrolmentProblems(facts({ route: { base, groups } }))).toEqual([]);
	});

	it("given a dry run, says which rule would be copied, what it asks for and where it forwards to", () => {
		const given = facts();
		const sentences = planEnrolment(given, noMemory, 0).steps.map((step) => sentenceOf(step, given));

		expect(sentences).toContainEqual(
			expect.stringMatching(/rule at priority 500, which serves now \(host-header checkout.example\).*checkout-own/),
		);
	});

	it("given conditions that cannot be listed, says how many there are", () => {
		const conditions = [
			{ field: "path-pattern", values: ["/a", "/b"] },
			{ field: "query-string", values: [], unlisted: 2 },
		];
		const users = rule(500, { [own]: 1 }, { conditions });
		const given = facts({ route: { users, rules: [users] } });

		expect(sentenceOf({ kind: "create-base-rule", usersGroupArn: own }, given)).toContain(
			"(path-pattern /a or /b and query-string 2 that cannot be listed)",
		);
	});
});

const { listenerArn } = definition.route;
const elsewhere = listenerArn.replace("2222222222222222", "9999999999999999");
const users = rule(500, { [own]: 1 });
const known: RouteToGroup = { listenerArn, ruleArn: users.ruleArn, priority: 500 };
const reachedBy = (other: Partial<RouteToGroup>, base: typeof moved | null = null) =>
	facts({
		route: {
			base,
			routesToUsersGroup: [known, { listenerArn, ruleArn: "other", priority: 700, ...other }],
		},
	});

describe("what else sends requests to the user's own pods", () => {
	it.each([
		["another rule", {}, /^the rule at priority 700 forwards to your own target group .*checkout-own/],
		["the default action", { priority: null }, new RegExp(`^the default action of listener ${listenerArn} forwards`)],
		["a rule of another listener", { listenerArn: elsewhere }, new RegExp(`priority 700 of listener ${elsewhere}`)],
		["a rule of another listener's at the same priority", { listenerArn: elsewhere, priority: 500 }, /priority 500 of/],
	])("given %s, is refused by listener and priority, before it began and once users have moved", (_, other, said) => {
		for (const base of [null, moved]) {
			const given = reachedBy(other, base);

			expect(problemsIn(given)).toMatch(said);
			// A slot that serves nobody would be given up before anything is refused.
			const served = { ...given, slots: { ...given.slots, blue: serving } };
			expect(planEnrolment(served, noMemory, 0).steps).toEqual([]);
		}
	});

	it("given the base rule and the rule that it was copied from, knows of no other", () => {
		const base = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });

		expect(otherRoutesToUsers(facts())).toEqual([]);
		expect(otherRoutesToUsers(facts({ route: { base } }))).toEqual([]);
		expect(enrolmentProblems(facts({ route: { base } }))).toEqual([]);
	});

	it("given a base rule that came after the rules were listed, waits for the next look to see it", () => {
		const { listenerArn, basePriority } = definition.route;
		const late = { listenerArn, ruleArn: "arn:late", priority: basePriority };

		const given = reachedBy(late);

		expect(given.route.base).toBeNull();
		expect(otherRoutesToUsers(given)).toEqual([]);
	});

	it("given a base rule of another rule than the one that is named now, goes by the one that was copied", () => {
		const named = rule(600, { [own]: 1 });
		const given = facts({ fromPriority: 600, route: { base: moved, users: named, rules: [moved, users, named] } });

		expect(otherRoutesToUsers(given).map(({ priority }) => priority)).toEqual([600]);
	});

	it("given a rule of the user's that asks for something else than the copy since, is refused; one that rewrites otherwise gets no more for it", () => {
		const since = (model: Partial<RouteRule>) =>
			facts({ route: { base: moved, rules: [moved, { ...users, ...model }] } });

		expect(problemsIn(since({ conditionsText: "another" }))).toMatch(
			/the rule at priority 500 asks for something else.*the conditions of the base rule/,
		);
		expect(enrolmentProblems(since({ transformsText: "another" }))).toEqual([]);
	});

	it("given pods that came back to a service on record, stops them only if nothing sends them requests", () => {
		const record = idleState("checkout", "blue", releaseOf(serving.imageDigest ?? ""), 1);
		const base = baseRule({ [blue]: 100, [green]: 0 });
		const routesToUsersGroup = [known, { ...known, ruleArn: "other", priority: 700 }];
		const inClusterService = { slot: "blue" } as const;
		const atRest = { inClusterService, users: usersDeployment({ replicas: 0 }) };

		expect(problemsIn(facts({ record, route: { base, routesToUsersGroup }, cluster: { inClusterService } }))).toMatch(
			/^the rule at priority 700/,
		);
		expect(enrolmentProblems(facts({ record, route: { base, routesToUsersGroup }, cluster: atRest }))).toEqual([]);
		expect(enrolmentProblems(facts({ record, route: { base }, cluster: { inClusterService } }))).toEqual([]);
	});
});
