import type { Rule, RuleCondition, RuleTransform } from "@aws-sdk/client-elastic-load-balancing-v2";

/** What decides which requests a rule matches, and how it rewrites them. */
export interface AlbRuleCopy {
	readonly Conditions: RuleCondition[];
	readonly Transforms?: RuleTransform[];
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** The same without empty lists, at any depth: DescribeRules answers them, and CreateRule takes them for missing values. */
const withoutEmptyLists = <T extends object>(value: T): T =>
	Object.fromEntries(
		Object.entries(value)
			.filter(([, member]) => member !== undefined && !isEmptyList(member))
			.map(([key, member]) => [
				key,
				typeof member === "object" && !Array.isArray(member) ? withoutEmptyLists(member) : member,
			]),
	) as T;

/**
 * DescribeRules answers a condition twice, as legacy `Values` and as `…Config`; CreateRule refuses to be given both.
 * The legacy form is kept only where there is no other.
 */
const copyCondition = (condition: RuleCondition): RuleCondition => {
	const { Values, RegexValues, ...modern } = withoutEmptyLists(condition);
	const hasConfig = Object.keys(modern).some((key) => key.endsWith("Config"));
	if (hasConfig) return modern;
	return { ...modern, ...(Values && { Values }), ...(RegexValues && { RegexValues }) };
};

/** What CreateRule needs to match and rewrite the same requests as an existing rule. */
export const copyOfRule = (rule: Rule): AlbRuleCopy => ({
	Conditions: (rule.Conditions ?? []).map(copyCondition),
	...(rule.Transforms?.length && { Transforms: rule.Transforms.map(withoutEmptyLists) }),
});
