import { ArnFormat, Stack } from "aws-cdk-lib";
import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import { acknowledgeWildcard } from "./acknowledge-wildcard.ts";

/** What a function may do to listener rules. Each use includes reading them back. */
export type TrafficUse = "read" | "open" | "shift" | "send-back" | "close" | "enrol";

const environmentTag = "sluice:environment";

/**
 * Lets a function use listener rules that carry the environment's tag, on any load balancer: services are data (D15),
 * so their listeners are not known here. Rules without the tag stay out of reach, whoever they belong to.
 */
export const grantTraffic = (role: Role, environment: string, use: TrafficUse): void => {
	const own = { StringEquals: { [`aws:ResourceTag/${environmentTag}`]: environment } };
	const rules = arnOf(role, "listener-rule/app/*");
	const mayDelete = use === "open" || use === "send-back" || use === "close" || use === "enrol";
	const mayModify = use === "open" || use === "shift" || use === "send-back" || use === "close" || use === "enrol";
	const actions = [...(mayModify ? ["ModifyRule"] : []), ...(mayDelete ? ["DeleteRule"] : [])];
	if (use === "open" || use === "send-back" || use === "enrol") grantCreate(role, environment);
	if (use === "enrol") grantInspection(role);
	if (actions.length > 0) {
		grant(role, actions, rules, own);
		acknowledgeWildcard(role, "Bounded by the tag sluice:environment; rules are made at run time.", rules);
	}
	grant(role, ["DescribeRules", "DescribeTags"], "*");
	acknowledgeWildcard(role, "Elastic Load Balancing's Describe actions know no resources.", "*");
};

/** Lets a function look at target groups, at listeners that send them requests, and at what the account allows. */
const grantInspection = (role: Role): void => {
	grant(
		role,
		[
			"DescribeTargetGroups",
			"DescribeTargetGroupAttributes",
			"DescribeTargetHealth",
			"DescribeListeners",
			"DescribeAccountLimits",
		],
		"*",
	);
};

/** Lets a function ask how many targets of a group are healthy. */
export const grantTargetHealth = (role: Role): void => {
	grant(role, ["DescribeTargetHealth"], "*");
	acknowledgeWildcard(role, "Elastic Load Balancing's Describe actions know no resources.", "*");
};

/** A rule can only be made with the tag, and tags can only be set while a rule is made. */
const grantCreate = (role: Role, environment: string): void => {
	const listeners = arnOf(role, "listener/app/*");
	const rules = arnOf(role, "listener-rule/app/*");
	const tagged = { [`aws:RequestTag/${environmentTag}`]: environment };
	grant(role, ["CreateRule"], listeners, { StringEquals: tagged });
	grant(role, ["AddTags"], rules, { StringEquals: { ...tagged, "elasticloadbalancing:CreateAction": "CreateRule" } });
	acknowledgeWildcard(role, "Services are data (D15): listeners are named in their definitions.", listeners, rules);
};

const grant = (role: Role, actions: readonly string[], resource: string, conditions: object = {}): void => {
	role.addToPolicy(
		new PolicyStatement({
			actions: actions.map((action) => `elasticloadbalancing:${action}`),
			resources: [resource],
			conditions: { ...conditions },
		}),
	);
};

const arnOf = (role: Role, pattern: string): string =>
	Stack.of(role).formatArn({
		service: "elasticloadbalancing",
		resource: pattern,
		arnFormat: ArnFormat.NO_RESOURCE_NAME,
	});
