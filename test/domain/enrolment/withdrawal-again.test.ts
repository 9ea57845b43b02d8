import { describe, expect, it } from "vitest";
import { type EnrolmentMemory, noMemory } from "../../../lib/domain/enrolment.ts";
import type { EnrolmentFacts } from "../../../lib/domain/enrolment-facts.ts";
import { sentenceOf } from "../../../lib/domain/enrolment-sentence.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { idleState } from "../../../lib/domain/service-state.ts";
import { planWithdrawal } from "../../../lib/domain/withdrawal.ts";
import { isQuietForWithdrawal } from "../../../lib/domain/withdrawal-reach.ts";
import { afterFailure } from "../../../lib/domain/withdrawal-refusals.ts";
import {
	atRest,
	baseRule,
	blue,
	definition,
	facts,
	green,
	own,
	rule,
	serving,
	targetGroup,
	usersDeployment,
} from "./facts.ts";

const now = 10_000_000;
const quiet: EnrolmentMemory = { ...noMemory, quietSinceEpochMs: now - 300_000 };
const release = releaseOf(`sha256:${"a".repeat(64)}`);
const leaving = { epoch: 9, leaving: { slot: "green", release } } as const;
const back = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });
const withSlot = baseRule({ [own]: 0, [blue]: 0, [green]: 100 });
const free = { inClusterService: { slot: null }, inClusterEpoch: 10 };
const broken = usersDeployment({ readyReplicas: 0 });
const again = { kind: "direct-to-slot-again", slot: "green" } as const;

type More = Parameters<typeof facts>[0];
const given = ({ cluster, ...more }: More = {}): EnrolmentFacts =>
	facts({
		tombstone: leaving,
		slots: { green: serving },
		route: { base: back },
		...more,
		cluster: { ...free, ...cluster },
	});
const plan = (found: EnrolmentFacts, memory = quiet) => planWithdrawal(found, memory, now);
const kinds = (found: EnrolmentFacts): readonly string[] => plan(found).steps.map(({ kind }) => kind);

describe("the user's own pods that fail after they have taken over, while a slot still runs", () => {
	it.each([
		["no ready pod", { cluster: { users: broken } }],
		["no healthy target", { route: { base: back, groups: { [own]: targetGroup(0) } } }],
		["no Deployment", { cluster: { users: null } }],
	])("given %s, sends everything to the slot again before anything else", (_, more) => {
		const found = given(more);

		expect(plan(found)).toMatchObject({ problems: [], steps: [again, ...plan(found).steps.slice(1)] });
		expect(sentenceOf(again, found)).toContain("slot green again");
	});

	it("given that the slot has everything again, waits for the user's pods before they get anything", () => {
		const found = given({ route: { base: withSlot }, cluster: { users: broken, inClusterService: { slot: "green" } } });

		expect(kinds(found).slice(0, 2)).toEqual(["await-users", "direct"]);
	});

	it.each([
		["is at rest", { slots: { green: { ...atRest, epoch: 9 } } }],
		["has no ready pod either", { slots: { green: { ...serving, readyReplicas: 0 } } }],
		["has no healthy target either", { slots: { green: { ...serving, healthyTargets: 0 } } }],
		["is out of the rules' reach, which are the user's", { route: { base: null } }],
	])("given a slot that %s, sends nothing there", (_, more) => {
		expect(kinds(given({ ...more, cluster: { users: broken } }))).not.toContain("direct-to-slot-again");
	});

	it("given pods that serve, sends nothing to the slot", () => {
		expect(kinds(given())[0]).toBe("delete-base-rule");
	});

	it("given a service on record, takes it out of the record first: a rollout could be writing that rule", () => {
		const record = { ...idleState("checkout", "green", release, 8), epoch: 9 };

		expect(kinds(given({ record, cluster: { users: broken } }))[0]).toBe("withdraw-record");
	});

	it("given pods that failed three times, refuses to try them again while the slot serves", () => {
		const memory = [1, 2, 3].reduce(afterFailure, quiet);
		const cluster = { users: usersDeployment() };

		expect(plan(given({ route: { base: withSlot }, cluster }), memory)).toMatchObject({
			problems: [{ what: 'pods of Deployment "shop/checkout"', value: "failed 3 times after they had taken over" }],
			steps: [],
		});
		expect(plan(given({ route: { base: withSlot }, cluster }), afterFailure(quiet)).problems).toEqual([]);
		expect(plan(given({ cluster: { users: broken } }), memory).steps[0]).toEqual(again);
	});
});

describe("callers in the cluster that were freed to pods of which none is ready", () => {
	it("given a slot that still runs, go back there, and are freed at an epoch above", () => {
		const found = given({ route: { base: withSlot }, cluster: { users: broken } });
		const lent = given({
			route: { base: withSlot },
			cluster: { users: usersDeployment(), inClusterService: { slot: "green" } },
		});

		expect(plan(found).steps[0]).toEqual({ kind: "move-in-cluster-service", slot: "green", epoch: 10 });
		expect(plan(lent).steps).toContainEqual({ kind: "free-in-cluster-service", epoch: 11 });
	});

	it.each([
		["a slot without a ready pod", { slots: { green: { ...serving, readyReplicas: 0 } } }],
		["a slot at rest", { slots: { green: { ...serving, wantedReplicas: 0 } } }],
		["a service that is not leaving", { tombstone: { epoch: 9 } }],
	])("given %s, does not fight for them", (_, more) => {
		const found = given({ route: { base: withSlot }, ...more, cluster: { users: broken } });

		expect(kinds(found)).not.toContain("move-in-cluster-service");
	});

	it("given that they went back three times, leaves them with the slot and refuses to free them once more", () => {
		const memory = { ...quiet, callersSent: 3 };
		const lent = (more: More = {}) =>
			given({
				route: { base: withSlot },
				...more,
				cluster: { users: usersDeployment(), inClusterService: { slot: "green", feedsTargetGroups: [own] } },
			});

		expect(plan(lent(), memory)).toMatchObject({
			problems: [{ value: expect.stringContaining("sent back to slot green 3 times") }],
			steps: [],
		});
		expect(plan(lent(), { ...quiet, callersSent: 2 }).problems).toEqual([]);
		const dead = { slots: { green: { ...serving, readyReplicas: 0 } } };
		expect(plan(lent(dead), memory).problems).toEqual([]);
		const freed = given({ route: { base: withSlot }, cluster: { users: broken } });
		expect(plan(freed, memory).steps[0]).toMatchObject({ kind: "move-in-cluster-service", slot: "green" });
	});

	it("given pods that are ready and not healthy, stay with them: they are reached by readiness", () => {
		const groups = { [own]: targetGroup(0) };

		expect(kinds(given({ route: { base: back, groups } }))).not.toContain("move-in-cluster-service");
	});
});

describe("an in-cluster Service that is what feeds the user's target group", () => {
	it("given ready pods that cannot become targets while it selects a slot, frees it before it waits for them", () => {
		const groups = { [own]: targetGroup(0) };
		const cluster = { inClusterService: { slot: "green", feedsTargetGroups: [own] } } as const;
		const found = given({ route: { base: withSlot, groups }, cluster });

		expect(kinds(found).slice(0, 3)).toEqual(["free-in-cluster-service", "await-users", "direct"]);
		expect(kinds(found).filter((kind) => kind === "free-in-cluster-service")).toHaveLength(1);
		expect(kinds(given({ ...found, cluster: { ...cluster, users: broken } }))[0]).toBe("await-users");
	});

	it.each([[[]], [["another"]]])(
		"given that it feeds %j instead, frees it once the user's pods have taken over",
		(feeds) => {
			const cluster = { inClusterService: { slot: "green", feedsTargetGroups: feeds } } as const;
			const found = given({ route: { base: withSlot, groups: { [own]: targetGroup(0) } }, cluster });
			const healthy = given({ route: { base: withSlot }, cluster });

			expect(kinds(found).slice(0, 3)).toEqual(["await-users", "direct", "free-in-cluster-service"]);
			expect(kinds(healthy).slice(0, 2)).toEqual(["direct", "free-in-cluster-service"]);
		},
	);
});

describe("a trial or a preview that a rollout has left", () => {
	const ours = { "sluice:environment": definition.environment };
	const left = rule(definition.route.basePriority - 1, { [green]: 5, [blue]: 95 }, { tags: ours });

	it.each(["trial", "preview"])(
		"given a %s rule that sends requests to a slot, deletes it before it drains",
		(place) => {
			const found = given({ route: { base: back, [place]: left, rules: [left, back, rule(500, { [own]: 1 })] } });

			expect(isQuietForWithdrawal(found)).toBe(false);
			expect(kinds(found).slice(0, 2)).toEqual(["remove-trial-rule", "await-drain"]);
			expect(isQuietForWithdrawal(given())).toBe(true);
		},
	);
});
