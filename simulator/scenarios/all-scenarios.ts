import { alarmAtGate } from "./alarm-at-gate.ts";
import { alarmInBake } from "./alarm-in-bake.ts";
import { badImage } from "./bad-image.ts";
import { crashLoop } from "./crash-loop.ts";
import { goodImage } from "./good-image.ts";
import { lateAlarm } from "./late-alarm.ts";
import type { Scenario } from "./scenario.ts";

/** Every scenario, in the order in which they are rehearsed. */
export const allScenarios: readonly Scenario[] = [goodImage, badImage, crashLoop, alarmInBake, alarmAtGate, lateAlarm];

/** Nobody has told a story of that name. */
export class InvalidScenarioError extends Error {
	override readonly name = "InvalidScenarioError";
	constructor(scenario: string) {
		super(`Scenario "${scenario}" is not known; allowed are ${allScenarios.map(({ name }) => name).join(", ")}.`);
	}
}

/** The scenario of a name. @throws InvalidScenarioError */
export const scenarioOf = (name: string): Scenario => {
	const found = allScenarios.find((scenario) => scenario.name === name);
	if (found === undefined) throw new InvalidScenarioError(name);
	return found;
};
