import { type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { acknowledgeWildcard } from "./acknowledge-wildcard.ts";
import { executionArns, type MachineName, machineArn } from "./resource-name.ts";

/** What a function, or a person, may do with executions of one machine. */
export type ExecutionUse = "start" | "stop" | "describe" | "answer";

const anyResource = "*";

/**
 * Lets a function use executions of one machine. Starting is bound to the machine, stopping and describing to its
 * executions. Answering is bound to nothing: AWS knows no resource for it, the token is the permission.
 */
export const grantExecutions = (
	role: IGrantable & Construct,
	environment: string,
	machine: MachineName,
	use: ExecutionUse,
): void => {
	const ofExecutions = executionArns(role, environment, machine);
	const [action, resource] = {
		start: ["states:StartExecution", machineArn(role, environment, machine)] as const,
		answer: ["states:SendTaskSuccess", anyResource] as const,
		stop: ["states:StopExecution", ofExecutions] as const,
		describe: ["states:DescribeExecution", ofExecutions] as const,
	}[use];
	role.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
	if (resource === ofExecutions) acknowledgeWildcard(role, "Names of executions are chosen at run time.", ofExecutions);
	if (resource === anyResource) acknowledgeWildcard(role, "AWS knows no resource for SendTaskSuccess.", anyResource);
};
