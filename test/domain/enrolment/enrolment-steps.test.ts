import { describe, expect, it } from "vitest";
import {
	drainSecondsOf,
	epochFor,
	isQuietForEnrolment,
	lackAfterMove,
	noMemory,
	planEnrolment,
	servingRelease,
	stepsToFill,
} from "../../../lib/domain/enrolment.ts";
import type { EnrolmentFacts } from "../../../lib/domain/enrolment-facts.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { idleState } from "../../../lib/domain/service-state.ts";
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
const digest = serving.imageDigest ?? "";
const release = releaseOf(digest);
const quiet = { ...noMemory, quietSinceEpochMs: now - 300_000 };
const bound = { blue: made, green: made };
const before = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });
const moved = baseRule({ [own]: 0, [blue]: 100, [green]: 0 });
const settled = baseRule({ [blue]: 100, [green]: 0 });
const record = idleState("checkout", "blue", release, 9);
const steps = (given: EnrolmentFacts) => planEnrolment(given, quiet, now).steps;
const kinds = (given: EnrolmentFacts): readonly string[] => steps(given).map(({ kind }) => kind);

describe("the release that serves when a service is enrolled", () => {
	it.each([
		["shop/checkout:v41", "v41"],
		[`shop/checkout:v41@sha256:${"a".repeat(64)}`, "v41"],
		["shop/checkout", undefined],
		["registry.example:5000/shop/checkout", undefined],
		["registry.example:5000/shop/checkout:1.2-rc.1", "1.2-rc.1"],
		[`shop/checkout@sha256:${"a".repeat(64)}`, undefined],
	])("given the image %s, takes its tag for people to read", (image, tag) => {
		const found = servingRelease(facts({ cluster: { users: usersDeployment({ image }) } }), false);

		expect(found).toStrictEqual(releaseOf(digest, tag));
	});

	it("given the slot's own pods, takes their content where they run that image, and no tag without a Deployment", () => {
		const contentHash = "c".repeat(64);
		const slots = { blue: { ...serving, contentHash } };
		const other = usersDeployment({ imageDigests: [`sha256:${"b".repeat(64)}`] });

		expect(servingRelease(facts({ slots }), false)).toStrictEqual(releaseOf(digest, "v41", contentHash));
		expect(servingRelease(facts({ slots, cluster: { users: other } }), false)).toStrictEqual(
			releaseOf(`sha256:${"b".repeat(64)}`, "v41"),
		);
		expect(servingRelease(facts({ slots, cluster: { users: null } }), false)).toStrictEqual(
			releaseOf(digest, undefined, contentHash),
		);
		expect(servingRelease(facts({ cluster: { users: null } }), false)).toBeNull();
	});

	it.each([
		["a record", { record: { ...record, epoch: 4 }, tombstone: { epoch: 9 } }, false, 4],
		["a tombstone", { tombstone: { epoch: 9 } }, false, 10],
		["a slot that was deployed", { slots: { blue: { ...serving, epoch: 5 } } }, true, 5],
		["a slot that is to be deployed again", { slots: { blue: { ...serving, epoch: 5 } } }, false, 6],
		["another slot further on", { slots: { blue: serving, green: { ...serving, epoch: 7 } } }, false, 7],
		["a Service that another table's life left behind", { cluster: { inClusterEpoch: 9 } }, false, 9],
	])("given %s, its epoch is above every earlier one", (_, given, isDeployed, epoch) => {
		expect(epochFor(facts(given), isDeployed)).toBe(epoch);
	});
});

describe("pods that a slot needs", () => {
	const missing = (given: EnrolmentFacts) => stepsToFill(given, release).find(({ kind }) => kind === "await-slot");

	it.each([
		["wanted", { wantedReplicas: 6, readyReplicas: 2 }, 6],
		["ready", { wantedReplicas: 2, readyReplicas: 6 }, 6],
		["neither", { wantedReplicas: 0, readyReplicas: 0 }, 1],
	])("given users' pods of which most are %s, as many are needed", (_, counts, needed) => {
		const given = facts({ cluster: { users: usersDeployment(counts) } });

		expect(missing(given)).toEqual({ kind: "await-slot", missing: [`0 of ${needed} pods are ready`] });
		expect(stepsToFill(given, release)[1]).toMatchObject({ kind: "hold-slot", minReplicas: needed });
	});

	it("given a slot that lacks everything, says each part of it", () => {
		const lacking = { ...serving, readyReplicas: 2, healthyTargets: 1, isSettled: false };

		expect(missing(facts({ slots: { blue: lacking } }))).toEqual({
			kind: "await-slot",
			missing: ["2 of 4 pods are ready", "not all pods are of the newest template", "1 of 4 targets are healthy"],
		});
	});

	it.each([
		["no epoch", { epoch: 0 }, ["deploy-slot", "hold-slot", "await-slot"]],
		["nothing that it is told to run", { wantedReplicas: 0 }, ["deploy-slot", "hold-slot", "await-slot"]],
		["everything", {}, []],
	])("given a slot with the image and %s, deploys it again exactly where it must", (_, lack, expected) => {
		const given = facts({ slots: { blue: { ...serving, ...lack } } });

		expect(stepsToFill(given, release).map(({ kind }) => kind)).toEqual(expected);
	});

	it("given a slot on record that lacks pods, says which, but not that a rollout changes its template", () => {
		const slots = { blue: { ...serving, readyReplicas: 0, isSettled: false } };

		expect(lackAfterMove(facts({ record, slots }))).toEqual(["0 of 4 pods are ready"]);
		expect(lackAfterMove(facts({ slots }))).toEqual([
			"0 of 4 pods are ready",
			"not all pods are of the newest template",
		]);
		expect(lackAfterMove(facts({ record, slots, cluster: { users: null } }))).toEqual([]);
		expect(lackAfterMove(facts({ slots, cluster: { users: null } }))).toContain("0 of 1 pods are ready");
		expect(lackAfterMove(facts({ slots, cluster: { users: usersDeployment({ replicas: 0 }) } }))).not.toEqual([]);
	});
});

describe("how long an enrolment drains", () => {
	it.each([
		["grace of the pods", { users: usersDeployment({ terminationGraceSeconds: 800 }) }, 800],
		["nothing longer", { users: usersDeployment() }, 300],
		["no Deployment", { users: null }, 300],
	])("given %s, waits that long", (_, cluster, seconds) => {
		expect(drainSecondsOf(facts({ cluster }))).toBe(seconds);
	});

	it("given no group of the user's, or one that is gone, waits five minutes", () => {
		const nobodys = { base: null, users: null };

		expect(drainSecondsOf(facts({ route: nobodys }))).toBe(300);
		expect(
			drainSecondsOf(facts({ route: { ...nobodys, groups: { null: { ...group, deregistrationDelaySeconds: 900 } } } })),
		).toBe(300);
		expect(drainSecondsOf(facts({ route: { groups: {} } }))).toBe(300);
	});

	const group = targetGroup();

	it.each([
		["nobody calls within the cluster", null, null, true],
		["callers are with the user's pods", "checkout", null, false],
		["callers are with the slot", "checkout", "blue", true],
	] as const)("given that %s, knows whether the user's pods are quiet", (_, inClusterService, slot, isQuiet) => {
		const given = facts({
			definition: { ...definition, workload: { ...definition.workload, inClusterService } },
			route: { base: moved },
			cluster: { inClusterService: { slot } },
		});

		expect(isQuietForEnrolment(given)).toBe(isQuiet);
		expect(isQuietForEnrolment({ ...given, route: { ...given.route, base: before } })).toBe(false);
		expect(kinds(given).includes("move-in-cluster-service")).toBe(!isQuiet);
	});
});

describe("what an enrolment finds half done", () => {
	it("given a base rule of ours that names but one slot, makes another one; given both, leaves it", () => {
		const one = facts({ route: { base: baseRule({ [own]: 1, [blue]: 0 }) }, slots: { blue: serving } });
		const both = facts({ route: { base: before }, slots: { blue: serving } });

		expect(kinds(one)[0]).toBe("renew-base-rule");
		expect(kinds(both).slice(0, 2)).toEqual(["direct", "move-in-cluster-service"]);
		expect(steps(both)[0]).toMatchObject({ usersPercent: 0 });
	});

	it("given a base rule that serves both by hand, leaves what it lists alone", () => {
		const shared = facts({ route: { base: baseRule({ [own]: 1, [blue]: 1 }) }, slots: { blue: serving } });

		expect(steps(shared)[0]).toMatchObject({ kind: "direct", usersPercent: 0 });
	});

	it.each([
		["deployed before", { blue: { ...serving, epoch: 5 } }, 5, 5],
		["never deployed", { blue: atRest }, 1, 1],
		["deployed with another image", { blue: { ...serving, epoch: 5, imageDigest: `sha256:${"b".repeat(64)}` } }, 6, 6],
		["deployed by hand, without an epoch", { blue: { ...serving, epoch: 0 } }, 1, 1],
	])("given a slot that was %s, records the epoch that it carries", (_, slots, epoch, slotEpoch) => {
		const given = facts({ route: { base: before }, slots });

		expect(steps(given).at(-1)).toMatchObject({ kind: "record", epoch, slotEpoch });
	});

	it("given a tombstone above the epoch that the slot carries, records the fence that the slot really has", () => {
		const given = facts({
			tombstone: { epoch: 9 },
			route: { base: before },
			slots: { blue: { ...serving, epoch: 5 } },
		});

		expect(steps(given).at(-1)).toMatchObject({ kind: "record", epoch: 10, slotEpoch: 5 });
	});

	it("given a slot that has moved, records the epoch that it carries whatever the user's pods run", () => {
		const users = usersDeployment({ imageDigests: [`sha256:${"b".repeat(64)}`] });
		const cluster = { users, inClusterService: { slot: "blue" } } as const;
		const given = facts({ route: { base: moved }, cluster, slots: { blue: { ...serving, epoch: 5 } } });

		expect(steps(given).at(-1)).toMatchObject({ kind: "record", epoch: 5, slotEpoch: 5, release });
	});

	it("given users' pods at zero and the rule settled, neither drains nor stops anything", () => {
		const users = usersDeployment({ replicas: 0, wantedReplicas: 0, readyReplicas: 0, imageDigests: [] });
		const cluster = { users, inClusterService: { slot: "blue" } } as const;
		const given = facts({ route: { base: settled }, cluster, slots: { blue: serving } });

		expect(planEnrolment(given, noMemory, now).steps.map(({ kind }) => kind)).toEqual(["follow-load", "record"]);
		const running = facts({
			route: { base: settled },
			cluster: { ...cluster, users: usersDeployment() },
			slots: { blue: serving },
		});
		expect(planEnrolment(running, noMemory, now).steps[0]).toEqual({ kind: "await-drain", seconds: 300 });
	});

	it("given a service on record whose Deployment and in-cluster Service are gone, has nothing to do", () => {
		const cluster = { users: null, inClusterService: null, slots: bound };

		expect(steps(facts({ record, route: { base: settled }, cluster, slots: { blue: serving } }))).toEqual([]);
	});

	it("given a service on record whose rule somebody gave back, makes no rule and no record anew", () => {
		const given = facts({ record, route: { base: rule(10, { [own]: 1 }) }, cluster: { slots: bound } });

		expect(steps(given)).toEqual([]);
		for (const kind of ["create-base-rule", "direct", "record", "deploy-slot"])
			expect(kinds(given)).not.toContain(kind);
	});
});
