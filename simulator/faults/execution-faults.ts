import type { RunOptions } from "../scenarios/run-scenario.ts";
import type { System } from "../system/make-system.ts";
import type { PlannedFault } from "./planned-fault.ts";
import { Occurrences, shortName } from "./sampling.ts";

type Ending = (system: System, executionArn: string) => void;

const endings: Readonly<Record<"killed" | "timed-out", Ending>> = {
	killed: ({ engine }, executionArn) => engine.stop(executionArn),
	"timed-out": ({ engine }, executionArn) => engine.timeOut(executionArn),
};

const placeOf = (machineName: string, stateName: string): string => `${shortName(machineName)}/${stateName}`;

/** Listens to a run and then knows every state that an execution of it enters. */
export const executionPositions = (): { readonly options: RunOptions; planned(): readonly PlannedFault[] } => {
	const occurrences = new Occurrences();
	return {
		options: {
			onStateEntered: ({ machineName }, stateName) => void occurrences.next(placeOf(machineName, stateName)),
		},
		planned: () =>
			occurrences.representative().flatMap((place) =>
				Object.entries(endings).map(([kind, end]) => ({
					thing: "execution" as const,
					kind,
					place,
					lengthSeconds: 0,
					options: () => ending(place, end),
				})),
			),
	};
};

/** Ends an execution a moment after it entered a state, so that what the state does first is under way. */
const ending = (place: string, end: Ending): RunOptions => {
	const occurrences = new Occurrences();
	const inside: { strike: (executionArn: string) => void } = { strike: () => {} };
	return {
		onDeployed: (system, { lend }) => {
			inside.strike = (executionArn) =>
				void system.clock.after(underWayMs, () => {
					lend("execution-stopped");
					end(system, executionArn);
				});
		},
		onStateEntered: ({ machineName, executionArn }, stateName) => {
			if (occurrences.next(placeOf(machineName, stateName)) === place) inside.strike(executionArn);
		},
	};
};

const underWayMs = 100;
