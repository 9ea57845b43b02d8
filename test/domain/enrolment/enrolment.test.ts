import { describe, expect, it } from "vitest";
import { noMemory, planEnrolment, remembered } from "../../../lib/domain/enrolment.ts";
import type { EnrolmentFacts } from "../../../lib/domain/enrolment-facts.ts";
import { sentenceOf } from "../../../lib/domain/enrolment-sentence.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { idleState } from "../../../lib/domain/service-state.ts";
import { baseRule, blue, definition, facts, green, made, own, serving, targetGroup, usersDeployment } from "./facts.ts";

const now = 10_000_000;
const kinds = (given: EnrolmentFacts, memory = noMemory): readonly string[] =>
	planEnrolment(given, memory, now).steps.map(({ kind }) => kind);
const bound = { blue: made, green: made };
const quietSince = (seconds: number) => ({ ...noMemory, quietSinceEpochMs: now - seconds * 1000 });
const moved = baseRule({ [own]: 0, [blue]: 100, [green]: 0 });
const settled = baseRule({ [blue]: 100, [green]: 0 });
const inBlue = { slot: "blue" } as const;

describe("enrolling", () => {
	it("given a service that Sluice never saw, plans the whole way, the user's own pods last but for the record", () => {
		const { problems, steps } = planEnrolment(facts(), noMemory, now);

		expect(problems).toEqual([]);
		expect(steps.map(({ kind }) => kind)).toEqual([
			"bind-slot",
			"bind-slot",
			"create-base-rule",
			"deploy-slot",
			"hold-slot",
			"await-slot",
			"direct",
			"move-in-cluster-service",
			"await-drain",
			"direct",
			"follow-load",
			"allow-stop",
			"stop-users",
			"record",
		]);
		expect(steps.find(({ kind }) => kind === "hold-slot")).toMatchObject({ minReplicas: 4, epoch: 1 });
		expect(steps.at(-1)).toMatchObject({ release: { tag: "v41" }, epoch: 1, slotEpoch: 1 });
	});

	it("given a base rule that somebody wrote by hand, makes another one: nobody checks targets of a group in no rule", () => {
		const given = facts({ route: { base: baseRule({ [own]: 1 }) }, cluster: { slots: bound } });

		expect(planEnrolment(given, noMemory, now).steps[0]).toMatchObject({ kind: "renew-base-rule" });
	});

	it.each([
		["a pod that is not ready", { readyReplicas: 3 }],
		["a target that is not healthy", { healthyTargets: 3 }],
		["a rolling update", { isSettled: false }],
	])("given %s in the slot, waits before anything is sent there", (_, lack) => {
		const base = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });
		const given = facts({ route: { base }, cluster: { slots: bound }, slots: { blue: { ...serving, ...lack } } });

		expect(kinds(given)[0]).toBe("await-slot");
	});

	it("given more users than a moment ago, asks for more pods before it moves", () => {
		const base = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });
		const users = usersDeployment({ wantedReplicas: 6 });
		const given = facts({ route: { base }, cluster: { slots: bound, users }, slots: { blue: serving } });

		expect(planEnrolment(given, noMemory, now).steps[0]).toMatchObject({ kind: "hold-slot", minReplicas: 6 });
	});

	it("given another image in the user's pods by now, deploys it above the epoch that the slot carries", () => {
		const base = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });
		const users = usersDeployment({ imageDigests: [`sha256:${"b".repeat(64)}`] });
		const given = facts({ route: { base }, cluster: { slots: bound, users }, slots: { blue: serving } });

		expect(planEnrolment(given, noMemory, now).steps[0]).toMatchObject({ kind: "deploy-slot", epoch: 2 });
	});

	it("given an epoch from an earlier life, begins above it", () => {
		const { steps } = planEnrolment(facts({ tombstone: { epoch: 41 } }), noMemory, now);

		expect(steps.find(({ kind }) => kind === "deploy-slot")).toMatchObject({ epoch: 42 });
		expect(steps.at(-1)).toMatchObject({ kind: "record", epoch: 42, slotEpoch: 42 });
	});

	it("given that everything goes to the slot, drains for five minutes before the user's own pods stop", () => {
		const given = facts({ route: { base: moved }, cluster: { inClusterService: inBlue }, slots: { blue: serving } });

		expect(planEnrolment(given, quietSince(299), now).steps[0]).toEqual({ kind: "await-drain", seconds: 1 });
		expect(kinds(given, quietSince(300))).toEqual(["direct", "follow-load", "allow-stop", "stop-users", "record"]);
	});

	it("given a mark that an enrolment may stop the user's pods, stops them; given none, marks first", () => {
		const route = { base: settled };
		const cluster = { inClusterService: inBlue, slots: bound, minReplicas: 4 };
		const slots = { blue: { ...serving, epoch: 3 } };
		const marked = usersDeployment({ stopEpoch: 3 });

		expect(planEnrolment(facts({ route, cluster, slots }), quietSince(300), now).steps[0]).toEqual({
			kind: "allow-stop",
			epoch: 3,
			resourceVersion: "7",
		});
		expect(kinds(facts({ route, cluster: { ...cluster, users: marked }, slots }), quietSince(300))).toEqual([
			"stop-users",
			"record",
		]);
	});

	it("given callers in the cluster that still reach the user's pods, does not count that time as quiet", () => {
		const given = facts({ route: { base: moved }, slots: { blue: serving } });

		expect(planEnrolment(given, quietSince(600), now).steps.slice(0, 2)).toMatchObject([
			{ kind: "move-in-cluster-service" },
			{ kind: "await-drain", seconds: 300 },
		]);
	});

	it("given a longer deregistration delay of the user's group, drains for as long as that", () => {
		const group = targetGroup(4, 900);
		const groups = { [blue]: group, [green]: group, [own]: group };
		const given = facts({
			route: { base: moved, groups },
			cluster: { inClusterService: inBlue },
			slots: { blue: serving },
		});

		expect(planEnrolment(given, quietSince(300), now).steps[0]).toEqual({ kind: "await-drain", seconds: 600 });
	});

	it.each([
		["listed still", moved, { readyReplicas: 0, healthyTargets: 0 }, ["free-in-cluster-service", "renew-base-rule"]],
		["listed still, targets unhealthy", moved, { healthyTargets: 0 }, ["free-in-cluster-service", "renew-base-rule"]],
		["listed still, a pod too few", moved, { readyReplicas: 3 }, ["await-slot", "direct", "follow-load"]],
		["out of the rule", settled, { healthyTargets: 3 }, ["await-slot", "follow-load", "allow-stop"]],
	])("given a slot that fails once it has everything, the user's group %s, stops nothing", (_, base, lack, first) => {
		const cluster = { inClusterService: inBlue, slots: bound };
		const given = facts({ route: { base }, cluster, slots: { blue: { ...serving, ...lack } } });
		const { steps } = planEnrolment(given, quietSince(300), now);

		expect(steps.map(({ kind }) => kind).slice(0, first.length)).toEqual(first);
	});

	it("given a slot that failed and users who are back with their own pods, waits for it as before the move", () => {
		const base = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });
		const dead = { ...serving, readyReplicas: 0, healthyTargets: 0 };
		const given = facts({ route: { base }, cluster: { slots: bound }, slots: { blue: dead } });

		expect(kinds(given)[0]).toBe("await-slot");
	});

	it("given a slot whose autoscaler wants fewer pods than the user had, takes those for enough", () => {
		const cluster = { inClusterService: inBlue, slots: bound };
		const fewer = { ...serving, wantedReplicas: 2, readyReplicas: 2, healthyTargets: 2, minReplicas: 2 };
		const given = facts({ route: { base: settled }, cluster, slots: { blue: fewer } });

		expect(kinds(given, quietSince(300))).toEqual(["allow-stop", "stop-users", "record"]);
	});

	it("given only the record missing, writes it and nothing else", () => {
		const given = facts({
			route: { base: settled },
			cluster: {
				inClusterService: inBlue,
				minReplicas: 4,
				users: usersDeployment({ replicas: 0, wantedReplicas: 0, readyReplicas: 0, imageDigests: [] }),
			},
			slots: { blue: serving },
		});

		expect(kinds(given)).toEqual(["record"]);
	});

	it("given an enrolled service, has nothing to do, and stops pods that GitOps has brought back", () => {
		const release = releaseOf(`sha256:${"a".repeat(64)}`);
		const record = idleState("checkout", "green", release, 9);
		const cluster = { inClusterService: { slot: "green" } as const };
		const atZero = { ...cluster, users: usersDeployment({ replicas: 0 }) };
		const base = baseRule({ [blue]: 0, [green]: 100 });

		expect(kinds(facts({ record, route: { base }, cluster: atZero }))).toEqual([]);
		const slots = { green: { ...serving, epoch: 9, isSettled: false } };
		expect(kinds(facts({ record, route: { base }, cluster, slots }), quietSince(300))).toEqual([
			"allow-stop",
			"stop-users",
		]);
		// The slot on record serves nobody at this moment: what GitOps brought back may be all that runs.
		expect(kinds(facts({ record, route: { base }, cluster }), quietSince(300))[0]).toBe("await-slot");
	});

	it("given a binding that was deleted since, makes it again, enrolled or on the way", () => {
		const record = idleState("checkout", "blue", releaseOf(`sha256:${"a".repeat(64)}`), 1);
		const cluster = {
			inClusterService: inBlue,
			users: usersDeployment({ replicas: 0 }),
			slots: { blue: made, green: { ...made, hasBinding: false } },
		};
		const enrolled = facts({ record, route: { base: settled }, cluster, slots: { blue: serving } });
		const onTheWay = facts({ route: { base: moved }, cluster, slots: { blue: serving } });

		expect(planEnrolment(enrolled, noMemory, now).steps).toEqual([{ kind: "bind-slot", slot: "green" }]);
		expect(kinds(onTheWay)[0]).toBe("bind-slot");

		const unknown = { ...cluster, bindingApiVersion: null };
		const { problems, steps } = planEnrolment(
			facts({ record, route: { base: settled }, cluster: unknown }),
			noMemory,
			now,
		);
		expect(problems).toMatchObject([{ what: "TargetGroupBinding" }]);
		expect(steps).toEqual([]);
	});

	it("given any step, says what it changes in a sentence", () => {
		const given = facts();
		const sentences = planEnrolment(given, noMemory, now).steps.map((step) => sentenceOf(step, given));

		for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/s);
		expect(new Set(sentences).size).toBe(sentences.length);
		expect(sentences.join(" ")).toContain(`priority ${definition.route.basePriority}`);
	});
});

describe("what is remembered", () => {
	it("given quiet, keeps when it began; given noise, forgets it", () => {
		const first = remembered(noMemory, true, null, 1_000);
		expect(remembered(first, true, null, 5_000).quietSinceEpochMs).toBe(1_000);
		expect(remembered(first, false, null, 5_000).quietSinceEpochMs).toBeNull();
	});

	it("given the same wait, keeps when it began; given another, begins anew", () => {
		const first = remembered(noMemory, false, "await-slot", 1_000);
		expect(remembered(first, false, "await-slot", 5_000).waitingSinceEpochMs).toBe(1_000);
		expect(remembered(first, false, "await-drain", 5_000).waitingSinceEpochMs).toBe(5_000);
		expect(remembered(first, false, null, 5_000).waitingSinceEpochMs).toBeNull();
	});
});
