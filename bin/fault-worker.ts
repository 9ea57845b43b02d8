import { parentPort, workerData } from "node:worker_threads";
import { planFaults, runWithFault } from "../simulator/faults/enumeration.ts";
import { faultName } from "../simulator/faults/planned-fault.ts";
import { scenarioOf } from "../simulator/scenarios/all-scenarios.ts";
import { prepareRehearsal } from "./rehearsal.ts";

/** A worker's part of all faults: every `of`-th, beginning with `part`, which counts from 0. */
export interface FaultShare {
	readonly scenario: string;
	readonly seed: number;
	readonly part: number;
	readonly of: number;
}

/** How one run with one fault went, as a worker tells it. */
export interface FaultReport {
	readonly fault: string;
	/** `call throttled`, `event lost`, `execution killed`, `person aborts`. */
	readonly kind: string;
	readonly broken: readonly string[];
}

const work = async ({ scenario: name, seed, part, of }: FaultShare): Promise<void> => {
	const scenario = scenarioOf(name);
	const prepared = await prepareRehearsal(scenario);
	const plan = await planFaults(prepared, scenario, seed);
	for (const [index, fault] of plan.faults.entries()) {
		if (index % of !== part) continue;
		const { broken } = await runWithFault(prepared, scenario, seed, plan, fault);
		const report: FaultReport = { fault: faultName(fault), kind: `${fault.thing} ${fault.kind}`, broken };
		parentPort?.postMessage(report);
	}
};

await work(workerData as FaultShare);
