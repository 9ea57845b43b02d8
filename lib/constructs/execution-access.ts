import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import { acknowledgeWildcard } from "./acknowledge-wildcard.ts";
import { executionArns, type MachineName, machineArn } from "./resource-name.ts";

/** What a function may do with executions of one machine. */
export type ExecutionUse = "start" | "stop" | "describe" | "answer";

/** Lets a function use executions of one machine. Starting and answering are bound to the machine, the rest to its executions. */
export const grantExecutions = (role: Role, environment: string, machine: MachineName, use: ExecutionUse): void => {
	const ofMachine = machineArn(role, environment, machine);
	const ofExecutions = executionArns(role, environment, machine);
	const [action, resource] = {
		start: ["states:StartExecution", ofMachine] as const,
		answer: ["states:SendTaskSuccess", ofMachine] as const,
		stop: ["states:StopExecution", ofExecutions] as const,
		describe: ["states:DescribeExecution", ofExecutions] as const,
	}[use];
	role.addToPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
	if (resource === ofExecutions) acknowledgeWildcard(role, "Names of executions are chosen at run time.", ofExecutions);
};
