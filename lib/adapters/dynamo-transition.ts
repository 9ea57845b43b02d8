import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Condition, Transition } from "../domain/transition.ts";
import { toAttribute } from "./dynamo-item.ts";

/** A transition in DynamoDB's own words; the same for UpdateItem and for an update within a transaction. */
export interface TransitionUpdate {
	readonly UpdateExpression: string;
	readonly ConditionExpression: string;
	readonly ExpressionAttributeNames: Record<string, string>;
	/** Absent where the expressions use no value: DynamoDB refuses an empty map. */
	readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

/**
 * Compiles a transition so that DynamoDB does to the item what `applied` in the domain does to the state.
 * Besides, `busy` appears and vanishes in the same write as the phase, so that the index never disagrees with it.
 */
export const compileTransition = (transition: Transition): TransitionUpdate => {
	const names = new Map<string, string>();
	const values = new Map<string, AttributeValue>();
	const name = (attribute: string): string => {
		names.set(`#${attribute}`, attribute);
		return `#${attribute}`;
	};
	const value = (label: string, content: unknown): string => {
		values.set(`:${label}`, toAttribute(content));
		return `:${label}`;
	};
	const UpdateExpression = updateOf(withBusy(transition), name, value);
	const ConditionExpression = conditionOf(transition.condition, name, value);
	return {
		UpdateExpression,
		ConditionExpression,
		ExpressionAttributeNames: Object.fromEntries(names),
		...(values.size > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
	};
};

type Name = (attribute: string) => string;
type Value = (label: string, content: unknown) => string;

/** What a write does to attributes, none of them named twice: DynamoDB refuses overlapping paths. */
interface Changes {
	readonly set: ReadonlyMap<string, unknown>;
	readonly setIfAbsent: ReadonlyMap<string, unknown>;
	readonly remove: readonly string[];
}

// Precedence is the domain's: what is removed is gone in the end, and what is set is no longer absent.
const withBusy = ({ set, setIfAbsent = {}, remove = [] }: Transition): Changes => {
	const isRemoved = (attribute: string): boolean => (remove as readonly string[]).includes(attribute);
	const settled = new Map<string, unknown>(definedEntries(set).filter(([key]) => !isRemoved(key)));
	const absent = new Map<string, unknown>(
		definedEntries(setIfAbsent).filter(([key]) => !isRemoved(key) && !settled.has(key)),
	);
	const removed = [...new Set<string>(remove)];
	if (set.phase === undefined) return { set: settled, setIfAbsent: absent, remove: removed };
	return set.phase === "idle"
		? { set: settled, setIfAbsent: absent, remove: [...removed, "busy"] }
		: { set: settled.set("busy", "1"), setIfAbsent: absent, remove: removed };
};

const definedEntries = (record: object): [string, unknown][] =>
	Object.entries(record).filter(([, content]) => content !== undefined);

const updateOf = (changes: Changes, name: Name, value: Value): string => {
	const assignments = [
		...[...changes.set].map(([key, content]) => `${name(key)} = ${value(key, content)}`),
		...[...changes.setIfAbsent].map(
			([key, content]) => `${name(key)} = if_not_exists(${name(key)}, ${value(key, content)})`,
		),
	];
	const sections = [
		...(assignments.length > 0 ? [`SET ${assignments.join(", ")}`] : []),
		...(changes.remove.length > 0 ? [`REMOVE ${changes.remove.map(name).join(", ")}`] : []),
	];
	// A transaction refuses an update that says nothing, so nothing is said in a form that changes nothing.
	return sections.join(" ") || `SET ${name("epoch")} = ${name("epoch")}`;
};

/** What people were asked and what they want: both are maps, whose attributes may not be there. */
const conditionsOfPeople = (condition: Condition, name: Name, value: Value): string[] => {
	const { pauseToken, pauseAnswers, isQuestionOpen, deeds, wishId, isWishOpen } = condition;
	const { wantedAtEpochMs, wantedBeforeEpochMs, lastWantedBeforeEpochMs } = condition;
	const terms: string[] = [];
	const within = (map: string, attribute: string): string => `${name(map)}.${name(attribute)}`;
	if (pauseToken === null) terms.push(`attribute_not_exists(${name("pause")})`);
	else if (pauseToken !== undefined) terms.push(`${within("pause", "token")} = ${value("ifPauseToken", pauseToken)}`);
	if (pauseAnswers === 0) terms.push(`attribute_not_exists(${within("pause", "answers")})`);
	else if (pauseAnswers !== undefined)
		terms.push(`size(${within("pause", "answers")}) = ${value("ifPauseAnswers", pauseAnswers)}`);
	if (isQuestionOpen)
		terms.push(`attribute_exists(${name("pause")}) AND attribute_not_exists(${within("pause", "answeredBy")})`);
	// Never written empty.
	if (deeds === 0) terms.push(`attribute_not_exists(${name("deeds")})`);
	else if (deeds !== undefined) terms.push(`size(${name("deeds")}) = ${value("ifDeeds", deeds)}`);
	if (wishId === null) terms.push(`attribute_not_exists(${name("wish")})`);
	else if (wishId !== undefined) terms.push(`${within("wish", "id")} = ${value("ifWishId", wishId)}`);
	// Only ever written as true.
	if (isWishOpen) terms.push(`attribute_exists(${name("wish")}) AND attribute_not_exists(${within("wish", "isOver")})`);
	const wantedAt = (): string => within("wanted", "atEpochMs");
	if (wantedAtEpochMs !== undefined) terms.push(`${wantedAt()} = ${value("ifWantedAt", wantedAtEpochMs)}`);
	if (wantedBeforeEpochMs !== undefined)
		terms.push(
			`(attribute_not_exists(${name("wanted")}) OR ${wantedAt()} < ${value("ifWantedBefore", wantedBeforeEpochMs)})`,
		);
	if (lastWantedBeforeEpochMs !== undefined) {
		const last = name("lastWantedAtEpochMs");
		terms.push(`(attribute_not_exists(${last}) OR ${last} < ${value("ifLastWantedBefore", lastWantedBeforeEpochMs)})`);
	}
	return terms;
};

const conditionOf = (condition: Condition, name: Name, value: Value): string => {
	const { epoch, phaseIn, rolloutId, weightAtMostPercent, askedBeforeEpochMs } = condition;
	// Without it, an update of a service that was never enrolled would create half an item.
	const terms = [`attribute_exists(${name("service")})`];
	if (epoch !== undefined) terms.push(`${name("epoch")} = ${value("ifEpoch", epoch)}`);
	if (rolloutId !== undefined) terms.push(`${name("rolloutId")} = ${value("ifRolloutId", rolloutId)}`);
	terms.push(...conditionsOfPeople(condition, name, value));
	if (weightAtMostPercent !== undefined)
		terms.push(`${name("weightPercent")} <= ${value("ifWeightAtMost", weightAtMostPercent)}`);
	if (askedBeforeEpochMs !== undefined) {
		const asked = name("askedAtEpochMs");
		terms.push(`(attribute_not_exists(${asked}) OR ${asked} < ${value("ifAskedBefore", askedBeforeEpochMs)})`);
	}
	// DynamoDB has no empty IN; no phase at all is a condition that never holds, and a state always has a phase.
	if (phaseIn?.length === 0) terms.push(`attribute_not_exists(${name("phase")})`);
	else if (phaseIn !== undefined)
		terms.push(`${name("phase")} IN (${phaseIn.map((phase, index) => value(`ifPhase${index}`, phase)).join(", ")})`);
	return terms.join(" AND ");
};
