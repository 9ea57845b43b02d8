import { ArnFormat, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** The name of a shared resource of an environment, as in `sluice-production-rollout`. At most 20 characters of environment. */
export const resourceName = (environment: string, what: string): string => `sluice-${environment}-${what}`;

/**
 * The name of the bucket of definitions. Names of buckets are one for all accounts, so it carries whose it is; at most 63
 * characters, because an environment has at most 20. Named, so that people's command line finds it without asking.
 */
export const catalogName = (environment: string, account: string, region: string): string =>
	`${resourceName(environment, "catalog")}-${account}-${region}`;

/** The name of an environment's bus. */
export const busNameOf = (environment: string): string => `sluice-${environment}`;

/** Machines that Sluice consists of; each is `statemachines/<name>.asl.yaml`. */
export type MachineName = "rollout" | "watch" | "rollback" | "enrolment";

export const machineNames: readonly MachineName[] = ["rollout", "watch", "rollback", "enrolment"];

/**
 * ARN of a machine, built from its name: functions know machines and machines know functions,
 * and only a name breaks that circle.
 */
export const machineArn = (scope: Construct, environment: string, machine: MachineName): string =>
	Stack.of(scope).formatArn({
		service: "states",
		resource: "stateMachine",
		resourceName: resourceName(environment, machine),
		arnFormat: ArnFormat.COLON_RESOURCE_NAME,
	});

/** Pattern for the ARNs of all executions of a machine: IAM knows no narrower one, execution names are chosen at run time. */
export const executionArns = (scope: Construct, environment: string, machine: MachineName): string =>
	Stack.of(scope).formatArn({
		service: "states",
		resource: "execution",
		resourceName: `${resourceName(environment, machine)}:*`,
		arnFormat: ArnFormat.COLON_RESOURCE_NAME,
	});

/** Name of the function that CloudFormation calls for `Custom::SluiceService`; service stacks know it by this name only (D15). */
export const registrarName = (environment: string): string => resourceName(environment, "register-service-provider");
