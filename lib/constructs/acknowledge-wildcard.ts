import { Stack, Validations } from "aws-cdk-lib";
// Findings are named after resources as cdk-nag flattens them; its own function keeps our ids equal to its ids.
import { flattenCfnReference } from "cdk-nag/lib/utils/flatten-cfn-reference.js";
import type { IConstruct } from "constructs";

/**
 * Accepts exactly these wildcard resources in the policies of one construct, and says why.
 * Any other wildcard there still fails synthesis.
 */
export const acknowledgeWildcard = (construct: IConstruct, reason: string, ...resources: readonly string[]): void => {
	const stack = Stack.of(construct);
	Validations.of(construct).acknowledge(
		...resources.map((resource) => ({
			id: `AwsSolutions-IAM5[Resource::${flattenCfnReference(stack.resolve(resource))}]`,
			reason,
		})),
	);
};
