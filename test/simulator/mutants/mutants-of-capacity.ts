import { slotForCallers } from "../../../lib/domain/in-cluster-callers.ts";
import { autoscalerIsReleased } from "../../../simulator/checkers/autoscaler-is-released.ts";
import { canaryCanCarryItsWeight } from "../../../simulator/checkers/canary-can-carry-its-weight.ts";
import { inClusterCallersReachStable } from "../../../simulator/checkers/in-cluster-callers-reach-stable.ts";
import { nothingScaledDownWhileItServes } from "../../../simulator/checkers/nothing-scaled-down-while-it-serves.ts";
import { rollbackSlotCanCarryAll } from "../../../simulator/checkers/rollback-slot-can-carry-all.ts";
import { settles } from "../../../simulator/checkers/settles.ts";
import { scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import { approvePromptly, type Scenario } from "../../../simulator/scenarios/scenario.ts";
import type { System } from "../../../simulator/system/make-system.ts";
import type { EditableStacks } from "../editable-stacks.ts";
import { withAnswer, withPorts } from "./code-break.ts";
import type { Mutant } from "./mutant.ts";

/** The image that every story pushes. */
const candidateDigest = `sha256:${"c7".repeat(32)}`;
const anotherDigest = `sha256:${"e9".repeat(32)}`;

/** What was pushed first is rolled back; what was pushed next serves some users until a person ends it. */
const badThenAnother: Scenario = {
	...scenarioOf("bad-image"),
	name: "bad-then-another",
	expected: ["rolled-back", "rolled-back"],
	broken: () => [],
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind === "rollout.shifted.v1" && event.detail.rolloutId === "checkout-3" && event.detail.toPercent === 5)
			stage.after(600, () => stage.command("abort", "release-manager"));
	},
};

const withoutDrain =
	(machine: string) =>
	(stacks: EditableStacks): void =>
		stacks.redefine(machine, (states) => Object.assign(states.AwaitDrain ?? {}, { Seconds: 0 }));

/** Pushes an image as v3, so many seconds after the beginning. */
const push =
	(atSeconds: number, imageDigest: string): NonNullable<Mutant["besides"]> =>
	({ clock, world }, { definition }) =>
		void clock.after(atSeconds * 1000, () =>
			world.registry.push(definition.repositoryName, "v3", imageDigest, clock.nowEpochMs()),
		);

/** Somebody pushes v3 by mistake while the window is open, which ends it, and puts the tag back where it was. */
const mistakenPush: NonNullable<Mutant["besides"]> = (system, scene) => {
	push(850, anotherDigest)(system, scene);
	push(900, candidateDigest)(system, scene);
};

/** Twice as many users come before the canary is exposed. */
const crowd: NonNullable<Mutant["besides"]> = ({ clock, world }) =>
	void clock.after(40_000, () => world.traffic.of("checkout").setRates({ outside: () => 200 }));

/** A cluster that takes every patch of a Deployment, whatever epoch it tests. */
const testingNoEpoch = ({ world: { cluster } }: System): void => {
	const patch = cluster.patchDeployment.bind(cluster);
	cluster.patchDeployment = (key, testEpoch, change) => patch(key, cluster.deployment(key)?.epoch ?? testEpoch, change);
};

/** Breaks of what holds pods, and callers in the cluster, where they must be. */
export const mutantsOfCapacity: readonly Mutant[] = [
	{
		what: "a scale-down that tests no epoch, and lands when the slot serves the next release",
		caughtBy: nothingScaledDownWhileItServes,
		scenario: badThenAnother,
		world: testingNoEpoch,
		fault: "late-300s @ rollback/RetireCanary retire-slot kubernetes:patch:deployments #1",
		besides: push(400, anotherDigest),
		lastsSeconds: 3_000,
	},
	{
		what: "a stable slot that its own autoscaler may shrink while a rollback may need it",
		caughtBy: rollbackSlotCanCarryAll,
		scenario: scenarioOf("good-image"),
		besides: crowd,
		code: {
			"ensure-capacity": withPorts(({ workloads }) => ({
				workloads: {
					...workloads,
					hold: async (target, slot, minReplicas, slotEpoch) => {
						if (slot !== "blue") await workloads.hold(target, slot, minReplicas, slotEpoch);
					},
				},
			})),
		},
	},
	{
		what: "capacity that is said to be there as soon as it is asked for",
		caughtBy: canaryCanCarryItsWeight,
		scenario: scenarioOf("good-image"),
		code: {
			"ensure-capacity": withAnswer((answer) => (answer.kind === "wait" ? { ...answer, kind: "ready" } : answer)),
		},
	},
	{
		what: "what was held for a rollback, and is not let go in the end",
		caughtBy: autoscalerIsReleased,
		says: "After the story, slot green is held at",
		scenario: scenarioOf("good-image"),
		besides: crowd,
		code: {
			"retire-slot": withPorts(({ workloads }) => ({
				workloads: {
					...workloads,
					hold: async (target, slot, minReplicas, slotEpoch) => {
						if (minReplicas !== null) await workloads.hold(target, slot, minReplicas, slotEpoch);
					},
				},
			})),
		},
	},
	{
		what: "callers in the cluster who are not sent back",
		caughtBy: inClusterCallersReachStable,
		scenario: scenarioOf("late-alarm"),
		code: {
			"move-in-cluster-service": withPorts(({ workloads }) => ({
				workloads: {
					...workloads,
					directInClusterService: async (target, slot, epoch) => {
						if (slot !== "blue") await workloads.directInClusterService(target, slot, epoch);
					},
				},
			})),
		},
	},
	{
		// Each look puts the selector right; it must not see it.
		what: "callers in the cluster who are not taken along by a promotion, and looks that take them for moved",
		caughtBy: inClusterCallersReachStable,
		says: "reach blue in closing; allowed is green",
		scenario: scenarioOf("good-image"),
		code: {
			"ensure-capacity": withPorts(({ workloads, store }) => ({
				workloads: { ...workloads, readInClusterService: async () => slotForCallers(await store.read("checkout")) },
			})),
			"move-in-cluster-service": withPorts(({ workloads }) => ({
				workloads: { ...workloads, directInClusterService: async () => {} },
			})),
		},
	},
	{
		what: "an old slot that is not retired",
		caughtBy: settles,
		says: "10 pods are left in slot blue",
		scenario: scenarioOf("good-image"),
		code: {
			"retire-slot": withPorts(({ workloads }) => ({ workloads: { ...workloads, retire: async () => {} } })),
		},
	},
	{
		what: "an old slot that is retired without waiting for its connections",
		caughtBy: nothingScaledDownWhileItServes,
		scenario: scenarioOf("good-image"),
		wiring: withoutDrain("RolloutMachine"),
		besides: mistakenPush,
	},
	{
		what: "a canary that is retired without waiting for its connections",
		caughtBy: nothingScaledDownWhileItServes,
		scenario: scenarioOf("bad-image"),
		wiring: withoutDrain("RollbackMachine"),
	},
];
