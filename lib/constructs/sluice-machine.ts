import { ArnFormat, RemovalPolicy, Stack } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { acknowledgeWildcard } from "./acknowledge-wildcard.ts";
import { InvalidMachineError, type MachineCall, type MachineDefinition } from "./machine-definition.ts";
import { executionArns, type MachineName, machineArn, machineNames, resourceName } from "./resource-name.ts";
import type { SluiceFunction } from "./sluice-function.ts";
import type { SluiceKey } from "./sluice-key.ts";

export interface SluiceMachineProps {
	readonly environment: string;
	readonly name: MachineName;
	readonly definition: MachineDefinition;
	/** Functions that the definition may call; it calls each by `${<Name>Arn}`. */
	readonly functions: readonly SluiceFunction[];
	readonly encryption: SluiceKey;
}

/** The placeholder that stands for a function or machine, as in `ShiftTrafficArn` or `WatchMachineArn`. */
export const placeholderOf = (name: string, suffix: "Arn" | "MachineArn"): string =>
	name
		.split("-")
		.map((word) => word.charAt(0).toUpperCase() + word.slice(1))
		.join("") + suffix;

/** One Standard state machine, inlined into the template, with a role that may do what its tasks do and nothing else. */
export class SluiceMachine extends Construct {
	readonly machine: StateMachine;
	readonly name: MachineName;
	private readonly props: SluiceMachineProps;

	constructor(scope: Construct, id: string, props: SluiceMachineProps) {
		super(scope, id);
		this.props = props;
		const { environment, name, definition, encryption } = props;
		this.name = name;
		const logs = new LogGroup(this, "Logs", {
			logGroupName: `/aws/vendedlogs/states/${resourceName(environment, name)}`,
			encryptionKey: encryption.key,
			retention: RetentionDays.THREE_MONTHS,
			removalPolicy: RemovalPolicy.DESTROY,
		});
		this.machine = new StateMachine(this, "Machine", {
			stateMachineName: resourceName(environment, name),
			stateMachineType: StateMachineType.STANDARD,
			role: new Role(this, "Role", { assumedBy: new ServicePrincipal("states.amazonaws.com") }),
			definitionBody: DefinitionBody.fromString(definition.text),
			definitionSubstitutions: this.substitutions(),
			// Execution data stay out of the log: task tokens are in them, and who holds one can answer for a person.
			logs: { destination: logs, level: LogLevel.ALL, includeExecutionData: false },
			tracingEnabled: true,
		});
		for (const call of definition.calls) this.allow(call);
		const reason = "Log delivery and X-Ray know no narrower resource.";
		acknowledgeWildcard(this.machine.role, reason, "*");
	}

	private substitutions(): Record<string, string> {
		const { environment, functions, definition } = this.props;
		const known = new Map([
			...functions.map(({ name, function: { functionArn } }) => [placeholderOf(name, "Arn"), functionArn] as const),
			...machineNames.map((name) => [placeholderOf(name, "MachineArn"), machineArn(this, environment, name)] as const),
		]);
		return Object.fromEntries(
			definition.placeholders.map((placeholder) => {
				const arn = known.get(placeholder);
				if (arn !== undefined) return [placeholder, arn];
				throw new InvalidMachineError(
					`Placeholder "${placeholder}" of machine ${this.props.name} is not known; allowed are ${[...known.keys()].join(", ")}.`,
				);
			}),
		);
	}

	private allow({ kind, placeholder }: MachineCall): void {
		const { environment, functions } = this.props;
		if (kind === "invoke") {
			const called = functions.find(({ name }) => placeholderOf(name, "Arn") === placeholder);
			if (called === undefined) throw new InvalidMachineError(`${placeholder} is not the ARN of a function.`);
			this.grant(["lambda:InvokeFunction"], called.function.functionArn);
			return;
		}
		const called = machineNames.find((name) => placeholderOf(name, "MachineArn") === placeholder);
		if (called === undefined) throw new InvalidMachineError(`${placeholder} is not the ARN of a machine.`);
		this.grant(["states:StartExecution"], machineArn(this, environment, called));
		if (kind === "run") this.allowToWaitFor(called);
	}

	/** What `startExecution.sync:2` needs besides: to follow the child, to end it with its parent, and AWS's own event rule. */
	private allowToWaitFor(called: MachineName): void {
		const executions = executionArns(this, this.props.environment, called);
		this.grant(["states:DescribeExecution", "states:StopExecution"], executions);
		acknowledgeWildcard(this.machine.role, "Names of executions are chosen at run time.", executions);
		const rule = Stack.of(this).formatArn({
			service: "events",
			resource: "rule",
			resourceName: "StepFunctionsGetEventsForStepFunctionsExecutionRule",
			arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
		});
		this.grant(["events:PutTargets", "events:PutRule", "events:DescribeRule"], rule);
	}

	private grant(actions: string[], resource: string): void {
		this.machine.addToRolePolicy(new PolicyStatement({ actions, resources: [resource] }));
	}
}
