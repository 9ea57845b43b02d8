import { describe, expect, it } from "vitest";
import { noMemory } from "../../../lib/domain/enrolment.ts";
import type { ClusterFacts, GatewayFacts } from "../../../lib/domain/enrolment-facts.ts";
import { sentenceOf } from "../../../lib/domain/enrolment-sentence.ts";
import { isQuietForGatewayEnrolment, planGatewayEnrolment } from "../../../lib/domain/gateway-enrolment.ts";
import { isQuietForGatewayWithdrawal, planGatewayWithdrawal } from "../../../lib/domain/gateway-withdrawal.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { idleState } from "../../../lib/domain/service-state.ts";
import { contractDefinition, gatewayRoute } from "../../contracts/contract-definition.ts";
import { atRest, facts as balancedFacts, type ClusterChanges, made, serving, usersDeployment } from "./facts.ts";

const now = 1_700_000_000_000;
const digest = serving.imageDigest ?? "";
/** What the cluster says, as of a service behind a load balancer: the router makes no difference there. */
const cluster = (more: ClusterChanges = {}): ClusterFacts =>
	balancedFacts({ cluster: { inClusterService: null, ...more } }).cluster;
const toBlue = { blue: 100, green: 0 };
const record = { ...idleState("checkout", "blue", releaseOf(digest), 1), epoch: 1 };
const served = serving;

/** A service behind the user's own Service, of which Sluice has nothing yet. */
const facts = (more: Partial<GatewayFacts> = {}): GatewayFacts => ({
	definition: { ...contractDefinition(), route: gatewayRoute() },
	record: null,
	tombstone: null,
	cluster: cluster(),
	slots: { blue: atRest, green: atRest },
	base: null,
	reachesNoSlot: (more.base ?? null) === null,
	isTrialOpen: false,
	...more,
});

const atNothing = { ...made, hasService: false };
const slotsMade = cluster({ slots: { blue: made, green: made } });
const usersAtRest = usersDeployment({ replicas: 0, wantedReplicas: 0, readyReplicas: 0, imageDigests: [] });

const enrol = (more: Partial<GatewayFacts> = {}, memory = noMemory) => planGatewayEnrolment(facts(more), memory, now);
const kinds = ({ steps }: { readonly steps: readonly { readonly kind: string }[] }): readonly string[] =>
	steps.map(({ kind }) => kind);

describe("enrolling a service behind an HTTPRoute", () => {
	it("given nothing of Sluice's, makes the slot whole before it asks for the route, and stops the user's pods last", () => {
		expect(kinds(enrol())).toEqual([
			"bind-slot",
			"bind-slot",
			"deploy-slot",
			"hold-slot",
			"await-slot",
			"await-route",
			"await-drain",
			"follow-load",
			"allow-stop",
			"stop-users",
			"record",
		]);
	});

	it("given a slot that is ready, waits for its owner to point the route, and says how", () => {
		const ready = { cluster: slotsMade, slots: { blue: served, green: atRest } };
		const [step] = enrol(ready).steps;

		expect(step?.kind).toBe("await-route");
		expect(step && sentenceOf(step, facts())).toMatch(
			/HTTPRoute "shop\/checkout" .*"checkout-blue" with weight 1 and "checkout-green" with weight 0/,
		);
	});

	it("given a route that points at a slot that is not there yet, makes the slot first and asks for nothing", () => {
		const [first, ...rest] = kinds(enrol({ base: toBlue }));

		expect(first).toBe("bind-slot");
		expect(rest).not.toContain("await-route");
	});

	it("given a route that points at the slot, drains, and then stops the user's pods and records", () => {
		const moved = { base: toBlue, cluster: slotsMade, slots: { blue: served, green: atRest } };
		const quiet = { ...noMemory, quietSinceEpochMs: now - 300_000 };

		expect(kinds(enrol(moved))[0]).toBe("await-drain");
		expect(kinds(enrol(moved, quiet))).toEqual(["follow-load", "allow-stop", "stop-users", "record"]);
	});

	it("given a slot with too few pods once the route points at it, waits before it stops the user's pods", () => {
		const lacking = {
			base: toBlue,
			cluster: slotsMade,
			slots: { blue: { ...served, readyReplicas: 3 }, green: atRest },
		};
		const quiet = { ...noMemory, quietSinceEpochMs: now - 300_000 };

		expect(kinds(enrol(lacking, quiet))).toEqual(["await-slot", "follow-load", "allow-stop", "stop-users", "record"]);
	});

	it("given a service that is enrolled, does nothing but make a Service again that was deleted", () => {
		const enrolled = { record, base: toBlue, slots: { blue: served, green: atRest } };
		const slots = { blue: made, green: { ...made, hasBinding: false } };
		const resting = { cluster: cluster({ users: usersAtRest, slots }) };
		const deleted = { cluster: cluster({ users: usersAtRest, slots: { ...slots, green: atNothing } }) };

		expect(enrol({ ...enrolled, ...resting }).steps).toEqual([]);
		expect(enrol({ ...enrolled, ...deleted }).steps).toEqual([{ kind: "bind-slot", slot: "green" }]);
	});

	it.each([
		["no Deployment", { cluster: cluster({ users: null }) }, "Deployment"],
		["a Deployment at rest", { cluster: cluster({ users: usersAtRest }) }, "Deployment"],
		["marks of a rollout on the route", { isTrialOpen: true }, "HTTPRoute"],
		[
			"a service that is being given back",
			{ tombstone: { epoch: 3, leaving: { slot: "blue", release: releaseOf(digest) } } },
			"service",
		],
	] as const)("given %s, refuses and touches nothing", (_, more, what) => {
		const { problems, steps } = enrol(more as Partial<GatewayFacts>);

		expect(steps).toEqual([]);
		expect(problems.map((problem) => problem.what).join()).toContain(what);
	});

	it("given another Service that selects slot pods, warns: only who is routed follows the weights", () => {
		const otherServices = [{ name: "checkout", feedsTargetGroups: [] }];

		const { problems, warnings } = enrol({ cluster: cluster({ otherServices }) });

		expect(problems).toEqual([]);
		expect(warnings.join()).toContain('Service "checkout"');
	});

	it.each([
		["the user's own Service", null, false],
		["the slot", toBlue, true],
		["both slots", { blue: 50, green: 50 }, false],
	])("given a route to %s, knows whether the user's pods are quiet", (_, base, isQuiet) => {
		expect(isQuietForGatewayEnrolment(facts({ base }))).toBe(isQuiet);
	});
});

describe("giving back a service behind an HTTPRoute", () => {
	const back = (more: Partial<GatewayFacts> = {}, memory = noMemory) =>
		planGatewayWithdrawal(
			facts({ record, base: toBlue, cluster: slotsMade, slots: { blue: served, green: atRest }, ...more }),
			memory,
			now,
		);

	it("given a slot that serves, starts the user's pods, waits for the route, and only then takes the slots away", () => {
		const users = cluster({ users: usersAtRest, slots: { blue: made, green: made } });

		expect(kinds(back({ cluster: users }))).toEqual([
			"withdraw-record",
			"set-users-image",
			"start-users",
			"await-users",
			"await-route-back",
			"await-drain",
			"retire-slot",
			"remove-slot",
			"remove-slot",
			"close-record",
		]);
	});

	it("given a route that points back, drains before anything goes", () => {
		const leaving = { epoch: 1, leaving: { slot: "blue", release: releaseOf(digest) } } as const;
		const pointedBack = { record: null, tombstone: leaving, base: null };
		const quiet = { ...noMemory, quietSinceEpochMs: now - 300_000 };

		expect(kinds(back(pointedBack))[0]).toBe("await-drain");
		expect(kinds(back(pointedBack, quiet))).toEqual(["retire-slot", "remove-slot", "remove-slot", "close-record"]);
	});

	it.each([
		["from the beginning", { record }],
		["after a while", { record: null, tombstone: { epoch: 1, leaving: { slot: "blue", release: releaseOf(digest) } } }],
	] as const)(
		"given a route that shares with another Service %s, neither counts as quiet nor stops a slot",
		(_, more) => {
			const quiet = { ...noMemory, quietSinceEpochMs: now - 300_000 };
			const users = cluster({ users: usersAtRest, slots: { blue: made, green: made } });
			const mixed = { ...more, base: null, reachesNoSlot: false };

			const planned = kinds(back({ ...mixed, cluster: users }, quiet));

			expect(isQuietForGatewayWithdrawal(facts(mixed))).toBe(false);
			expect(planned).toContain("start-users");
			expect(planned.indexOf("await-route-back")).toBeLessThan(planned.indexOf("retire-slot"));
			expect(kinds(back({ ...mixed, cluster: slotsMade }, quiet))).toContain("await-route-back");
		},
	);

	it("given a route that points back and pods that somebody stopped since, starts them before a slot stops", () => {
		const leaving = { epoch: 1, leaving: { slot: "blue", release: releaseOf(digest) } } as const;
		const users = cluster({ users: usersAtRest, slots: { blue: made, green: made } });
		const quiet = { ...noMemory, quietSinceEpochMs: now - 300_000 };

		expect(kinds(back({ record: null, tombstone: leaving, base: null, cluster: users }, quiet)).slice(0, 3)).toEqual([
			"start-users",
			"await-users",
			"retire-slot",
		]);
	});

	it("given a rollout under way, refuses", () => {
		expect(back({ record: { ...record, phase: "trial", rolloutId: "checkout-2" } }).problems).toHaveLength(1);
	});

	it("given no Deployment to go back to, refuses", () => {
		expect(back({ cluster: cluster({ users: null }) }).problems).toHaveLength(1);
	});

	it.each([
		[null, true],
		[toBlue, false],
	])("given a route that gives the slots %o, knows whether they are quiet", (base, isQuiet) => {
		expect(isQuietForGatewayWithdrawal(facts({ base }))).toBe(isQuiet);
	});
});
