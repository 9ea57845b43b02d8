import type { Random } from "../kernel/random.ts";
import type { Timers } from "../kernel/timers.ts";
import { Refusal } from "./refusal.ts";

/** What a request must look like to match a rule. */
export interface RuleCondition {
	readonly field: string;
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

/** Requests of one kind at one listener: all rules with these conditions, by priority, and who follows them. */
interface Route {
	readonly rules: Map<number, ListenerRule>;
	onChange: (weights: TargetGroupWeights) => void;
	/** What the data plane was told last, and when it obeys. */
	announced: TargetGroupWeights;
	obeysAtEpochMs: number;
}

const routeKey = (listenerArn: string, conditions: readonly RuleCondition[]): string =>
	listenerArn + JSON.stringify(conditions);
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
	readonly #routes = new Map<string, Route>();
	readonly #uses = new Map<string, number>();
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
		const route = this.#route(rule.listenerArn, rule.conditions);
		route.rules.delete(rule.priority);
		this.#use(rule.weights, -1);
		this.#tellUses(rule.weights);
		this.#announce(route);
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
		return winnerOf(this.#route(listenerArn, conditions));
	}

	/** Tells the weights that requests of this kind really follow: now, and whenever the data plane changes its mind. */
	watch(
		listenerArn: string,
		conditions: readonly RuleCondition[],
		onChange: (weights: TargetGroupWeights) => void,
	): void {
		const route = this.#route(listenerArn, conditions);
		route.onChange = onChange;
		onChange(route.announced);
	}

	#route(listenerArn: string, conditions: readonly RuleCondition[]): Route {
		const key = routeKey(listenerArn, conditions);
		const found = this.#routes.get(key);
		if (found !== undefined) return found;
		const route: Route = { rules: new Map(), onChange: () => {}, announced: noWeights, obeysAtEpochMs: 0 };
		this.#routes.set(key, route);
		return route;
	}

	#existing(ruleArn: string): ListenerRule {
		const rule = this.#rules.get(ruleArn);
		if (rule === undefined) throw new Refusal("RuleNotFound", `Rule "${ruleArn}" does not exist.`);
		return rule;
	}

	#put(rule: ListenerRule): void {
		this.#rules.set(rule.ruleArn, rule);
		this.#listeners.get(rule.listenerArn)?.set(rule.priority, rule);
		const route = this.#route(rule.listenerArn, rule.conditions);
		route.rules.set(rule.priority, rule);
		this.#use(rule.weights, 1);
		this.#tellUses(rule.weights);
		this.#announce(route);
	}

	#use(weights: TargetGroupWeights, by: 1 | -1): void {
		for (const arn of Object.keys(weights)) this.#uses.set(arn, (this.#uses.get(arn) ?? 0) + by);
	}

	#tellUses(weights: TargetGroupWeights): void {
		for (const arn of Object.keys(weights)) this.#around.onUseChange(arn, (this.#uses.get(arn) ?? 0) > 0);
	}

	#announce(route: Route): void {
		const weights = winnerOf(route);
		if (isEqual(weights, route.announced)) return;
		const { timers, random } = this.#around;
		const now = timers.nowEpochMs();
		route.announced = weights;
		route.obeysAtEpochMs = Math.max(route.obeysAtEpochMs, now + random.between(200, 2_000));
		timers.after(route.obeysAtEpochMs - now, () => route.onChange(weights));
	}
}

/** The weights of the first rule by priority. */
const winnerOf = (route: Route): TargetGroupWeights => {
	let winner: ListenerRule | null = null;
	for (const rule of route.rules.values()) if (winner === null || rule.priority < winner.priority) winner = rule;
	return winner?.weights ?? noWeights;
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
