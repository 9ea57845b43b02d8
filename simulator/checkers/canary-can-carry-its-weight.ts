import { podsForWeight } from "../../lib/domain/capacity.ts";
import { otherSlot } from "../../lib/domain/slot.ts";
import type { Checker, Observation, SeenCall, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { ObservedSlot } from "./observed-slot.ts";

/**
 * Capacity is looked at before a weight is set, and pods come and go in between: what was there at some moment of the
 * last half minute was there, and stable's pods are the fewest of the last minute.
 */
const seenTicks = 30 / 5;
const stableTicks = 60 / 5;

class WeightWatch implements Watching {
	readonly #observation: Observation;
	readonly #findings = new Findings();
	readonly #slots: ReturnType<typeof ObservedSlot.pairOf>;
	/** Pods of the canary that were ready and healthy, and pods of stable, at the last ticks. */
	readonly #canary: number[] = [];
	readonly #stable: number[] = [];
	#percent = 0;

	constructor(observation: Observation) {
		this.#observation = observation;
		this.#slots = ObservedSlot.pairOf(observation);
	}

	onTick(): void {
		const { canary, stable } = this.#pair();
		remember(this.#canary, carrying(canary), seenTicks);
		remember(this.#stable, stable.deployment?.readyReplicas ?? 0, stableTicks);
		this.#percent = canary.configuredPercent;
	}

	onCall({ entry }: SeenCall): void {
		const { canary, stable } = this.#pair();
		const percent = canary.configuredPercent;
		const isRaised = percent > this.#percent;
		this.#percent = percent;
		const { system, hands } = this.#observation;
		if (!isRaised || entry !== "functions/shift-traffic" || hands.has("deployment-edited")) return;
		const needed = podsForWeight(Math.min(...this.#stable, stable.deployment?.readyReplicas ?? 0), percent);
		const there = Math.max(...this.#canary, carrying(canary));
		if (there >= needed) return;
		this.#findings.add(
			system.clock.nowEpochMs(),
			`the canary got ${percent} % with ${there} pods ready and healthy; its share of stable's is ${needed}.`,
		);
	}

	broken(): readonly string[] {
		return this.#findings.sentences;
	}

	#pair(): { readonly canary: ObservedSlot; readonly stable: ObservedSlot } {
		const { system, definition } = this.#observation;
		const stableSlot = system.world.table.get(definition.service)?.stableSlot ?? "blue";
		return { canary: this.#slots[otherSlot(stableSlot)], stable: this.#slots[stableSlot] };
	}
}

const carrying = (slot: ObservedSlot): number => Math.min(slot.deployment?.readyReplicas ?? 0, slot.healthyTargets);

const remember = (values: number[], value: number, most: number): void => {
	values.push(value);
	if (values.length > most) values.shift();
};

/** Asked of pods and targets at the moment in which the router is told. */
export const canaryCanCarryItsWeight: Checker = {
	promise: "Before the canary gets its share of the requests, it has its share of the pods, ready and healthy.",
	watch: (observation) => new WeightWatch(observation),
};
