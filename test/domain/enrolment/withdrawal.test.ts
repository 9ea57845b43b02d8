import { describe, expect, it } from "vitest";
import { noMemory, planEnrolment } from "../../../lib/domain/enrolment.ts";
import type { EnrolmentFacts } from "../../../lib/domain/enrolment-facts.ts";
import { sentenceOf } from "../../../lib/domain/enrolment-sentence.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { idleState } from "../../../lib/domain/service-state.ts";
import { planWithdrawal } from "../../../lib/domain/withdrawal.ts";
import { isQuietForWithdrawal } from "../../../lib/domain/withdrawal-reach.ts";
import {
	atRest,
	baseRule,
	blue,
	definition,
	facts,
	green,
	made,
	own,
	rule,
	serving,
	targetGroup,
	usersDeployment,
} from "./facts.ts";

const now = 10_000_000;
const release = releaseOf(`sha256:${"c".repeat(64)}`, "v9");
const record = { ...idleState("checkout", "green", release, 8), epoch: 9 };
const stopped = usersDeployment({ replicas: 0, wantedReplicas: 0, readyReplicas: 0, imageDigests: [] });
const bound = { blue: made, green: made };
const enrolled = (more: Parameters<typeof facts>[0] = {}): EnrolmentFacts =>
	facts({
		record,
		slots: { blue: { ...atRest, epoch: 7 }, green: { ...serving, epoch: 8, imageDigest: release.imageDigest } },
		fromPriority: null,
		...more,
		cluster: { users: stopped, inClusterService: { slot: "green" }, inClusterEpoch: 10, slots: bound, ...more.cluster },
		route: { base: baseRule({ [blue]: 0, [green]: 100 }), ...more.route },
	});
const leaving = { epoch: 9, leaving: { slot: "green", release } } as const;
const kinds = (given: EnrolmentFacts, memory = noMemory): readonly string[] =>
	planWithdrawal(given, memory, now).steps.map(({ kind }) => kind);
const quiet = { ...noMemory, quietSinceEpochMs: now - 300_000 };

describe("giving a service back", () => {
	it("given an idle service, plans the whole way: record, the user's pods, traffic, drain, slots", () => {
		expect(kinds(enrolled())).toEqual([
			"withdraw-record",
			"set-users-image",
			"start-users",
			"direct",
			"await-users",
			"direct",
			"free-in-cluster-service",
			"await-drain",
			"delete-base-rule",
			"retire-slot",
			"remove-slot",
			"remove-slot",
			"close-record",
		]);
	});

	it("given a rollout under way, refuses and names it", () => {
		const { problems, steps } = planWithdrawal(
			enrolled({ record: { ...record, phase: "trial", rolloutId: "checkout-9" } }),
			noMemory,
			now,
		);

		expect(problems).toEqual([expect.objectContaining({ value: "trial, rollout checkout-9" })]);
		expect(steps).toEqual([]);
	});

	it("given no Deployment to go back to, refuses", () => {
		expect(planWithdrawal(enrolled({ cluster: { users: null } }), noMemory, now).problems).toHaveLength(1);
	});

	it("given the image that serves in the user's template already, leaves the template alone", () => {
		const users = usersDeployment({ ...stopped, image: `shop/checkout@${release.imageDigest}` });

		expect(kinds(enrolled({ cluster: { users } }))).not.toContain("set-users-image");
	});

	it("given the record gone and the user's pods healthy, moves traffic by what the tombstone remembers", () => {
		const users = usersDeployment({ imageDigests: [release.imageDigest] });
		const base = baseRule({ [own]: 0, [blue]: 0, [green]: 100 });
		const given = enrolled({ record: null, tombstone: leaving, cluster: { users }, route: { base } });

		expect(planWithdrawal(given, noMemory, now).steps[0]).toEqual({
			kind: "direct",
			usersPercent: 100,
			slot: "green",
			listsUsers: true,
		});
	});

	it("given fewer healthy targets than serve now, does not move yet", () => {
		const users = usersDeployment({ imageDigests: [release.imageDigest] });
		const base = baseRule({ [own]: 0, [blue]: 0, [green]: 100 });
		const group = targetGroup(3);
		const route = { base, groups: { [own]: group } };

		expect(kinds(enrolled({ record: null, tombstone: leaving, cluster: { users }, route })).slice(0, 2)).toEqual([
			"await-users",
			"direct",
		]);
	});

	it("given that the user's own serves, drains before the rule goes and before a slot stops", () => {
		const base = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });
		const given = enrolled({
			record: null,
			tombstone: leaving,
			cluster: { users: usersDeployment(), inClusterService: { slot: null } },
			route: { base },
		});

		expect(kinds(given)[0]).toBe("await-drain");
		expect(planWithdrawal(given, quiet, now).steps[0]).toEqual({ kind: "delete-base-rule", ruleArn: "rule-101" });
	});

	it.each([
		["missing", [baseRule({ [own]: 100 })]],
		["forwards elsewhere, or to several target groups", [baseRule({ [own]: 100 }), rule(500, { other: 1 })]],
	])("given the user's own rule %s, refuses instead of deleting the one above it", (value, rules) => {
		const given = enrolled({
			record: null,
			tombstone: leaving,
			cluster: { users: usersDeployment(), inClusterService: { slot: null } },
			route: { base: baseRule({ [own]: 100 }), rules },
		});

		expect(planWithdrawal(given, quiet, now)).toMatchObject({
			problems: [{ what: "your own rule, at priority 500", value, allowed: expect.stringContaining(own) }],
			steps: [],
		});
	});

	it("given an enrolment that was not finished, bars its record and takes back what was made", () => {
		const base = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });
		const given = (inClusterEpoch: number | null) =>
			facts({ route: { base }, cluster: { slots: bound, inClusterEpoch }, slots: { blue: serving } });
		const bar = (epoch: number) => ({ kind: "bar-record", epoch, leaving: {} });

		expect(planWithdrawal(given(null), noMemory, now).steps[0]).toEqual(bar(1));
		// A move that was sent has at most the epoch that it saw on the Service.
		expect(planWithdrawal(given(9), noMemory, now).steps[0]).toEqual(bar(9));
		const barred = { ...given(2), tombstone: { epoch: 1, leaving: {} } };
		expect(kinds(barred, quiet)).toEqual([
			"delete-base-rule",
			"retire-slot",
			"remove-slot",
			"remove-slot",
			"close-record",
		]);
		expect(planEnrolment(barred, quiet, now).problems).toEqual([
			expect.objectContaining({ value: "being given back" }),
		]);
	});

	it("given an enrolment that has made no pods yet, bars it as well; what served keeps its place at a higher epoch", () => {
		const given = facts({ cluster: { slots: bound } });

		expect(planWithdrawal(given, noMemory, now).steps[0]).toMatchObject({ kind: "bar-record", epoch: 1 });
		const late = facts({ tombstone: leaving, slots: { blue: { ...serving, epoch: 10 } } });
		expect(planWithdrawal(late, noMemory, now).steps[0]).toEqual({
			kind: "bar-record",
			epoch: 10,
			leaving: leaving.leaving,
		});
	});

	it("given pods without a preStop hook, warns: callers beside the rules still reach the slots as they stop", () => {
		const users = usersDeployment({ hasPreStop: false });

		expect(planWithdrawal(enrolled({ cluster: { users } }), noMemory, now).warnings.join()).toContain("preStop");
	});

	it("given a trial rule that was left, deletes it", () => {
		const trial = rule(100, { [green]: 1 }, { tags: { "sluice:environment": "production" } });

		expect(kinds(enrolled({ route: { trial } }))).toContain("remove-trial-rule");
	});

	it("given a base rule without our tags that sends requests to a slot, refuses and names it", () => {
		const base = rule(definition.route.basePriority, { [blue]: 0, [green]: 100 });
		const { problems, steps } = planWithdrawal(enrolled({ route: { base } }), quiet, now);

		expect(problems).toEqual([
			expect.objectContaining({ what: `the rule at priority ${base.priority}`, value: expect.stringMatching(/slot/) }),
		]);
		expect(steps).toEqual([]);
		expect(isQuietForWithdrawal(enrolled({ route: { base }, cluster: { inClusterService: null } }))).toBe(false);
	});

	it("given another rule of the user's that sends requests to a slot, refuses and names it", () => {
		const base = baseRule({ [blue]: 0, [green]: 100 });
		const preview = rule(700, { [green]: 1 });

		const { problems } = planWithdrawal(
			enrolled({ route: { base, rules: [base, rule(500, { [own]: 1 }), preview] } }),
			noMemory,
			now,
		);

		expect(problems.map(({ what }) => what)).toEqual(["the rule at priority 700"]);
	});

	it.each([
		["a base rule that somebody deleted", null],
		["a base rule that somebody gave back by hand", rule(definition.route.basePriority, { [own]: 1 })],
	])("given %s and the user's pods at zero, starts them before a slot stops", (_, base) => {
		const planned = kinds(enrolled({ route: { base } }), quiet);

		expect(planned.slice(0, 3)).toEqual(["withdraw-record", "start-users", "await-users"]);
		expect(planned.indexOf("await-users")).toBeLessThan(planned.indexOf("retire-slot"));
	});

	it.each([
		["stopped again", stopped, ["direct-to-slot-again", "move-in-cluster-service", "start-users", "await-users"]],
		["fewer than are needed", usersDeployment({ readyReplicas: 2 }), ["await-users"]],
	])("given that traffic is back and the user's pods are %s, sees to them before the rule goes", (_, users, first) => {
		const base = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });
		const cluster = { users, inClusterService: { slot: null } };
		const given = enrolled({ record: null, tombstone: leaving, cluster, route: { base } });

		expect(kinds(given, quiet)).toEqual([
			...first,
			"delete-base-rule",
			"retire-slot",
			"remove-slot",
			"remove-slot",
			"close-record",
		]);
	});

	it("given an in-cluster Service that was not moved yet, leaves an epoch there that a late move does not have", () => {
		const cluster = { users: usersDeployment(), inClusterService: { slot: null }, inClusterEpoch: null };
		const base = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });
		const given = enrolled({ record: null, tombstone: leaving, cluster, route: { base } });

		expect(planWithdrawal(given, quiet, now).steps[0]).toEqual({ kind: "free-in-cluster-service", epoch: 10 });
		const freed = enrolled({ ...given, cluster: { ...cluster, inClusterEpoch: 10 }, route: { base } });
		expect(kinds(freed, quiet)[0]).toBe("delete-base-rule");
		expect(kinds(facts({ tombstone: { epoch: 9 }, cluster }))).toEqual([]);
	});

	it("given the mark of an enrolment that may stop the user's pods, takes it off before anything else of theirs", () => {
		const users = usersDeployment({ stopEpoch: 9 });
		const given = enrolled({ record: null, tombstone: leaving, cluster: { users } });

		expect(kinds(enrolled({ cluster: { users } })).slice(0, 2)).toEqual(["withdraw-record", "forbid-stop"]);
		expect(planWithdrawal(given, noMemory, now).steps[0]).toEqual({ kind: "forbid-stop", resourceVersion: "7" });
		expect(kinds(facts({ cluster: { users } }))).toEqual(["forbid-stop"]);
	});

	it("given an autoscaler that wants enough and starts none, starts the user's pods all the same", () => {
		const users = usersDeployment({ replicas: 2, wantedReplicas: 4, readyReplicas: 2 });

		expect(kinds(enrolled({ record: null, tombstone: leaving, cluster: { users } }))).toContain("start-users");
	});

	it("given somebody who sets fewer replicas than serve over and over, refuses and says what to write where", () => {
		const users = usersDeployment({ replicas: 2, wantedReplicas: 2, readyReplicas: 2 });
		const given = enrolled({ record: null, tombstone: leaving, cluster: { users } });

		expect(planWithdrawal(given, { ...noMemory, usersStarts: 4 }, now).problems).toEqual([]);
		const { problems, steps } = planWithdrawal(given, { ...noMemory, usersStarts: 5 }, now);
		expect(problems).toEqual([
			{
				what: 'replicas of Deployment "shop/checkout"',
				value: "2 again, after as many as serve were set 5 times",
				allowed: expect.stringMatching(/^4 at least, as many as serve now/),
			},
		]);
		expect(steps).toEqual([]);
	});

	it("given nothing of Sluice's, has nothing to do", () => {
		expect(kinds(facts({ tombstone: { epoch: 9 } }))).toEqual([]);
	});

	it("given any step, says what it changes; given an image to be set, warns whoever keeps it in git", () => {
		const given = enrolled();
		const { steps, warnings } = planWithdrawal(given, noMemory, now);

		for (const step of steps) expect(sentenceOf(step, given)).toMatch(/^[A-Z].*\.$/s);
		expect(warnings[0]).toContain(`@${release.imageDigest}`);
	});
});
