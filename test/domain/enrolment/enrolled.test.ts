import { describe, expect, it } from "vitest";
import { noMemory, planEnrolment } from "../../../lib/domain/enrolment.ts";
import type { RouteRule } from "../../../lib/domain/enrolment-facts.ts";
import { isRepeated, isWaitOver, secondsRepeated, whileDoing } from "../../../lib/domain/enrolment-patience.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { isServed } from "../../../lib/domain/served.ts";
import { idleState } from "../../../lib/domain/service-state.ts";
import {
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
const record = idleState("checkout", "blue", releaseOf(serving.imageDigest ?? ""), 9);
const rolling = { ...record, phase: "trial", rolloutId: "checkout-10" } as const;
const settled = baseRule({ [blue]: 100, [green]: 0 });
const inBlue = { inClusterService: { slot: "blue" }, slots: { blue: made, green: made } } as const;
const plan = (more: Parameters<typeof facts>[0]) =>
	planEnrolment(facts({ record, slots: { blue: serving }, ...more }), noMemory, now);
const { basePriority } = definition.route;

describe("enrolling a service again that is on record", () => {
	it.each([
		["neither slot", null, record, "selects neither slot"],
		["the other slot", "green", record, "selects slot green"],
		["neither slot in a rollout", null, rolling, "selects neither slot"],
	] as const)(
		"given callers in the cluster that reach %s, refuses by name instead of waiting for them",
		(_, slot, on, value) => {
			const { problems, steps } = plan({
				record: on,
				route: { base: settled },
				cluster: { ...inBlue, inClusterService: { slot } },
			});

			expect(problems).toEqual([
				{
					what: 'in-cluster Service "checkout"',
					value,
					allowed: expect.stringMatching(/^sluice\.dev\/slot=blue .*GitOps/),
				},
			]);
			expect(steps).toEqual([]);
		},
	);

	it.each<readonly [string, RouteRule | null, string]>([
		["gone", null, "gone"],
		["somebody else's", rule(basePriority, { [blue]: 1 }), `not tagged sluice:environment=${definition.environment}`],
		["turned to the other slot", baseRule({ [blue]: 0, [green]: 100 }), "gives slot blue 0 % and slot green 100 %"],
		["shared with the user's", baseRule({ [own]: 50, [blue]: 50 }), "gives slot blue 50 % and slot green 0 %"],
	])("given a base rule that is %s, refuses and says what belongs there", (_, base, value) => {
		const { problems, steps } = plan({ route: { base }, cluster: inBlue });

		expect(problems).toEqual([
			{
				what: `the base rule at priority ${basePriority}`,
				value,
				allowed: expect.stringContaining(`(${blue}) at 100 %`),
			},
		]);
		expect(steps).toEqual([]);
	});

	it("given a rollout under way that closes, takes either slot for good", () => {
		const base = baseRule({ [blue]: 0, [green]: 100 });

		expect(
			plan({ record: rolling, route: { base }, cluster: { ...inBlue, inClusterService: { slot: "green" } } }).problems,
		).toEqual([]);
	});
});

describe("how long one thing is tried", () => {
	const stop = (resourceVersion: string) => ({ kind: "stop-users", resourceVersion }) as const;

	it("given the same step of another version, counts from when it was first done; given another step, anew", () => {
		const first = whileDoing(noMemory, noMemory, stop("7"), 1_000);
		const second = whileDoing(noMemory, first, stop("8"), 61_000);

		expect(isRepeated(noMemory, stop("7"))).toBe(false);
		expect(secondsRepeated(second, stop("9"), 121_000)).toBe(120);
		expect(secondsRepeated(second, { kind: "delete-base-rule", ruleArn: "rule-7" }, 121_000)).toBe(0);
		const bound = whileDoing(noMemory, noMemory, { kind: "bind-slot", slot: "blue" }, 0);
		expect(isRepeated(bound, { kind: "bind-slot", slot: "green" })).toBe(false);
		const listed = { kind: "direct", usersPercent: 0, slot: "blue", listsUsers: true } as const;
		expect(isRepeated(whileDoing(noMemory, noMemory, listed, 0), { ...listed, usersPercent: 100 })).toBe(false);
	});

	const since = { ...noMemory, waitingFor: "await-drain", waitingSinceEpochMs: now - 601_000 };
	const drain = { kind: "await-drain", seconds: 300 } as const;

	it.each([
		["a drain that began", { ...since, quietSinceEpochMs: now - 1 }, drain, false],
		["a drain that does not begin", since, drain, true],
		["a drain that did not begin yet", { ...since, waitingSinceEpochMs: now - 600_000 }, drain, false],
		["pods", since, { kind: "await-slot", missing: [] } as const, true],
		["a person", since, { kind: "await-route" } as const, false],
		["a person on the way out", since, { kind: "await-route-back" } as const, false],
	])("given ten minutes of waiting for %s, knows whether that is over", (_, memory, step, isOver) => {
		expect(isWaitOver(memory, step, 600, now)).toBe(isOver);
	});
});

describe("whether everybody was seen to be served", () => {
	const back = baseRule({ [own]: 100, [blue]: 0, [green]: 0 });

	it.each<readonly [string, Parameters<typeof facts>[0], boolean]>([
		["the user's own rule and pods", {}, true],
		[
			"a rule of the user's whose targets are another's",
			{ cluster: { users: usersDeployment({ podAddresses: [] }) } },
			false,
		],
		["no rule that is known", { route: { users: null } }, false],
		["a slot that serves", { route: { base: settled }, slots: { blue: serving }, cluster: inBlue }, true],
		[
			"a slot without healthy targets",
			{ route: { base: settled }, slots: { blue: { ...serving, healthyTargets: 0 } }, cluster: inBlue },
			false,
		],
		[
			"a slot without ready pods",
			{ route: { base: settled }, slots: { blue: { ...serving, readyReplicas: 0 } }, cluster: inBlue },
			false,
		],
		[
			"the user's own pods again, none ready",
			{ route: { base: back }, cluster: { users: usersDeployment({ readyReplicas: 0 }) } },
			false,
		],
		["the user's own pods again, none healthy", { route: { base: back, groups: { [own]: targetGroup(0) } } }, false],
		["a group that nobody knows", { route: { base: baseRule({ other: 1 }) } }, false],
		[
			"a slot, and callers who meet another that is at rest",
			{ route: { base: settled }, slots: { blue: serving }, cluster: { inClusterService: { slot: "green" } } },
			false,
		],
		[
			"a slot, and no callers in the cluster",
			{ route: { base: settled }, slots: { blue: serving }, cluster: { users: null, inClusterService: null } },
			true,
		],
	])("given %s, says so", (_, given, isSeen) => {
		expect(isServed(facts(given))).toBe(isSeen);
	});
});
