import { planFaults } from "../../../simulator/faults/enumeration.ts";
import { faultName, type PlannedFault } from "../../../simulator/faults/planned-fault.ts";
import { type RunOptions, runScenario } from "../../../simulator/scenarios/run-scenario.ts";
import type { ScenarioResult } from "../../../simulator/scenarios/scenario-result.ts";
import type { Prepared } from "../../../simulator/system/prepare.ts";
import { rehearse } from "../rehearsal.ts";
import type { Mutant } from "./mutant.ts";

/** Sluice as it is, with every fault that each story can have. */
export class Breaking {
	readonly #whole: Prepared;
	readonly #faults = new Map<string, Promise<readonly PlannedFault[]>>();

	constructor(whole: Prepared) {
		this.#whole = whole;
	}

	/** Runs the story as it is. */
	async spared(mutant: Mutant, seed: number): Promise<ScenarioResult> {
		return this.#run(this.#whole, mutant, seed, {});
	}

	/** Runs the story with the break. */
	async broken(mutant: Mutant, seed: number): Promise<ScenarioResult> {
		const { wiring, code = {}, limitSeconds } = mutant;
		const prepared = wiring === undefined ? this.#whole : await rehearse(wiring);
		const changed = new Map(prepared.code);
		for (const [name, change] of Object.entries(code)) {
			const own = changed.get(`functions/${name}`);
			if (own === undefined) throw new RangeError(`There is no function ${name} to break.`);
			changed.set(`functions/${name}`, change(own));
		}
		return this.#run({ ...prepared, code: changed }, mutant, seed, {
			...(mutant.world === undefined ? {} : { onDeployed: mutant.world }),
			...(limitSeconds === undefined ? {} : { limitSeconds }),
		});
	}

	async #run(
		prepared: Prepared,
		mutant: Mutant,
		seed: number,
		{ onDeployed, ...others }: RunOptions,
	): Promise<ScenarioResult> {
		const { scenario, besides, lastsSeconds } = mutant;
		const faulted = await this.#fault(mutant, seed);
		return runScenario(prepared, scenario, seed, {
			...faulted,
			...(lastsSeconds === undefined ? {} : { lastsSeconds }),
			...others,
			onDeployed: (...reached) => {
				for (const act of [faulted.onDeployed, besides, onDeployed]) act?.(...reached);
			},
		});
	}

	async #fault({ fault, scenario }: Mutant, seed: number): Promise<RunOptions> {
		if (fault === undefined) return {};
		const key = `${scenario.name} ${seed}`;
		const faults = this.#faults.get(key) ?? planFaults(this.#whole, scenario, seed).then((plan) => plan.faults);
		this.#faults.set(key, faults);
		const found = (await faults).find((candidate) => faultName(candidate) === fault);
		if (found === undefined) throw new RangeError(`Fault "${fault}" is not possible in ${key}.`);
		return found.options();
	}
}
