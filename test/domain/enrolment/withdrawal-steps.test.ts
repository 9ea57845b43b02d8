import { describe, expect, it } from "vitest";
import { type EnrolmentMemory, noMemory } from "../../../lib/domain/enrolment.ts";
import type { EnrolmentFacts } from "../../../lib/domain/enrolment-facts.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { idleState } from "../../../lib/domain/service-state.ts";
import { planWithdrawal } from "../../../lib/domain/withdrawal.ts";
import { isQuietForWithdrawal } from "../../../lib/domain/withdrawal-reach.ts";
import { afterStart } from "../../../lib/domain/withdrawal-refusals.ts";
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
const quiet: EnrolmentMemory = { ...noMemory, quietSinceEpochMs: now - 300_000 };
const digest = serving.imageDigest ?? "";
const release = releaseOf(digest);
const record = { ...idleState("checkout", "blue", release, 9), epoch: 9 };
const stopped = usersDeployment({ replicas: 0, wantedReplicas: 0, readyReplicas: 0, imageDigests: [] });
const bound = { blue: made, green: made };
const nothing = { hasService: false, hasBinding: false, hasDeployment: false, hasAutoscaler: false };
const bothAtRest = { blue: atRest, green: atRest };
const settled = baseRule({ [blue]: 100, [green]: 0 });
const back = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });
const free = { slot: null };
const fewer = { ...serving, wantedReplicas: 2, readyReplicas: 2 };

const plan = (given: EnrolmentFacts, memory = quiet) => planWithdrawal(given, memory, now);
const kinds = (given: EnrolmentFacts, memory = quiet): readonly string[] =>
	plan(given, memory).steps.map(({ kind }) => kind);
const missingDeployment = {
	what: 'Deployment "shop/checkout"',
	value: "missing",
	allowed: "your own Deployment, which traffic goes back to",
};

describe("what giving back needs", () => {
	it.each([
		["a record", { record, slots: bothAtRest }, true],
		["a rule of ours", { route: { base: settled }, slots: bothAtRest }, true],
		["a slot that runs", { slots: { blue: serving } }, true],
		["nothing of Sluice's", { slots: bothAtRest }, false],
	])("given %s, it needs the user's Deployment exactly where somebody could depend on it", (_, more, isNeeded) => {
		const { problems } = plan(facts({ ...more, cluster: { users: null } }));

		expect(problems.filter(({ what }) => what.startsWith("Deployment"))).toEqual(isNeeded ? [missingDeployment] : []);
	});

	it("given a rule of ours that names no group of the user's, says which tag is missing", () => {
		const tags = { "sluice:environment": definition.environment, "sluice:origin": "created" };
		const base = rule(definition.route.basePriority, { [blue]: 100 }, { tags });

		expect(plan(facts({ record, route: { base, users: null }, slots: { blue: serving } })).problems).toContainEqual({
			what: "tag sluice:users-group of the base rule",
			value: "missing",
			allowed: "the ARN of your own target group, which traffic goes back to",
		});
	});

	it("given a load that grows while pods start, does not take that for somebody who stops them", () => {
		const starts = [
			[0, 4],
			[4, 6],
			[6, 9],
			[3, 9],
		] as const;
		const memory = starts.reduce(
			(known, [replicas, set]) => afterStart(known, usersDeployment({ replicas }), set),
			noMemory,
		);

		expect(memory).toMatchObject({ usersStarts: 2, usersSet: 9 });
	});

	it("given a base rule that names no rule it was copied from, says which tag is missing", () => {
		const { "sluice:from-priority": _, ...tags } = baseRule({ [own]: 100 }).tags;
		const base = { ...baseRule({ [own]: 100 }), tags };

		expect(plan(facts({ record, route: { base }, slots: { blue: serving } })).problems).toEqual([
			{
				what: "tag sluice:from-priority of the base rule",
				value: "missing",
				allowed: expect.stringContaining("your own rule"),
			},
		]);
	});

	it("given a rollout under way, says what to do first", () => {
		const busy = { ...record, phase: "trial", rolloutId: "checkout-9" } as const;

		expect(plan(facts({ record: busy, route: { base: settled }, slots: { blue: serving } })).problems).toContainEqual({
			what: "service",
			value: "trial, rollout checkout-9",
			allowed: "idle: end the rollout first, or abort it",
		});
	});

	it.each([
		[
			definition.route.basePriority,
			`the tags sluice:environment=${definition.environment} and sluice:users-group, or a rule that forwards to your own target group`,
		],
		[700, "a rule that forwards elsewhere: the slots are to be deleted"],
	])("given a rule at %s that is nobody's and serves a slot, says what it has to become", (priority, allowed) => {
		const foreign = rule(priority, { [blue]: 1 });
		const route = priority === 700 ? { base: settled, rules: [settled, foreign] } : { base: foreign };

		expect(plan(facts({ record, route, slots: { blue: serving } })).problems).toContainEqual(
			expect.objectContaining({ what: `the rule at priority ${priority}`, allowed }),
		);
	});
});

describe("which slot serves when a service is given back", () => {
	it.each([
		["the record", { record: { ...record, stableSlot: "green" }, route: { base: settled } }, 2],
		["the tombstone", { tombstone: { epoch: 9, leaving: { slot: "green", release } }, route: { base: settled } }, 2],
		["the rule", { route: { base: baseRule({ [blue]: 0, [green]: 100 }) } }, 2],
		["the rule", { route: { base: baseRule({ [blue]: 100, [green]: 0 }) } }, 4],
		["nobody", { tombstone: { epoch: 9, leaving: {} }, route: { base: back } }, 4],
	] as const)("given that %s says it, starts as many pods as serve there", (_, more, replicas) => {
		const given = facts({
			...more,
			cluster: { users: stopped, slots: bound, inClusterService: free },
			slots: { blue: serving, green: fewer },
		});

		expect(plan(given).steps.find(({ kind }) => kind === "start-users")).toMatchObject({ replicas });
	});
});

describe("the user's own pods on the way back", () => {
	const leaving = { tombstone: { epoch: 9, leaving: { slot: "blue", release } } } as const;
	const given = (users: Parameters<typeof usersDeployment>[0], more: Parameters<typeof facts>[0] = {}) =>
		facts({
			...leaving,
			route: { base: baseRule({ [own]: 0, [blue]: 100, [green]: 0 }) },
			slots: { blue: serving },
			...more,
			cluster: { users: usersDeployment(users), slots: bound, ...more.cluster },
		});

	it.each([
		["all of this image", { imageDigests: [digest] }, false],
		["one of another image", { imageDigests: [digest, `sha256:${"b".repeat(64)}`] }, true],
		["at zero", { replicas: 0, imageDigests: [] }, true],
		["at zero, of this digest", { replicas: 0, imageDigests: [], image: `shop/checkout@${digest}` }, false],
		["at zero, of a digest that goes on", { replicas: 0, imageDigests: [], image: `shop/checkout@${digest}0` }, true],
	])("given pods that are %s, sets the image that serves exactly where it must", (_, users, isSet) => {
		expect(kinds(given(users)).includes("set-users-image")).toBe(isSet);
		expect(kinds(given(users, { tombstone: { epoch: 9, leaving: {} } }))).not.toContain("set-users-image");
	});

	it("given pods that lack everything, says each part of it", () => {
		const group = targetGroup(1);
		const base = baseRule({ [own]: 0, [blue]: 100, [green]: 0 });
		const lacking = given({ readyReplicas: 2, isSettled: false }, { route: { base, groups: { [own]: group } } });

		expect(plan(lacking).steps.find(({ kind }) => kind === "await-users")).toEqual({
			kind: "await-users",
			missing: ["2 of 4 pods are ready", "not all pods are of the newest template", "1 of 4 targets are healthy"],
		});
		const unknown = given({}, { route: { base, groups: {} } });
		expect(plan(unknown).steps.find(({ kind }) => kind === "await-users")).toEqual({
			kind: "await-users",
			missing: ["0 of 4 targets are healthy"],
		});
	});

	it("given pods that lack nothing and a rule that does not list them, lists them before it sends them anything", () => {
		const { steps } = plan(given({}, { route: { base: settled } }));

		expect(steps.slice(0, 2)).toEqual([
			{ kind: "direct", usersPercent: 0, slot: "blue", listsUsers: true },
			{ kind: "direct", usersPercent: 100, slot: "blue", listsUsers: true },
		]);
	});

	it("given that everybody is back and no slot runs, looks at the user's pods no more, unless there is a record", () => {
		const over = { route: { base: back }, slots: bothAtRest, cluster: { inClusterService: free } };

		expect(kinds(given({ readyReplicas: 0 }, over))).not.toContain("await-users");
		expect(kinds(given({ readyReplicas: 0 }, { ...over, record }))).toContain("await-users");
		expect(kinds(given({ readyReplicas: 0 }, { ...over, route: { base: settled } }))).toContain("await-users");
	});
});

describe("what goes last", () => {
	const leaving = { tombstone: { epoch: 9, leaving: {} } };

	it.each([
		["the callers in the cluster are with a slot", { slot: "blue" }, 300],
		["the callers in the cluster are back", { slot: null }, 100],
		["nobody calls within the cluster", null, 100],
	] as const)("given that %s, drains from there", (_, inClusterService, seconds) => {
		const since = { ...noMemory, quietSinceEpochMs: now - 200_000 };
		const given = facts({
			...leaving,
			route: { base: back },
			cluster: { inClusterService, inClusterEpoch: 10 },
			slots: { blue: serving },
		});

		expect(isQuietForWithdrawal(given)).toBe(seconds === 100);
		expect(plan(given, since).steps.find(({ kind }) => kind === "await-drain")).toEqual({
			kind: "await-drain",
			seconds,
		});
		expect(kinds(given, since).includes("free-in-cluster-service")).toBe(seconds === 300);
	});

	it.each([
		["a rule of ours and no slot that runs", { route: { base: back }, slots: bothAtRest }, true],
		["a slot that runs and no rule", { slots: { blue: serving } }, true],
		["neither", { slots: bothAtRest }, false],
	])("given %s, drains exactly where something could still be under way", (_, more, drains) => {
		const given = facts({ ...leaving, ...more, cluster: { inClusterService: free } });

		expect(kinds(given, noMemory).includes("await-drain")).toBe(drains);
	});

	it.each(["hasService", "hasBinding", "hasDeployment", "hasAutoscaler"])(
		"given a slot of which only %s is so, removes it",
		(object) => {
			const slots = { blue: { ...nothing, [object]: true }, green: nothing };

			expect(plan(facts({ ...leaving, cluster: { slots, inClusterService: free } })).steps).toContainEqual({
				kind: "remove-slot",
				slot: "blue",
			});
			expect(plan(facts({ ...leaving, cluster: { slots, inClusterService: free } })).steps).not.toContainEqual({
				kind: "remove-slot",
				slot: "green",
			});
		},
	);

	it("given a record or a tombstone, closes it at the epoch that it has", () => {
		expect(plan(facts(leaving)).steps.at(-1)).toEqual({ kind: "close-record", epoch: 9 });
		const onRecord = facts({ record, route: { base: back }, slots: { blue: serving } });
		expect(plan(onRecord).steps.at(-1)).toEqual({ kind: "close-record", epoch: 9 });
	});

	it("given a slot of which one object was made, bars the record of the enrolment that made it", () => {
		const slots = { blue: { ...nothing, hasService: true }, green: nothing };

		expect(plan(facts({ cluster: { slots } })).steps[0]).toEqual({ kind: "bar-record", epoch: 1, leaving: {} });
	});
});
