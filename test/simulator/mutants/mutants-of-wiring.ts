import { eachReleaseOnce } from "../../../simulator/checkers/each-release-once.ts";
import { everyExecutionEnds } from "../../../simulator/checkers/every-execution-ends.ts";
import { goesBackWithin30Seconds } from "../../../simulator/checkers/goes-back-within-30-seconds.ts";
import { noRollbackWithoutReason } from "../../../simulator/checkers/no-rollback-without-reason.ts";
import { withinAwsLimits } from "../../../simulator/checkers/within-aws-limits.ts";
import { scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import type { EditableStacks } from "../editable-stacks.ts";
import type { Mutant } from "./mutant.ts";

const disable =
	(...rules: readonly string[]) =>
	(stacks: EditableStacks): void => {
		for (const rule of rules) stacks.resource("AWS::Events::Rule", rule).Properties.State = "DISABLED";
	};

/** Breaks of the templates: rules, retries, time limits, payloads. */
export const mutantsOfWiring: readonly Mutant[] = [
	{
		what: "neither the push rule nor the sweep",
		caughtBy: eachReleaseOnce,
		scenario: scenarioOf("good-image"),
		wiring: disable("TriggersImagePushed", "TriggersEveryFiveMinutes"),
		limitSeconds: 1_800,
	},
	{
		what: "no reconciler, and a rollback whose execution is killed",
		caughtBy: everyExecutionEnds,
		says: "with nothing running",
		scenario: scenarioOf("bad-image"),
		wiring: disable("TriggersEveryMinute"),
		fault: "killed @ rollback/AwaitDrain #1",
		limitSeconds: 1_800,
	},
	{
		what: "no rule for executions that were lost, and a rollout that is killed",
		caughtBy: goesBackWithin30Seconds,
		scenario: scenarioOf("good-image"),
		wiring: disable("TriggersRolloutLost"),
		fault: "killed @ rollout/ShiftTraffic #3",
		seeds: 6,
		limitSeconds: 3_600,
	},
	{
		// While a step bakes, a look every few seconds asks after alarms; in the window there is one a minute.
		what: "no alarm rule, and an alarm in the window",
		caughtBy: goesBackWithin30Seconds,
		scenario: scenarioOf("late-alarm"),
		wiring: disable("TriggersAlarmTurnedRed"),
		seeds: 6,
	},
	{
		what: "no retry of a shift, and a router that is busy once",
		caughtBy: noRollbackWithoutReason,
		scenario: scenarioOf("good-image"),
		wiring: (stacks) => stacks.redefine("RolloutMachine", (states) => void delete states.ShiftTraffic?.Retry),
		fault: "throttled @ rollout/ShiftTraffic shift-traffic elasticloadbalancing:ModifyRule #1",
		limitSeconds: 1_800,
	},
	{
		what: "a watch that is handed 200 kB",
		caughtBy: withinAwsLimits,
		scenario: scenarioOf("bad-image"),
		wiring: (stacks) =>
			stacks.redefine("RolloutMachine", ({ WatchStep = {} }) => {
				const { Input } = WatchStep.Arguments as { readonly Input: object };
				Object.assign(Input, { padding: "{% $pad('', 200000, '.') %}" });
			}),
	},
];
