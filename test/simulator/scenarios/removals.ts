import type { Outcome } from "../../../lib/domain/service-state.ts";
import type { RemoteCall } from "../../../simulator/kernel/caller.ts";
import type { Fault } from "../../../simulator/kernel/sandbox-host.ts";
import type { RunOptions, Scene } from "../../../simulator/scenarios/run-scenario.ts";
import type { System } from "../../../simulator/system/make-system.ts";
import type { EditableStacks } from "../editable-stacks.ts";

/** What befalls a run; made anew for each, because most of it happens once. */
export type Trouble = () => RunOptions;

/** Kills a function just before some of its calls. */
const crashing =
	(entry: string, operation: string, times: number): Trouble =>
	() => {
		let left = times;
		return {
			faultFor: (caller: string, call: RemoteCall): Fault | null =>
				caller === `functions/${entry}` && call.operation === operation && left-- > 0
					? { kind: "crashed", when: "before" }
					: null,
		};
	};

/** Stops the rollout's execution by hand, ten seconds after its canary began to serve users. */
const stoppedByHand: Trouble = () => {
	const deployed: { readonly system: System; readonly scene: Scene }[] = [];
	const stop = ({ engine }: System): void => {
		const rollout = engine.list().find(({ machineName }) => machineName.endsWith("-rollout"));
		if (rollout !== undefined) engine.stop(rollout.executionArn);
	};
	return {
		onDeployed: (system, scene) => void deployed.push({ system, scene }),
		onEntry: ({ kind }) => {
			if (kind !== "rollout.shifted.v1") return;
			const inside = deployed.pop();
			inside?.system.clock.after(10_000, () => {
				inside.scene.lend("execution-stopped");
				stop(inside.system);
			});
		},
	};
};

/** One thing that the template holds, a story that needs it, and what befalls the story so that it does. */
export interface Removal {
	readonly what: string;
	readonly scenario: string;
	readonly remove: (stacks: EditableStacks) => void;
	/** Nothing unless said otherwise. */
	readonly trouble?: Trouble;
	/** How the story is expected to end with that trouble; as it always does unless said otherwise. */
	readonly outcome?: Outcome;
	/** How many seeds are tried, where only chance decides how late something else comes to help; one unless said otherwise. */
	readonly seeds?: number;
}

const disable =
	(rule: string) =>
	(stacks: EditableStacks): void => {
		stacks.resource("AWS::Events::Rule", rule).Properties.State = "DISABLED";
	};

const forbid =
	(role: string, action: string) =>
	(stacks: EditableStacks): void =>
		stacks.forbid(role, action);

const unset =
	(functionId: string, variable: string) =>
	(stacks: EditableStacks): void =>
		stacks.unset(functionId, variable);

/** Takes the retries from one state of a machine. */
export const withoutRetry =
	(machine: string, state: string) =>
	(stacks: EditableStacks): void =>
		stacks.redefine(machine, (states) => void delete states[state]?.Retry);

/** Besides, the catcher for all errors; those for a named one stay. */
const withoutRetryAndCatch =
	(machine: string, state: string, ...onlyCaught: readonly string[]) =>
	(stacks: EditableStacks): void => {
		withoutRetry(machine, state)(stacks);
		stacks.redefine(machine, (states) => {
			const found = states[state];
			if (found === undefined || !Array.isArray(found.Catch)) throw new RangeError(`${state} catches nothing.`);
			found.Catch = found.Catch.filter(({ ErrorEquals }) => !ErrorEquals.includes("States.ALL"));
			// Nothing else leads there, and a machine with a state that nobody reaches is not a machine.
			for (const state of onlyCaught) delete states[state];
		});
	};

/**
 * One removal for each kind of thing that a template holds. Without the push rule a rollout only begins later: see
 * lost-push.test.ts.
 */
export const removals: readonly Removal[] = [
	{
		// In the window, where the watch asks the alarms once a minute, sometimes at once.
		what: "the alarm rule",
		scenario: "late-alarm",
		remove: disable("TriggersAlarmTurnedRed"),
		seeds: 6,
	},
	{ what: "the command rule", scenario: "good-image", remove: disable("TriggersCommand") },
	{
		what: "the rule for executions that were lost",
		scenario: "good-image",
		remove: disable("TriggersRolloutLost"),
		trouble: stoppedByHand,
		outcome: "rolled-back",
		// The reconciler comes within a minute, sometimes at once.
		seeds: 6,
	},
	{
		what: "the rule for each minute",
		scenario: "good-image",
		remove: disable("TriggersEveryMinute"),
		trouble: crashing("admit-release", "states:StartExecution", Number.POSITIVE_INFINITY),
	},
	{
		what: "the alarm itself",
		scenario: "alarm-in-bake",
		remove: (stacks) => stacks.remove("AWS::CloudWatch::Alarm", "Alarmscheckoutordersfailed"),
	},
	{
		what: "the rule for each five minutes",
		scenario: "good-image",
		remove: disable("TriggersEveryFiveMinutes"),
		// The push and its two retries.
		trouble: crashing("admit-release", "ecr:DescribeImages", 3),
	},
	{
		what: "the permission of the minute rule to invoke its function",
		scenario: "good-image",
		remove: (stacks) => stacks.remove("AWS::Lambda::Permission", "TriggersEveryMinuteAllow"),
		trouble: crashing("admit-release", "states:StartExecution", Number.POSITIVE_INFINITY),
	},
	{
		what: "dynamodb:UpdateItem of shift-traffic",
		scenario: "good-image",
		remove: forbid("Functionsshifttraffic", "dynamodb:UpdateItem"),
	},
	{
		what: "dynamodb:PutItem of admit-release",
		scenario: "good-image",
		remove: forbid("Functionsadmitrelease", "dynamodb:PutItem"),
	},
	{
		what: "dynamodb:Query of reconcile-services",
		scenario: "good-image",
		remove: forbid("Functionsreconcileservices", "dynamodb:Query"),
		trouble: crashing("admit-release", "states:StartExecution", Number.POSITIVE_INFINITY),
	},
	{
		what: "elasticloadbalancing:DeleteRule of roll-back",
		scenario: "bad-image",
		remove: forbid("FunctionsrollbackRole", "elasticloadbalancing:DeleteRule"),
	},
	{
		what: "elasticloadbalancing:AddTags of open-trial",
		scenario: "good-image",
		remove: forbid("Functionsopentrial", "elasticloadbalancing:AddTags"),
	},
	{
		what: "elasticloadbalancing:ModifyRule of close-rollout",
		scenario: "good-image",
		remove: forbid("Functionscloserollout", "elasticloadbalancing:ModifyRule"),
	},
	{
		what: "elasticloadbalancing:DescribeTargetHealth of ensure-capacity",
		scenario: "good-image",
		remove: forbid("Functionsensurecapacity", "elasticloadbalancing:DescribeTargetHealth"),
	},
	{
		what: "states:StartExecution of the alarm rule's role",
		scenario: "late-alarm",
		remove: forbid("RollbackMachineEventsRole", "states:StartExecution"),
		seeds: 6,
	},
	{
		// Either may start a rollback after a verdict; without both, what ends the execution comes much later.
		what: "states:StartExecution of the watch and the rollout machine on the rollback machine",
		scenario: "bad-image",
		remove: (stacks) => {
			stacks.forbid("WatchRole", "states:StartExecution");
			stacks.redefine("Rollout", (states) => {
				// Not the permission: this machine needs the same action to start its watches.
				const { StartRollback, AwaitStop } = states;
				if (StartRollback !== undefined && AwaitStop !== undefined)
					states.StartRollback = { ...AwaitStop, Next: "AwaitStop" };
			});
		},
	},
	{
		what: "states:DescribeExecution of the rollout machine",
		scenario: "good-image",
		remove: forbid("RolloutRole", "states:DescribeExecution"),
	},
	{
		what: "states:StopExecution of stop-rollout",
		scenario: "bad-image",
		remove: forbid("Functionsstoprollout", "states:StopExecution"),
	},
	{
		// Either of the two sees an answer through.
		what: "states:SendTaskSuccess of apply-command and of reconcile-services",
		scenario: "good-image",
		remove: (stacks) => {
			for (const role of ["Functionsapplycommand", "Functionsreconcileservices"])
				forbid(role, "states:SendTaskSuccess")(stacks);
		},
	},
	{
		what: "s3:GetObject of roll-back",
		scenario: "alarm-in-bake",
		remove: forbid("FunctionsrollbackRole", "s3:GetObject"),
	},
	{
		what: "s3:ListBucket of admit-release",
		scenario: "good-image",
		remove: forbid("Functionsadmitrelease", "s3:ListBucket"),
	},
	{ what: "kms:Decrypt of plan-step", scenario: "good-image", remove: forbid("Functionsplanstep", "kms:Decrypt") },
	{
		what: "kms:GenerateDataKey of register-service",
		scenario: "good-image",
		remove: forbid("Functionsregisterservice", "kms:GenerateDataKey"),
	},
	{
		what: "cloudwatch:GetMetricData of watch-canary",
		scenario: "good-image",
		remove: forbid("Functionswatchcanary", "cloudwatch:GetMetricData"),
	},
	{
		what: "cloudwatch:DescribeAlarms of shift-traffic",
		scenario: "good-image",
		remove: forbid("Functionsshifttraffic", "cloudwatch:DescribeAlarms"),
	},
	{
		what: "ecr:DescribeImages of admit-release",
		scenario: "good-image",
		remove: forbid("Functionsadmitrelease", "ecr:DescribeImages"),
	},
	{
		what: "eks:DescribeCluster of prepare-canary",
		scenario: "good-image",
		remove: forbid("Functionspreparecanary", "eks:DescribeCluster"),
	},
	{
		what: "events:PutEvents of stop-rollout",
		scenario: "bad-image",
		remove: forbid("Functionsstoprollout", "events:PutEvents"),
	},
	{
		what: "lambda:InvokeFunction of the rollout machine for promote-canary",
		scenario: "good-image",
		remove: (stacks) =>
			stacks.narrow("RolloutRole", "lambda:InvokeFunction", (arn) => arn.includes("Functionspromotecanary")),
	},
	{
		what: "the access entry of prepare-canary",
		scenario: "good-image",
		remove: (stacks) => stacks.remove("AWS::EKS::AccessEntry", "Functionspreparecanary"),
	},
	{ what: "SERVICE_TABLE of plan-step", scenario: "good-image", remove: unset("Functionsplanstep", "SERVICE_TABLE") },
	{ what: "BUS_NAME of shift-traffic", scenario: "good-image", remove: unset("Functionsshifttraffic", "BUS_NAME") },
	{
		what: "ROLLOUT_MACHINE_ARN of stop-rollout",
		scenario: "bad-image",
		remove: unset("Functionsstoprollout", "ROLLOUT_MACHINE_ARN"),
	},
	{
		what: "ENVIRONMENT of roll-back",
		scenario: "bad-image",
		remove: unset("FunctionsrollbackFunction", "ENVIRONMENT"),
	},
	{
		what: "the retries of a step that changes traffic",
		scenario: "good-image",
		remove: withoutRetry("RolloutMachine", "ShiftTraffic"),
		trouble: crashing("shift-traffic", "elasticloadbalancing:ModifyRule", 1),
	},
	{
		what: "retries and catches of the first task of a rollback",
		scenario: "alarm-in-bake",
		remove: withoutRetryAndCatch("RollbackMachine", "SendTrafficBack", "RouteTrouble"),
		trouble: crashing("roll-back", "elasticloadbalancing:DeleteRule", 1),
		// The reconciler comes within a minute, sometimes in less than the 30 seconds that are allowed.
		seeds: 6,
	},
	{
		what: "the retries of the task that ends a rollback",
		scenario: "bad-image",
		remove: withoutRetry("RollbackMachine", "StopRollout"),
		trouble: crashing("stop-rollout", "dynamodb:GetItem", 1),
	},
];
