import type { Release } from "../../lib/domain/release.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { Observation } from "./checker.ts";
import { ObservedRelease } from "./observed-release.ts";

/** One rollout that the record has begun, and what the rules give its release. */
export interface ObservedTrial {
	readonly rolloutId: string;
	readonly release: Release;
	readonly observed: ObservedRelease;
	/** As configured at the last look, percent. */
	percent: number;
	/** Since when the rules have given it nothing. */
	zeroSinceEpochMs: number;
}

/** All rollouts of a run, one after the other. One that another has followed is looked at no more: what it left stands. */
export class ObservedTrials {
	readonly #observation: Observation;
	readonly #byRolloutId = new Map<string, ObservedTrial>();
	#current: ObservedTrial | null = null;

	constructor(observation: Observation) {
		this.#observation = observation;
	}

	/** Takes in a record that was written. */
	hear({ service, rolloutId, release }: ServiceState): void {
		if (service !== this.#observation.definition.service || rolloutId === undefined || release === undefined) return;
		if (this.#byRolloutId.has(rolloutId)) return;
		this.#current = {
			rolloutId,
			release,
			observed: new ObservedRelease(this.#observation, release.id),
			percent: 0,
			zeroSinceEpochMs: Number.NEGATIVE_INFINITY,
		};
		this.#byRolloutId.set(rolloutId, this.#current);
	}

	/** Reads the rules anew for the newest rollout. */
	look(): void {
		const trial = this.#current;
		if (trial === null) return;
		const percent = trial.observed.configuredPercent;
		if (percent === 0 && trial.percent > 0) trial.zeroSinceEpochMs = this.#observation.system.clock.nowEpochMs();
		trial.percent = percent;
	}

	/** Null for a rollout that the record never began. */
	of(rolloutId: string): ObservedTrial | null {
		return this.#byRolloutId.get(rolloutId) ?? null;
	}
}
