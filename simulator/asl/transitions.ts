import type { Next, State } from "./definition.ts";
import { InvalidStateMachineError } from "./invalid-state-machine-error.ts";

/** Where a state can go, by the field that says so. Null ends the execution. */
const targetsOf = (state: State): readonly (readonly [string, Next])[] => {
	switch (state.type) {
		case "Task":
			return [
				["Next", state.next],
				...state.catchers.map((catcher, index) => [`Catch[${index}]/Next`, catcher.next] as const),
			];
		case "Choice":
			return [
				...state.rules.map((rule, index) => [`Choices[${index}]/Next`, rule.next] as const),
				["Default", state.default],
			];
		case "Wait":
		case "Pass":
			return [["Next", state.next]];
		case "Succeed":
		case "Fail":
			return [["End", null]];
	}
};

/**
 * Holds a machine's graph to what AWS asks for: every target exists, every state can be reached, some state ends it.
 * @throws InvalidStateMachineError naming the state and the field.
 */
export const checkTransitions = (startAt: string, states: ReadonlyMap<string, State>, where: string): void => {
	const names = [...states.keys()].join(", ");
	if (!states.has(startAt)) {
		throw new InvalidStateMachineError(`${where}: StartAt "${startAt}" is no state; allowed are ${names}`);
	}
	const reached = new Set([startAt]);
	let canEnd = false;
	for (const name of reached) {
		for (const [field, target] of targetsOf(states.get(name) as State)) {
			if (target === null) canEnd = true;
			else if (states.has(target)) reached.add(target);
			else {
				const what = `${field} "${target}" is no state; allowed are ${names}`;
				throw new InvalidStateMachineError(`${where}, state "${name}": ${what}`);
			}
		}
	}
	for (const name of states.keys()) {
		if (!reached.has(name)) throw new InvalidStateMachineError(`${where}, state "${name}": cannot be reached`);
	}
	if (!canEnd) throw new InvalidStateMachineError(`${where}: no state ends it`);
};
