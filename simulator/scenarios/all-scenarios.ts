import { finds } from "./finds.ts";
import type { Scenario } from "./scenario.ts";
import { alarmAtGate } from "./stories/alarm-at-gate.ts";
import { alarmInBake } from "./stories/alarm-in-bake.ts";
import { badImage } from "./stories/bad-image.ts";
import { crashLoop } from "./stories/crash-loop.ts";
import { goodImage } from "./stories/good-image.ts";
import { lateAlarm } from "./stories/late-alarm.ts";

/** The stories that are rehearsed, in their order. */
export const allScenarios: readonly Scenario[] = [goodImage, badImage, crashLoop, alarmInBake, alarmAtGate, lateAlarm];

/** Every story that can be simulated: those, and what once went wrong in them. */
export const knownScenarios: readonly Scenario[] = [...allScenarios, ...finds];

/** Nobody has told a story of that name. */
export class InvalidScenarioError extends Error {
	override readonly name = "InvalidScenarioError";
	constructor(scenario: string) {
		super(`Scenario "${scenario}" is not known; allowed are ${knownScenarios.map(({ name }) => name).join(", ")}.`);
	}
}

/** The scenario of a name. @throws InvalidScenarioError */
export const scenarioOf = (name: string): Scenario => {
	const found = knownScenarios.find((scenario) => scenario.name === name);
	if (found === undefined) throw new InvalidScenarioError(name);
	return found;
};
