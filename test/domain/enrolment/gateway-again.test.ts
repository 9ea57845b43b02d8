import { describe, expect, it } from "vitest";
import { noMemory } from "../../../lib/domain/enrolment.ts";
import type { GatewayFacts } from "../../../lib/domain/enrolment-facts.ts";
import { isQuietForGatewayEnrolment, planGatewayEnrolment } from "../../../lib/domain/gateway-enrolment.ts";
import { planGatewayWithdrawal } from "../../../lib/domain/gateway-withdrawal.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { isGatewayServed } from "../../../lib/domain/served.ts";
import { idleState } from "../../../lib/domain/service-state.ts";
import { contractDefinition, gatewayRoute } from "../../contracts/contract-definition.ts";
import { atRest, facts as balancedFacts, type ClusterChanges, made, serving, usersDeployment } from "./facts.ts";

const now = 1_700_000_000_000;
const quiet = { ...noMemory, quietSinceEpochMs: now - 300_000 };
const release = releaseOf(serving.imageDigest ?? "");
const toBlue = { blue: 100, green: 0 };
const record = { ...idleState("checkout", "blue", release, 1), epoch: 1 };
const whole = contractDefinition();
const called = {
	...whole,
	route: gatewayRoute(),
	workload: { ...whole.workload, inClusterService: "checkout" },
};
const atZero = usersDeployment({ replicas: 0, wantedReplicas: 0, readyReplicas: 0, imageDigests: [] });

const cluster = (more: ClusterChanges = {}): GatewayFacts["cluster"] =>
	balancedFacts({ cluster: { inClusterService: null, slots: { blue: made, green: made }, ...more } }).cluster;
const facts = (more: Partial<GatewayFacts> = {}): GatewayFacts => ({
	definition: { ...whole, route: gatewayRoute() },
	record: null,
	tombstone: null,
	cluster: cluster(),
	slots: { blue: serving, green: atRest },
	base: null,
	reachesNoSlot: (more.base ?? null) === null,
	isTrialOpen: false,
	...more,
});
const enrol = (more: Partial<GatewayFacts>) => planGatewayEnrolment(facts(more), quiet, now).steps;
const back = (more: Partial<GatewayFacts>) => planGatewayWithdrawal(facts(more), quiet, now);
const kinds = (steps: readonly { readonly kind: string }[]): readonly string[] => steps.map(({ kind }) => kind);

describe("callers in the cluster of a service that leaves an HTTPRoute", () => {
	const leaving = { tombstone: { epoch: 1, leaving: { slot: "blue", release } } } as const;
	const given = (readyReplicas: number) => ({
		...leaving,
		definition: called,
		cluster: cluster({
			users: usersDeployment({ readyReplicas }),
			inClusterService: { slot: null },
			inClusterEpoch: 2,
		}),
	});

	it("given that they were freed to pods of which none is ready, go back to the slot that still runs", () => {
		expect(back(given(0)).steps[0]).toEqual({ kind: "move-in-cluster-service", slot: "blue", epoch: 2 });
		expect(kinds(back(given(1)).steps)).not.toContain("move-in-cluster-service");
	});

	it("given that they went back three times, stay with the slot, and are not freed once more", () => {
		const lent = facts({ ...given(4), cluster: cluster({ inClusterService: { slot: "blue" }, inClusterEpoch: 2 }) });

		expect(planGatewayWithdrawal(lent, { ...quiet, callersSent: 3 }, now)).toMatchObject({
			problems: [{ what: 'callers of in-cluster Service "checkout"' }],
			steps: [],
		});
		expect(planGatewayWithdrawal(lent, { ...quiet, callersSent: 2 }, now).problems).toEqual([]);
	});
});

describe("callers in the cluster of a service that comes behind an HTTPRoute", () => {
	it("given that they left the slot three times, stay with the user's pods, and the Service is named", () => {
		const given = facts({ definition: called, base: toBlue, cluster: cluster({ inClusterService: { slot: null } }) });

		expect(planGatewayEnrolment(given, { ...quiet, callersSent: 3 }, now)).toMatchObject({
			problems: [{ what: 'in-cluster Service "checkout"', value: expect.stringContaining("3 times") }],
			steps: [],
		});
		expect(kinds(planGatewayEnrolment(given, { ...quiet, callersSent: 2 }, now).steps)[0]).toBe(
			"move-in-cluster-service",
		);
	});
});

describe("a service on record behind an HTTPRoute that is enrolled again", () => {
	const toGreen = { blue: 0, green: 100 };
	const inGreen = { ...record, stableSlot: "green" } as const;
	const both = { blue: serving, green: serving };
	const more = { record: inGreen, definition: called, slots: both } as const;

	it("given pods that GitOps brought back beside the other slot, stops them: the route gives them nothing", () => {
		const given = { ...more, base: toGreen, cluster: cluster({ inClusterService: { slot: "green" } }) };

		expect(isQuietForGatewayEnrolment(facts(given))).toBe(true);
		expect(kinds(enrol(given))).toEqual(["allow-stop", "stop-users"]);
	});

	it.each([
		["something else", null, { slot: "green" }, ["HTTPRoute"]],
		["the slot that does not serve", toBlue, { slot: "green" }, ["HTTPRoute"]],
		["the slot, and callers with the user's pods", toGreen, { slot: null }, ["in-cluster Service"]],
	] as const)("given a route that names %s, refuses by name", (_, base, inClusterService, whats) => {
		const { problems, steps } = planGatewayEnrolment(
			facts({ ...more, base, cluster: cluster({ inClusterService }) }),
			noMemory,
			now,
		);

		expect(problems.map(({ what }) => what.split(' "')[0])).toEqual(whats);
		expect(steps).toEqual([]);
	});

	it("given a rollout under way, takes what it weighs for good", () => {
		const rolling = { ...inGreen, phase: "trial", rolloutId: "checkout-2" } as const;
		const given = {
			...more,
			record: rolling,
			base: { blue: 5, green: 95 },
			cluster: cluster({ inClusterService: { slot: "green" } }),
		};

		expect(planGatewayEnrolment(facts(given), noMemory, now).problems).toEqual([]);
	});
});

describe("whether everybody was seen to be served behind an HTTPRoute", () => {
	it.each<readonly [string, Partial<GatewayFacts>, boolean]>([
		["a slot that serves", { base: toBlue }, true],
		["a slot that does not", { base: { blue: 0, green: 100 } }, false],
		["the user's own pods", { base: null }, true],
		["the user's own pods, none ready", { base: null, cluster: cluster({ users: atZero }) }, false],
		["a mixture that nobody looks into", { base: null, reachesNoSlot: false }, false],
		[
			"a slot, and callers with pods that are gone",
			{ base: toBlue, cluster: cluster({ users: atZero, inClusterService: { slot: null } }) },
			false,
		],
	])("given %s, says so", (_, given, isSeen) => {
		expect(isGatewayServed(facts(given))).toBe(isSeen);
	});
});
