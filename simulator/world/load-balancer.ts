import type { Random } from "../kernel/random.ts";
import type { Timers } from "../kernel/timers.ts";
import { Refusal } from "./refusal.ts";

/** What a request must look like to match a rule. */
export interface RuleCondition {
	readonly field: string;
	/** Of a header. */
	readonly name?: string;
	readonly values: readonly string[];
}

/** Weights by target group ARN, 0–999 each. Empty for a rule that answers by itself. */
export type TargetGroupWeights = Readonly<Record<string, number>>;

export interface NewRule {
	readonly priority: number;
	readonly conditions: readonly RuleCondition[];
	readonly weights: TargetGroupWeights;
	readonly tags: Readonly<Record<string, string>>;
	/** Types of its actions; one forward unless said otherwise. */
	readonly actions?: readonly string[];
	/** Whether it pins clients; not unless said otherwise. */
	readonly isSticky?: boolean;
}

/** A listener rule as it is configured. */
export interface ListenerRule extends NewRule {
	readonly ruleArn: string;
	readonly listenerArn: string;
}

export interface LoadBalancerSurroundings {
	readonly timers: Timers;
	readonly random: Random;
	/** After each change of rules: whether any rule names this target group. */
	onUseChange(targetGroupArn: string, isInUse: boolean): void;
}

/** Requests of one kind at one listener: all rules that ask nothing of them but these, by priority, and who follows them. */
interface Route {
	readonly listenerArn: string;
	readonly conditions: ReadonlySet<string>;
	readonly rules: Map<number, ListenerRule>;
	onChange: (weights: TargetGroupWeights) => void;
	/** What the data plane was told last, and when it obeys. */
	announced: TargetGroupWeights;
	obeysAtEpochMs: number;
}

/** The load balancer's ARN is part of its listener's. */
export const loadBalancerOf = (listenerArn: string): string =>
	listenerArn.slice(0, listenerArn.lastIndexOf("/")).replace(":listener/", ":loadbalancer/");

const wordsOf = (conditions: readonly RuleCondition[]): readonly string[] =>
	conditions.map((condition) => JSON.stringify(condition));
/** A rule's conditions have so many values at most, together. */
const maxValues = 5;
const noWeights: TargetGroupWeights = {};
const maxWeight = 999;

/**
 * Listeners and rules of Application Load Balancers. The configuration changes at once and is read back at once;
 * requests follow 0.2–2 s later, drawn for each change, in order. Assumption: nothing is published on that.
 */
export class LoadBalancer {
	readonly #around: LoadBalancerSurroundings;
	readonly #listeners = new Map<string, Map<number, ListenerRule>>();
	readonly #rules = new Map<string, ListenerRule>();
	/** By listener, then by conditions. */
	readonly #routes = new Map<string, Map<string, Route>>();
	readonly #uses = new Map<string, number>();
	/** Default actions by listener; one that has none here answers by itself. */
	readonly #defaults = new Map<string, TargetGroupWeights>();
	#created = 0;

	constructor(around: LoadBalancerSurroundings) {
		this.#around = around;
	}

	/** @throws Refusal PriorityInUse, ValidationError. */
	createRule(listenerArn: string, rule: NewRule): ListenerRule {
		const atListener = this.#listeners.get(listenerArn) ?? new Map<number, ListenerRule>();
		if (atListener.has(rule.priority)) {
			throw new Refusal("PriorityInUse", `Priority ${rule.priority} of ${listenerArn} is in use.`);
		}
		assertWeights(rule.weights);
		assertConditions(rule.conditions);
		this.#listeners.set(listenerArn, atListener);
		const id = (++this.#created).toString(16).padStart(16, "0");
		const created = { ...rule, listenerArn, ruleArn: `${listenerArn.replace(":listener/", ":listener-rule/")}/${id}` };
		this.#put(created);
		return created;
	}

	/** Replaces the whole action list. @throws Refusal RuleNotFound, ValidationError. */
	modifyRule(ruleArn: string, weights: TargetGroupWeights): void {
		const rule = this.#existing(ruleArn);
		assertWeights(weights);
		this.#use(rule.weights, -1);
		this.#put({ ...rule, weights });
		this.#tellUses(rule.weights);
	}

	/** @throws Refusal RuleNotFound. */
	deleteRule(ruleArn: string): void {
		const rule = this.#existing(ruleArn);
		this.#rules.delete(ruleArn);
		this.#listeners.get(rule.listenerArn)?.delete(rule.priority);
		const routes = this.#routesOf(rule);
		for (const route of routes) route.rules.delete(rule.priority);
		this.#use(rule.weights, -1);
		this.#tellUses(rule.weights);
		for (const route of routes) this.#announce(route);
	}

	/** Sets what becomes of requests that meet no rule. @throws Refusal ValidationError. */
	setDefault(listenerArn: string, weights: TargetGroupWeights): void {
		assertWeights(weights);
		const before = this.defaultOf(listenerArn);
		this.#defaults.set(listenerArn, weights);
		this.#use(before, -1);
		this.#use(weights, 1);
		this.#tellUses({ ...before, ...weights });
		for (const route of this.#routes.get(listenerArn)?.values() ?? []) this.#announce(route);
	}

	defaultOf(listenerArn: string): TargetGroupWeights {
		return this.#defaults.get(listenerArn) ?? noWeights;
	}

	/** Listeners of a load balancer that have a rule or a default action. */
	listenersOf(loadBalancerArn: string): readonly string[] {
		const all = new Set([...this.#listeners.keys(), ...this.#defaults.keys()]);
		return [...all].filter((listenerArn) => loadBalancerOf(listenerArn) === loadBalancerArn);
	}

	/** Load balancers that a target group is attached to: those of listeners that name it. */
	loadBalancersOf(targetGroupArn: string): readonly string[] {
		const named = [...this.#rules.values()].map(({ listenerArn, weights }) => ({ listenerArn, weights }));
		for (const [listenerArn, weights] of this.#defaults) named.push({ listenerArn, weights });
		return [
			...new Set(
				named
					.filter(({ weights }) => weights[targetGroupArn] !== undefined)
					.map(({ listenerArn }) => loadBalancerOf(listenerArn)),
			),
		];
	}

	/** Every rule of a listener, by priority. */
	rulesOf(listenerArn: string): readonly ListenerRule[] {
		return [...(this.#listeners.get(listenerArn)?.values() ?? [])].sort((a, b) => a.priority - b.priority);
	}

	ruleAt(listenerArn: string, priority: number): ListenerRule | null {
		return this.#listeners.get(listenerArn)?.get(priority) ?? null;
	}

	rule(ruleArn: string): ListenerRule | null {
		return this.#rules.get(ruleArn) ?? null;
	}

	/** What requests of this kind meet first, as configured. */
	configured(listenerArn: string, conditions: readonly RuleCondition[]): TargetGroupWeights {
		return this.#winnerOf(this.#route(listenerArn, conditions));
	}

	/** Tells the weights that requests of this kind really follow: now, and whenever the data plane changes its mind. */
	watch(
		listenerArn: string,
		conditions: readonly RuleCondition[],
		onChange: (weights: TargetGroupWeights) => void,
	): void {
		const route = this.#route(listenerArn, conditions);
		// Nobody has told anybody yet where no rule is for just these requests.
		if (route.announced === noWeights) route.announced = this.#winnerOf(route);
		route.onChange = onChange;
		onChange(route.announced);
	}

	#route(listenerArn: string, conditions: readonly RuleCondition[]): Route {
		const words = wordsOf(conditions);
		const atListener = this.#routes.get(listenerArn) ?? new Map<string, Route>();
		this.#routes.set(listenerArn, atListener);
		const found = atListener.get(words.join());
		if (found !== undefined) return found;
		const kind = new Set(words);
		const rules = new Map<number, ListenerRule>();
		for (const rule of this.#listeners.get(listenerArn)?.values() ?? [])
			if (matches(wordsOf(rule.conditions), kind)) rules.set(rule.priority, rule);
		const route: Route = {
			listenerArn,
			conditions: kind,
			rules,
			onChange: () => {},
			announced: noWeights,
			obeysAtEpochMs: 0,
		};
		atListener.set(words.join(), route);
		return route;
	}

	/** Every kind of requests that a rule matches and that anybody has asked after, its own among them. */
	#routesOf(rule: ListenerRule): readonly Route[] {
		this.#route(rule.listenerArn, rule.conditions);
		const words = wordsOf(rule.conditions);
		return [...(this.#routes.get(rule.listenerArn)?.values() ?? [])].filter(({ conditions }) =>
			matches(words, conditions),
		);
	}

	#existing(ruleArn: string): ListenerRule {
		const rule = this.#rules.get(ruleArn);
		if (rule === undefined) throw new Refusal("RuleNotFound", `Rule "${ruleArn}" does not exist.`);
		return rule;
	}

	#put(rule: ListenerRule): void {
		this.#rules.set(rule.ruleArn, rule);
		this.#listeners.get(rule.listenerArn)?.set(rule.priority, rule);
		const routes = this.#routesOf(rule);
		for (const route of routes) route.rules.set(rule.priority, rule);
		this.#use(rule.weights, 1);
		this.#tellUses(rule.weights);
		for (const route of routes) this.#announce(route);
	}

	#use(weights: TargetGroupWeights, by: 1 | -1): void {
		for (const arn of Object.keys(weights)) this.#uses.set(arn, (this.#uses.get(arn) ?? 0) + by);
	}

	#tellUses(weights: TargetGroupWeights): void {
		for (const arn of Object.keys(weights)) this.#around.onUseChange(arn, (this.#uses.get(arn) ?? 0) > 0);
	}

	/** The weights of the first rule by priority, or of the default action. */
	#winnerOf({ rules, listenerArn }: Route): TargetGroupWeights {
		let winner: ListenerRule | null = null;
		for (const rule of rules.values()) if (winner === null || rule.priority < winner.priority) winner = rule;
		return winner?.weights ?? this.defaultOf(listenerArn);
	}

	#announce(route: Route): void {
		const weights = this.#winnerOf(route);
		if (isEqual(weights, route.announced)) return;
		const { timers, random } = this.#around;
		const now = timers.nowEpochMs();
		route.announced = weights;
		route.obeysAtEpochMs = Math.max(route.obeysAtEpochMs, now + random.between(200, 2_000));
		timers.after(route.obeysAtEpochMs - now, () => route.onChange(weights));
	}
}

/** Whether requests that have just these properties fulfil all that a rule asks. */
const matches = (words: readonly string[], kind: ReadonlySet<string>): boolean => words.every((word) => kind.has(word));

const assertConditions = (conditions: readonly RuleCondition[]): void => {
	const values = conditions.reduce((sum, condition) => sum + condition.values.length, 0);
	if (values > maxValues)
		throw new Refusal("ValidationError", `A rule has ${values} values: allowed are ${maxValues}.`);
};

const assertWeights = (weights: TargetGroupWeights): void => {
	for (const [arn, weight] of Object.entries(weights)) {
		if (Number.isInteger(weight) && weight >= 0 && weight <= maxWeight) continue;
		throw new Refusal("ValidationError", `Weight ${weight} of "${arn}" is not valid: allowed is 0–${maxWeight}.`);
	}
};

const isEqual = (one: TargetGroupWeights, other: TargetGroupWeights): boolean => {
	const keys = Object.keys(one);
	return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
};
