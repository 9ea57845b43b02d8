import { describe, expect, it } from "vitest";
import { noMemory } from "../../../lib/domain/enrolment.ts";
import type { ClusterFacts, GatewayFacts } from "../../../lib/domain/enrolment-facts.ts";
import {
	gatewayDrainSeconds,
	isQuietForGatewayEnrolment,
	planGatewayEnrolment,
} from "../../../lib/domain/gateway-enrolment.ts";
import { isQuietForGatewayWithdrawal, planGatewayWithdrawal } from "../../../lib/domain/gateway-withdrawal.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { idleState } from "../../../lib/domain/service-state.ts";
import { contractDefinition, gatewayRoute } from "../../contracts/contract-definition.ts";
import { atRest, facts as balancedFacts, type ClusterChanges, made, serving, usersDeployment } from "./facts.ts";

const now = 1_700_000_000_000;
const quiet = { ...noMemory, quietSinceEpochMs: now - 300_000 };
const digest = serving.imageDigest ?? "";
const release = releaseOf(digest);
const toBlue = { blue: 100, green: 0 };
const record = { ...idleState("checkout", "blue", release, 1), epoch: 1 };
const slots = { blue: made, green: made };
const nothing = { hasService: false, hasBinding: false, hasDeployment: false, hasAutoscaler: false };

const cluster = (more: ClusterChanges = {}): ClusterFacts =>
	balancedFacts({ cluster: { inClusterService: null, slots, ...more } }).cluster;
const facts = (more: Partial<GatewayFacts> = {}): GatewayFacts => ({
	definition: { ...contractDefinition(), route: gatewayRoute() },
	record: null,
	tombstone: null,
	cluster: cluster(),
	slots: { blue: serving, green: atRest },
	base: null,
	reachesNoSlot: (more.base ?? null) === null,
	isTrialOpen: false,
	...more,
});
const whole = contractDefinition();
const called = {
	...whole,
	route: gatewayRoute(),
	workload: { ...whole.workload, inClusterService: "checkout" },
};
const atZero = usersDeployment({ replicas: 0, wantedReplicas: 0, readyReplicas: 0, imageDigests: [] });

const enrol = (more: Partial<GatewayFacts> = {}, memory = quiet) =>
	planGatewayEnrolment(facts(more), memory, now).steps;
const back = (more: Partial<GatewayFacts> = {}, memory = quiet) => planGatewayWithdrawal(facts(more), memory, now);
const kinds = (steps: readonly { readonly kind: string }[]): readonly string[] => steps.map(({ kind }) => kind);

describe("callers in the cluster of a service behind an HTTPRoute", () => {
	it("given a Service of several workloads, or a name that is taken, is refused; a binding's name matters to nobody", () => {
		const inClusterService = { alsoSelects: ['Deployment "search"'] };
		const takenNames = [
			{ kind: "TargetGroupBinding", name: "checkout-blue" },
			{ kind: "Service", name: "checkout-blue" },
		] as const;

		const given = facts({ definition: called, cluster: cluster({ inClusterService, takenNames }) });

		const { problems } = planGatewayEnrolment(given, noMemory, now);

		expect(problems.map(({ what }) => what)).toEqual(['Service "shop/checkout-blue"', 'inClusterService "checkout"']);
	});

	it.each([
		["are with the user's pods", { slot: null }, false, ["move-in-cluster-service", "await-drain"]],
		["are with the slot", { slot: "blue" }, true, []],
		["are with another slot", { slot: "green" }, true, ["move-in-cluster-service"]],
	] as const)("given that they %s, follows with them and counts the quiet from there", (_, where, isQuiet, first) => {
		const given = { definition: called, base: toBlue, cluster: cluster({ inClusterService: where }) };

		expect(isQuietForGatewayEnrolment(facts(given))).toBe(isQuiet);
		expect(kinds(enrol(given)).slice(0, first.length)).toEqual(first);
		expect(kinds(enrol(given)).includes("move-in-cluster-service")).toBe(where.slot !== "blue");
		expect(kinds(enrol({ ...given, record }))).not.toContain("move-in-cluster-service");
		expect(isQuietForGatewayWithdrawal(facts({ cluster: given.cluster }))).toBe(where.slot === null);
		expect(kinds(back(given).steps).includes("free-in-cluster-service")).toBe(where.slot !== null);
	});

	it("given a Service that they reach and that is gone, is not quiet about it", () => {
		const given = { definition: called, base: toBlue, cluster: cluster({ inClusterService: null }) };

		expect(
			planGatewayEnrolment(facts(given), quiet, now)
				.problems.map(({ what }) => what)
				.join(),
		).toContain("checkout");
	});
});

describe("the way in behind an HTTPRoute", () => {
	it.each([
		["the shortest", {}, usersDeployment(), 300],
		["that of its definition", { drainSeconds: 700 }, usersDeployment(), 700],
		["that of the pods", {}, usersDeployment({ terminationGraceSeconds: 800 }), 800],
		["without pods, the shortest", {}, null, 300],
	])("given several times to drain for, takes the longest: %s", (_, fields, users, seconds) => {
		const definition = { ...facts().definition, drainSeconds: 10, ...fields };

		expect(gatewayDrainSeconds(facts({ definition, cluster: cluster({ users }) }))).toBe(seconds);
	});

	it.each([
		["carries no epoch", { epoch: 0 }, "deploy-slot"],
		["is told to run nothing", { wantedReplicas: 0 }, "deploy-slot"],
		["has nothing that is ready", { readyReplicas: 0 }, "await-slot"],
	])("given a route that points at a slot that %s, fills the slot first and asks for no route", (_, lack, first) => {
		const planned = kinds(enrol({ base: toBlue, slots: { blue: { ...serving, ...lack }, green: atRest } }));

		// Following the load is set once more where the slot has to be filled, and not where it serves.
		const following = { base: toBlue, cluster: cluster({ minReplicas: 4 }) };

		expect(planned[0]).toBe(first);
		expect(kinds(enrol({ ...following, slots: { blue: { ...serving, ...lack }, green: atRest } }))).toContain(
			"follow-load",
		);
		expect(planned).not.toContain("await-route");
	});

	it("given a slot that serves, keeps the epoch that it carries for the record's fence", () => {
		const slot = { blue: { ...serving, epoch: 5 }, green: atRest };

		expect(enrol({ base: toBlue, slots: slot }).at(-1)).toMatchObject({ kind: "record", epoch: 5, slotEpoch: 5 });
		expect(enrol({ base: null, slots: slot }).at(-1)).toMatchObject({ kind: "record", epoch: 5, slotEpoch: 5 });
		const other = usersDeployment({ imageDigests: [`sha256:${"b".repeat(64)}`] });
		expect(enrol({ base: null, slots: slot, cluster: cluster({ users: other }) }).at(-1)).toMatchObject({
			kind: "record",
			epoch: 6,
			slotEpoch: 6,
		});
	});

	it.each([
		["an epoch", { blue: { ...serving, epoch: 5 }, green: atRest }, 5],
		["no epoch", { blue: { ...serving, epoch: 0 }, green: atRest }, 10],
	])(
		"given a tombstone above a slot that carries %s, records the fence that the slot really has",
		(_, slots, slotEpoch) => {
			expect(enrol({ tombstone: { epoch: 9 }, slots }).at(-1)).toMatchObject({ kind: "record", epoch: 10, slotEpoch });
		},
	);

	it("given a service on record whose slot has nothing, deploys nothing anew: a rollout may be under way", () => {
		const planned = kinds(enrol({ record, base: toBlue, slots: { blue: atRest, green: atRest } }));

		for (const kind of ["deploy-slot", "hold-slot", "follow-load", "record"]) expect(planned).not.toContain(kind);
	});

	it("given a slot that follows the load already, sets nothing anew once the route has moved", () => {
		expect(kinds(enrol({ base: toBlue, cluster: cluster({ minReplicas: 4 }) }))).not.toContain("follow-load");
	});

	it("given a trial that is open, says what has to go first", () => {
		expect(planGatewayEnrolment(facts({ isTrialOpen: true }), quiet, now).problems).toEqual([
			{ what: 'HTTPRoute "checkout"', value: "with a trial open", allowed: "one without marks of a rollout" },
		]);
	});

	it("given a service on record whose Deployment and in-cluster Service are gone, has nothing to do", () => {
		const gone = cluster({ users: null, inClusterService: null });

		expect(enrol({ record, definition: called, base: toBlue, cluster: gone })).toEqual([]);
	});

	it("given a service on record, asks nothing of what was asked before it: pods and trials change", () => {
		const { problems, steps } = planGatewayEnrolment(
			facts({ record, base: toBlue, isTrialOpen: true, cluster: cluster({ users: atZero }) }),
			quiet,
			now,
		);

		expect(problems).toEqual([]);
		expect(steps).toEqual([]);
	});
});

describe("the way out behind an HTTPRoute", () => {
	const fewer = { ...serving, wantedReplicas: 2, readyReplicas: 2 };

	it.each([
		["the record", { record: { ...record, stableSlot: "green" }, base: toBlue }, 2],
		["the tombstone", { tombstone: { epoch: 1, leaving: { slot: "green", release } }, base: toBlue }, 2],
		["the route", { base: { blue: 0, green: 100 } }, 2],
		["nobody", { base: { blue: 50, green: 50 } }, 4],
		["nobody, of a tombstone that bars an enrolment", { tombstone: { epoch: 1, leaving: {} }, base: null }, 4],
		["no route", { tombstone: { epoch: 1 }, base: null }, 4],
	] as const)("given that %s says which slot serves, starts as many pods as serve there", (_, more, replicas) => {
		const given = { ...more, slots: { blue: serving, green: fewer }, cluster: cluster({ users: atZero }) };

		expect(back(given as Partial<GatewayFacts>).steps.find(({ kind }) => kind === "start-users")).toMatchObject({
			replicas,
		});
	});

	it.each([
		["a record", { record, slots: { blue: atRest, green: atRest } }, true],
		["a route to a slot", { base: toBlue, slots: { blue: atRest, green: atRest } }, true],
		["a slot that runs", {}, true],
		["nothing at all", { slots: { blue: atRest, green: atRest } }, false],
	])(
		"given %s, needs the user's Deployment and its pods exactly where somebody could depend on it",
		(_, more, isHeld) => {
			const { problems, steps } = back({ ...more, cluster: cluster({ users: null }) });
			const starts = kinds(back({ ...more, cluster: cluster({ users: atZero }) }).steps).includes("start-users");

			expect(starts).toBe(isHeld);
			expect(problems).toEqual(
				isHeld
					? [
							{
								what: 'Deployment "shop/checkout"',
								value: "missing",
								allowed: "your own Deployment, which traffic goes back to",
							},
						]
					: [],
			);
			if (isHeld) expect(steps).toEqual([]);
		},
	);

	it.each([
		["hasService", true],
		["hasDeployment", true],
		["hasAutoscaler", true],
		["hasBinding", false],
	])("given a slot of which only %s is so, removes it: %s", (object, isRemoved) => {
		const objects = { blue: { ...nothing, [object]: true }, green: nothing };
		const given = { tombstone: { epoch: 3, leaving: {} }, cluster: cluster({ slots: objects }) };

		const { steps } = back({ ...given, slots: { blue: atRest, green: atRest } });

		expect(steps.filter(({ kind }) => kind === "remove-slot")).toEqual(
			isRemoved ? [{ kind: "remove-slot", slot: "blue" }] : [],
		);
	});

	it("given a slot with pods and one without, retires the one and closes the record at the highest epoch", () => {
		const tombstone = { epoch: 9, leaving: {} };

		const { steps } = back({ tombstone, slots: { blue: atRest, green: { ...serving, epoch: 9 } } });

		expect(steps.filter(({ kind }) => kind === "retire-slot")).toEqual([
			{ kind: "retire-slot", slot: "green", epoch: 9 },
		]);
		expect(steps.at(-1)).toEqual({ kind: "close-record", epoch: 9 });
		expect(back({ record: { ...record, epoch: 4 } }).steps.at(-1)).toEqual({ kind: "close-record", epoch: 4 });
		expect(kinds(back({ slots: { blue: atRest, green: atRest } }).steps)).not.toContain("close-record");
	});
});
