import { type RunOptions, runScenario } from "../scenarios/run-scenario.ts";
import { colleagueSeconds, type Scenario } from "../scenarios/scenario.ts";
import type { ScenarioResult } from "../scenarios/scenario-result.ts";
import type { Prepared } from "../system/prepare.ts";
import { callPositions } from "./call-faults.ts";
import { eventPositions } from "./event-faults.ts";
import { executionPositions } from "./execution-faults.ts";
import { personFaults } from "./person-faults.ts";
import { faultName, type PlannedFault } from "./planned-fault.ts";

/** What can go wrong in one story with one seed, and how long the story takes where nothing does. */
export interface FaultPlan {
	readonly faults: readonly PlannedFault[];
	readonly usualSeconds: number;
}

/** Everything must have settled this long after the fault is over and the story would have ended. */
const settlesWithinSeconds = 600;

const daySeconds = 86_400;

/** Runs the story once without a fault, and lists every place where one can be, and every kind that can be there. */
export const planFaults = async (prepared: Prepared, scenario: Scenario, seed: number): Promise<FaultPlan> => {
	const positions = [callPositions(), eventPositions(), executionPositions()];
	const listening: RunOptions = Object.assign({}, ...positions.map(({ options }) => options));
	const { virtualSeconds, timeline } = await runScenario(prepared, scenario, seed, listening);
	return {
		faults: [...positions.flatMap(({ planned }) => planned()), ...personFaults(timeline)],
		usualSeconds: virtualSeconds,
	};
};

/** One in so many faults of each kind, the first included: what is tried with each change. */
export const oneIn = (many: number, { faults }: FaultPlan): readonly PlannedFault[] => {
	const met = new Map<string, number>();
	return faults.filter(({ thing, kind }) => {
		const key = `${thing} ${kind}`;
		const before = met.get(key) ?? 0;
		met.set(key, before + 1);
		return before % many === 0;
	});
};

/** What somebody may do in a run besides the fault that befalls it. */
type Besides = Pick<RunOptions, "onEntry" | "onDeployed" | "limitSeconds" | "lastsSeconds">;

/** Runs the story again with one fault; the result says which promises it broke, liveness among them. */
export const runWithFault = async (
	prepared: Prepared,
	scenario: Scenario,
	seed: number,
	{ usualSeconds }: Pick<FaultPlan, "usualSeconds">,
	fault: PlannedFault,
	besides: Besides = {},
): Promise<ScenarioResult> => {
	const { lengthSeconds } = fault;
	// Whatever keeps who pushed from being known has a colleague asked.
	const slackSeconds = (scenario.slackSeconds ?? 0) + colleagueSeconds;
	const longestSeconds = Math.max(usualSeconds, scenario.lastsSeconds ?? 0) + slackSeconds;
	// What comes a day late finds the story over.
	const lastsSeconds = lengthSeconds >= daySeconds ? usualSeconds + lengthSeconds : 0;
	const faulted = fault.options();
	return runScenario(prepared, scenario, seed, {
		...faulted,
		onEntry: (entry) => {
			faulted.onEntry?.(entry);
			besides.onEntry?.(entry);
		},
		onDeployed: (system, scene) => {
			faulted.onDeployed?.(system, scene);
			besides.onDeployed?.(system, scene);
		},
		limitSeconds: besides.limitSeconds ?? longestSeconds + lengthSeconds + settlesWithinSeconds,
		lastsSeconds: Math.max(lastsSeconds, besides.lastsSeconds ?? 0),
	});
};

/** No such fault is possible in that story with that seed. */
export class InvalidFaultError extends Error {
	override readonly name = "InvalidFaultError";
	constructor(fault: string, { faults }: FaultPlan) {
		const known = faults.map(faultName);
		const sorted = known.filter((name) => name.startsWith(fault.split(" ")[0] ?? "")).slice(0, 5);
		super(
			`Fault "${fault}" is not possible here; allowed are ${known.length}, such as ${(sorted.length > 0 ? sorted : known.slice(0, 5)).map((name) => `"${name}"`).join(", ")}.`,
		);
	}
}

/** Runs the story with the fault of a name, as the enumeration printed it. @throws InvalidFaultError */
export const runWithNamedFault = async (
	prepared: Prepared,
	scenario: Scenario,
	seed: number,
	name: string,
	besides: Besides = {},
): Promise<ScenarioResult> => {
	const plan = await planFaults(prepared, scenario, seed);
	const fault = plan.faults.find((candidate) => faultName(candidate) === name);
	if (fault === undefined) throw new InvalidFaultError(name, plan);
	return runWithFault(prepared, scenario, seed, plan, fault, besides);
};

/** Runs a story as it is told: with the fault that it names, if it names one. @throws InvalidFaultError */
export const runAsTold = (
	prepared: Prepared,
	scenario: Scenario,
	seed: number,
	besides: Besides = {},
): Promise<ScenarioResult> =>
	scenario.fault === undefined
		? runScenario(prepared, scenario, seed, besides)
		: runWithNamedFault(prepared, scenario, seed, scenario.fault, besides);
