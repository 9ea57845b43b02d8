import { Stack } from "aws-cdk-lib";
import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import { acknowledgeWildcard } from "./acknowledge-wildcard.ts";

/** Lets a function ask which alarms are red. */
export const grantAlarms = (role: Role): void =>
	grantEverywhere(role, "cloudwatch:DescribeAlarms", "Composite alarms are only described to whom all are.");

/** Lets a function read metrics. */
export const grantMeasurements = (role: Role): void =>
	grantEverywhere(role, "cloudwatch:GetMetricData", "CloudWatch knows no resource for metrics.");

/** Lets a function list images, never pull them. */
export const grantRegistry = (role: Role): void => {
	const repositories = Stack.of(role).formatArn({ service: "ecr", resource: "repository", resourceName: "*" });
	role.addToPolicy(new PolicyStatement({ actions: ["ecr:DescribeImages"], resources: [repositories] }));
	acknowledgeWildcard(role, "Services are data (D15): repositories are named in their definitions.", repositories);
};

const grantEverywhere = (role: Role, action: string, reason: string): void => {
	role.addToPolicy(new PolicyStatement({ actions: [action], resources: ["*"] }));
	acknowledgeWildcard(role, reason, "*");
};
