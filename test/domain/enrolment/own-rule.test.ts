import { describe, expect, it } from "vitest";
import { noMemory } from "../../../lib/domain/enrolment.ts";
import type { RouteRule } from "../../../lib/domain/enrolment-facts.ts";
import { ownHealthyTargets } from "../../../lib/domain/own-rule.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { planWithdrawal } from "../../../lib/domain/withdrawal.ts";
import { baseRule, blue, definition, facts, green, own, rule, serving, targetGroup, usersDeployment } from "./facts.ts";

const now = 10_000_000;
const quiet = { ...noMemory, quietSinceEpochMs: now - 300_000 };
const back = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });
const leaving = { epoch: 9, leaving: { slot: "green", release: releaseOf(`sha256:${"a".repeat(64)}`) } } as const;
const between = (definition.route.basePriority + 500) / 2;
const elsewhere = [{ field: "host-header", values: ["search.example"] }];

const plan = (model: Partial<RouteRule>, others: readonly RouteRule[] = []) =>
	planWithdrawal(
		facts({
			tombstone: leaving,
			cluster: { inClusterService: { slot: null }, inClusterEpoch: 10 },
			slots: { green: serving },
			route: { base: back, rules: [back, ...others, rule(500, { [own]: 1 }, model)] },
		}),
		quiet,
		now,
	);

describe("the user's own rule, which serves once the base rule is deleted", () => {
	it.each([
		["other conditions", { conditionsText: "another" }, "conditions of your own rule, at priority 500"],
		["other transforms", { transformsText: "another" }, "conditions of your own rule, at priority 500"],
		[
			"an authentication before its forward",
			{ actions: ["authenticate-oidc", "forward"] },
			"actions of your own rule, at priority 500",
		],
		["stickiness", { isSticky: true }, "stickiness of your own rule, at priority 500"],
	])("given %s there by now, refuses instead of deleting the one above it", (_, model, what) => {
		const { problems, steps } = plan(model);

		expect(problems).toEqual([{ what, value: expect.any(String), allowed: expect.any(String) }]);
		expect(steps).toEqual([]);
	});

	it("given a rule in between that may match the same requests, refuses and names it", () => {
		expect(plan({}, [rule(between, { other: 1 })]).problems).toEqual([
			{
				what: `the rule at priority ${between}`,
				value: "may match the same requests and comes before your own rule",
				allowed: expect.stringContaining("above 500"),
			},
		]);
	});

	it.each([
		["in between that matches other hosts", rule(between, { other: 1 }, { conditions: elsewhere })],
		["below it", rule(600, { other: 1 })],
		["above the base rule", rule(definition.route.basePriority - 1, { other: 1 })],
	])("given a rule %s, deletes the base rule", (_, other) => {
		expect(plan({}, [other])).toMatchObject({ problems: [], steps: [{ kind: "delete-base-rule" }, {}, {}, {}, {}] });
	});
});

describe("targets that are the user's own pods", () => {
	const ownedBy = (...healthy: readonly string[]) => ({
		...targetGroup(),
		targets: healthy.map((address) => ({ address, port: 8080, state: "healthy" })),
	});

	it("given pods of slots in the user's target group, counts only those of the user's Deployment", () => {
		const groups = { [own]: ownedBy("10.0.0.1", "10.9.9.1", "10.9.9.2") };

		expect(ownHealthyTargets(facts({ route: { groups } }))).toBe(1);
		expect(ownHealthyTargets(facts({ route: { groups }, cluster: { users: null } }))).toBe(0);
		expect(ownHealthyTargets(facts({ route: { groups: {} } }))).toBe(0);
		expect(ownHealthyTargets(facts({ route: { users: null } }))).toBeNull();
	});

	it("given pods of slots only, does not give them back what the slot serves", () => {
		const base = baseRule({ [own]: 0, [blue]: 0, [green]: 100 });
		const groups = { [own]: ownedBy("a", "b", "c", "d") };
		const cluster = { users: usersDeployment(), inClusterService: { slot: null }, inClusterEpoch: 10 };
		const given = facts({ tombstone: leaving, cluster, slots: { green: serving }, route: { base, groups } });

		expect(planWithdrawal(given, noMemory, now).steps[0]).toEqual({
			kind: "await-users",
			missing: ["0 of 4 targets are healthy"],
		});
	});
});
