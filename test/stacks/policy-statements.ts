import type { Resource, SynthesizedStack } from "./synthesized-environment.ts";

/** One Allow or Deny of a role, with its lists as lists. */
export interface Statement {
	readonly effect: "Allow" | "Deny";
	readonly actions: readonly string[];
	readonly resources: readonly unknown[];
	readonly conditions: unknown;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** All statements of one policy. */
export const statementsIn = ({ Properties }: Resource): readonly Statement[] => {
	const document = Properties.PolicyDocument as { readonly Statement: readonly Record<string, unknown>[] };
	return document.Statement.map((statement) => ({
		effect: statement.Effect as Statement["effect"],
		actions: listOf(statement.Action).map(String),
		resources: listOf(statement.Resource),
		conditions: statement.Condition,
	}));
};

/** All statements of the role with this logical id. */
export const statementsOfRole = (stack: SynthesizedStack, roleId: string): readonly Statement[] =>
	Object.values(stack.resources("AWS::IAM::Policy"))
		.filter(({ Properties }) => listOf(Properties.Roles).some((role) => (role as { Ref?: string }).Ref === roleId))
		.flatMap(statementsIn);

/** Logical id that a `Fn::GetAtt` or `Ref` points to. */
export const referred = (value: unknown): string => {
	if (typeof value !== "object" || value === null) return "";
	const { Ref, "Fn::GetAtt": got } = value as { readonly Ref?: string; readonly "Fn::GetAtt"?: readonly string[] };
	return Ref ?? got?.[0] ?? "";
};

/** Everything that functions of the control plane say of themselves, by the name of their folder. */
export const functionsByName = (stack: SynthesizedStack): ReadonlyMap<string, Resource & { readonly id: string }> =>
	new Map(
		Object.entries(stack.resources("AWS::Lambda::Function"))
			.map(([id, resource]) => [String(resource.Metadata?.["sluice:entry"]), { ...resource, id }] as const)
			.filter(([entry]) => entry.startsWith("functions/"))
			.map(([entry, resource]) => [entry.slice("functions/".length), resource]),
	);

/** All statements of a function's role. */
export const statementsOfFunction = (stack: SynthesizedStack, name: string): readonly Statement[] => {
	const role = functionsByName(stack).get(name)?.Properties.Role;
	return statementsOfRole(stack, referred(role));
};
