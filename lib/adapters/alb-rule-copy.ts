import type { Rule, RuleCondition, RuleTransform } from "@aws-sdk/client-elastic-load-balancing-v2";
import { canonicalJson } from "./canonical-json.ts";

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

/** How many values the conditions of a rule have together; what limits the conditions of one rule. */
export const conditionValuesOf = ({ Conditions }: AlbRuleCopy): number =>
	Conditions.flatMap(({ Field: _field, ...lists }) => Object.values(lists))
		.flatMap((list) => (Array.isArray(list) ? [list] : Object.values(list ?? {})))
		.reduce((sum, list) => sum + (Array.isArray(list) ? list.length : 0), 0);

/** What CreateRule needs to match and rewrite the same requests as an existing rule. */
export const copyOfRule = (rule: Rule): AlbRuleCopy => ({
	Conditions: (rule.Conditions ?? []).map(copyCondition),
	...(rule.Transforms?.length && { Transforms: rule.Transforms.map(withoutEmptyLists) }),
});

/** The same with lists in one order: a condition asks for any of its values, and a rule for all of its conditions. */
const inOneOrder = (value: unknown): unknown => {
	if (Array.isArray(value))
		return value.map(inOneOrder).toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, inOneOrder(member)]));
};

/** A legacy condition and its modern form say the same. */
const modernOf = ({ Field = "", Values, RegexValues, ...configs }: RuleCondition): unknown =>
	Object.keys(configs).length > 0
		? [Field, Object.values(configs)]
		: [Field, [{ ...(Values && { Values }), ...(RegexValues && { RegexValues }) }]];

/** A copy as texts: equal for two rules that match the same requests by the same words, and that rewrite them alike. */
export const textsOfCopy = ({
	Conditions,
	Transforms = [],
}: AlbRuleCopy): { readonly conditionsText: string; readonly transformsText: string } => ({
	conditionsText: canonicalJson(inOneOrder(Conditions.map(modernOf))),
	transformsText: canonicalJson(Transforms),
});
