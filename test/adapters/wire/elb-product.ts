import { QueryRefusal, type QueryStructure, type QueryValue, queryProduct } from "./query-product.ts";

/** One listener rule as ELBv2 keeps it; every value as text, as on the wire. */
export interface StoredRule {
	readonly ruleArn: string;
	readonly priority: string;
	readonly conditions: readonly QueryStructure[];
	readonly actions: QueryValue;
	readonly transforms: QueryValue;
	readonly tags: readonly QueryStructure[];
}

type NewRule = Pick<StoredRule, "priority" | "conditions" | "actions"> & Partial<StoredRule>;

const listOf = (value: QueryValue | undefined): readonly QueryStructure[] =>
	Array.isArray(value) ? value.map((member) => member as QueryStructure) : [];

/**
 * The rules of one listener and the targets of its groups, as they look from the wire. As strict as ELBv2 where it matters:
 * CreateRule refuses a condition given twice and an empty list, a priority in use, and a write to a rule that is gone.
 */
export class ElbProduct {
	readonly rules = new Map<string, StoredRule>();
	/** Health states of registered targets, by the ARN of their group. */
	readonly targets = new Map<string, string[]>();
	/** Target groups that pin clients. */
	readonly sticky = new Set<string>();
	/** Tags of the listener. */
	readonly listenerTags: QueryStructure[] = [];
	/** Other listeners by ARN, also of other load balancers: rules that are not written, and a default action. */
	readonly otherListeners = new Map<string, { readonly rules: StoredRule[]; readonly defaultActions: QueryValue }>();
	/** What becomes of requests to the listener that meet no rule. */
	defaultActions: QueryValue = [{ Type: "forward", TargetGroupArn: "default" }];
	/** Most listeners on a page. */
	listenerPageLimit = 100;
	/** Most rules on a page, however many were asked for. */
	pageLimit = 400;
	/** As under a policy by tag: a write to a rule that is gone is denied before anybody looks for it. */
	deniesWritesToGoneRules = false;
	readonly #listenerArn: string;
	#created = 0;

	constructor(listenerArn: string) {
		this.#listenerArn = listenerArn;
	}

	readonly answer = queryProduct("2015-12-01", {
		DescribeRules: (input) => this.#describeRules(input),
		DescribeTags: (input) => this.#describeTags(input),
		CreateRule: (input) => this.#createRule(input),
		ModifyRule: (input) => this.#modifyRule(input),
		DeleteRule: (input) => this.#deleteRule(input),
		AddTags: (input) => this.#tag(input),
		RemoveTags: (input) => this.#untag(input),
		DescribeTargetGroups: ({ TargetGroupArns }) => {
			const [arn] = Array.isArray(TargetGroupArns) ? TargetGroupArns.map(String) : [];
			this.#statesOf(arn ?? "");
			const LoadBalancerArns = [...this.#loadBalancersOf(arn ?? "")];
			return { TargetGroups: [{ TargetGroupArn: arn ?? "", TargetType: "ip", LoadBalancerArns }] };
		},
		DescribeTargetGroupAttributes: ({ TargetGroupArn }) => {
			this.#statesOf(String(TargetGroupArn));
			const isSticky = this.sticky.has(String(TargetGroupArn));
			return {
				Attributes: [
					{ Key: "stickiness.enabled", Value: String(isSticky) },
					{ Key: "deregistration_delay.timeout_seconds", Value: "300" },
				],
			};
		},
		DescribeAccountLimits: () => ({ Limits: [{ Name: "rules-per-application-load-balancer", Max: "100" }] }),
		DescribeTargetHealth: (input) => this.#describeTargetHealth(input),
		DescribeListeners: (input) => this.#describeListeners(input),
	});

	/** Puts a rule there by hand. */
	place(rule: NewRule): StoredRule {
		this.#created += 1;
		const ruleArn = `${this.#listenerArn.replace(":listener/", ":listener-rule/")}/${this.#created.toString(16).padStart(16, "0")}`;
		const stored: StoredRule = { ruleArn, transforms: [], tags: [], ...rule };
		this.rules.set(stored.ruleArn, stored);
		return stored;
	}

	at(priority: number): StoredRule | undefined {
		return [...this.rules.values()].find((rule) => rule.priority === String(priority));
	}

	#describeRules({ ListenerArn, PageSize, Marker }: QueryStructure): QueryStructure {
		const listener = this.#listeners().get(String(ListenerArn));
		if (listener === undefined) throw new QueryRefusal("ListenerNotFound", "One or more listeners not found");
		const all = listener.rules.map(described);
		const Actions = listener.defaultActions;
		all.push({ RuleArn: `${ListenerArn}/default`, Priority: "default", IsDefault: "true", Actions });
		const from = Number(Marker ?? "0");
		const to = from + Math.min(Number(PageSize), this.pageLimit);
		return { Rules: all.slice(from, to), ...(to < all.length && { NextMarker: String(to) }) };
	}

	#listeners() {
		const own = { rules: [...this.rules.values()], defaultActions: this.defaultActions };
		return new Map([[this.#listenerArn, own], ...this.otherListeners]);
	}

	#loadBalancersOf(targetGroupArn: string): ReadonlySet<string> {
		const named = [...this.#listeners()].filter(([, { rules, defaultActions }]) =>
			[defaultActions, ...rules.map(({ actions }) => actions)].some((list) => groupsIn(list).includes(targetGroupArn)),
		);
		return new Set(named.map(([arn]) => loadBalancerOf(arn)));
	}

	#describeListeners({ LoadBalancerArn, PageSize, Marker }: QueryStructure): QueryStructure {
		const all = [...this.#listeners().keys()].filter((arn) => loadBalancerOf(arn) === LoadBalancerArn);
		if (all.length === 0) throw new QueryRefusal("LoadBalancerNotFound", "One or more load balancers not found");
		const from = Number(Marker ?? "0");
		const to = from + Math.min(Number(PageSize), this.listenerPageLimit);
		const Listeners = all.slice(from, to).map((ListenerArn) => ({ ListenerArn }));
		return { Listeners, ...(to < all.length && { NextMarker: String(to) }) };
	}

	#describeTags({ ResourceArns }: QueryStructure): QueryStructure {
		const arns = Array.isArray(ResourceArns) ? ResourceArns.map(String) : [];
		const isRule = (arn: string): boolean => arn.includes(":listener-rule/");
		const tagsOf = (arn: string): readonly QueryStructure[] => {
			if (isRule(arn)) return this.#find(arn).tags;
			return arn === this.#listenerArn ? this.listenerTags : [];
		};
		const TagDescriptions = arns.map((ResourceArn) => ({ ResourceArn, Tags: tagsOf(ResourceArn) }));
		return { TagDescriptions };
	}

	#createRule({ ListenerArn, Priority, Conditions, Actions, Transforms, Tags }: QueryStructure): QueryStructure {
		if (ListenerArn !== this.#listenerArn)
			throw new QueryRefusal("ListenerNotFound", "One or more listeners not found");
		for (const condition of listOf(Conditions)) refuseAmbiguous(condition);
		if (this.at(Number(Priority)) !== undefined)
			throw new QueryRefusal("PriorityInUse", `Priority '${Priority}' is in use`);
		const rule = this.place({
			priority: String(Priority),
			conditions: listOf(Conditions),
			actions: Actions ?? [],
			transforms: Transforms ?? [],
			tags: listOf(Tags),
		});
		return { Rules: [described(rule)] };
	}

	#modifyRule({ RuleArn, Actions, Conditions }: QueryStructure): QueryStructure {
		const rule = this.#findForWrite(String(RuleArn));
		const next = {
			...rule,
			actions: Actions ?? rule.actions,
			conditions: Conditions ? listOf(Conditions) : rule.conditions,
		};
		this.rules.set(next.ruleArn, next);
		return { Rules: [described(next)] };
	}

	#deleteRule({ RuleArn }: QueryStructure): QueryStructure {
		this.rules.delete(this.#findForWrite(String(RuleArn)).ruleArn);
		return {};
	}

	#tag({ ResourceArns, Tags }: QueryStructure): QueryStructure {
		const [arn] = Array.isArray(ResourceArns) ? ResourceArns.map(String) : [];
		const rule = this.#findForWrite(arn ?? "");
		const added = listOf(Tags);
		const kept = rule.tags.filter(({ Key }) => !added.some((tag) => tag.Key === Key));
		this.rules.set(rule.ruleArn, { ...rule, tags: [...kept, ...added] });
		return {};
	}

	#untag({ ResourceArns, TagKeys }: QueryStructure): QueryStructure {
		const [arn] = Array.isArray(ResourceArns) ? ResourceArns.map(String) : [];
		const rule = this.#findForWrite(arn ?? "");
		const gone = Array.isArray(TagKeys) ? TagKeys.map(String) : [];
		this.rules.set(rule.ruleArn, { ...rule, tags: rule.tags.filter(({ Key }) => !gone.includes(String(Key))) });
		return {};
	}

	#statesOf(targetGroupArn: string): readonly string[] {
		const states = this.targets.get(targetGroupArn);
		if (states === undefined) throw new QueryRefusal("TargetGroupNotFound", "One or more target groups not found");
		return states;
	}

	#describeTargetHealth({ TargetGroupArn }: QueryStructure): QueryStructure {
		const states = this.#statesOf(String(TargetGroupArn));
		const descriptions = states.map((State, index) => ({
			Target: { Id: `10.0.0.${index + 1}`, Port: "8080" },
			TargetHealth: { State },
		}));
		return { TargetHealthDescriptions: descriptions };
	}

	#find(ruleArn: string): StoredRule {
		const rule = this.rules.get(ruleArn);
		if (rule === undefined) throw new QueryRefusal("RuleNotFound", "One or more rules not found");
		return rule;
	}

	#findForWrite(ruleArn: string): StoredRule {
		if (this.deniesWritesToGoneRules && !this.rules.has(ruleArn))
			throw new QueryRefusal("AccessDenied", "No identity-based policy allows this action", 403);
		return this.#find(ruleArn);
	}
}

/** The load balancer's ARN is part of its listener's. */
const loadBalancerOf = (listenerArn: string): string =>
	listenerArn.slice(0, listenerArn.lastIndexOf("/")).replace(":listener/", ":loadbalancer/");

/** Target groups that an action list names. */
const groupsIn = (actions: QueryValue): readonly string[] =>
	listOf(actions).flatMap(({ TargetGroupArn, ForwardConfig }) => [
		...(TargetGroupArn === undefined ? [] : [String(TargetGroupArn)]),
		...listOf((ForwardConfig as QueryStructure | undefined)?.TargetGroups).map((group) => String(group.TargetGroupArn)),
	]);

/** As DescribeRules words it: host and path conditions in both forms at once, with an empty list for what is not there. */
const described = (rule: StoredRule): QueryStructure => ({
	RuleArn: rule.ruleArn,
	Priority: rule.priority,
	IsDefault: "false",
	Conditions: rule.conditions.map((condition) => {
		const name = { "path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig" }[String(condition.Field)];
		if (name === undefined) return condition;
		const config = (condition[name] ?? { Values: condition.Values ?? [] }) as QueryStructure;
		const { Values = [], RegexValues = [] } = config;
		return { Field: condition.Field ?? "", Values, RegexValues, [name]: { Values, RegexValues } };
	}),
	Actions: rule.actions,
	Transforms: rule.transforms,
});

const refuseAmbiguous = (condition: QueryStructure): void => {
	const invalid = (message: string) => new QueryRefusal("ValidationError", message);
	const configs = Object.keys(condition).filter((key) => key.endsWith("Config"));
	if (configs.length > 0 && "Values" in condition)
		throw invalid(`You cannot provide both Values and '${configs[0]}' for a condition of type '${condition.Field}'`);
	if (configs.length !== 1 && !("Values" in condition)) throw invalid("A condition value must be specified");
	const lists = [condition, ...configs.map((name) => condition[name] as QueryStructure)];
	for (const list of lists) if (Object.values(list).includes("")) throw invalid("A condition value must not be empty");
};
