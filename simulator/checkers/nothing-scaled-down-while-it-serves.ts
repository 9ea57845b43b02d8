import { type SlotName, slotNames } from "../../lib/domain/slot.ts";
import { isRoutingWrite } from "../world/routing.ts";
import type { Checker, Observation, SeenCall, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { ObservedSlot } from "./observed-slot.ts";

/** Connections get this long at least, whatever a definition says. */
const shortestDrainSeconds = 300;

interface Seen {
	replicas: number;
	/** Since when the rules have given the slot nothing; null while they give it something. */
	zeroSinceEpochMs: number | null;
}

class ScaleWatch implements Watching {
	readonly #observation: Observation;
	readonly #findings = new Findings();
	readonly #slots: ReturnType<typeof ObservedSlot.pairOf>;
	readonly #seen: Readonly<Record<SlotName, Seen>>;
	#isHandExcused = false;

	constructor(observation: Observation) {
		this.#observation = observation;
		this.#slots = ObservedSlot.pairOf(observation);
		const first = ({ deployment, configuredPercent }: ObservedSlot): Seen => ({
			replicas: deployment?.replicas ?? 0,
			zeroSinceEpochMs: configuredPercent > 0 ? null : Number.NEGATIVE_INFINITY,
		});
		this.#seen = { blue: first(this.#slots.blue), green: first(this.#slots.green) };
	}

	onCall({ call: { operation } }: SeenCall): void {
		if (isRoutingWrite(operation)) this.#lookAtRules();
		else if (operation.startsWith("kubernetes:")) this.#lookAtPods(operation.endsWith(":patch:deployments"));
	}

	onTick(): void {
		this.#lookAtRules();
		this.#lookAtPods(false);
	}

	broken(): readonly string[] {
		return this.#findings.sentences;
	}

	#find(sentence: string): void {
		this.#findings.add(this.#observation.system.clock.nowEpochMs(), sentence);
	}

	#lookAtRules(): void {
		for (const name of slotNames) {
			const seen = this.#seen[name];
			if (this.#slots[name].configuredPercent > 0) seen.zeroSinceEpochMs = null;
			else seen.zeroSinceEpochMs ??= this.#observation.system.clock.nowEpochMs();
		}
	}

	/** @param isWritten - whether a function has just written a Deployment; else an autoscaler or a person has. */
	#lookAtPods(isWritten: boolean): void {
		for (const name of slotNames) {
			const replicas = this.#slots[name].deployment?.replicas ?? 0;
			const before = this.#seen[name].replicas;
			this.#seen[name].replicas = replicas;
			if (replicas >= before) continue;
			const harm = replicas === 0 ? this.#harmOfStopping(name) : this.#harmOfShrinking(name, replicas);
			if (harm === null || (!isWritten && this.#isExcused())) continue;
			this.#find(`${name} is scaled from ${before} to ${replicas}, and ${harm}.`);
		}
	}

	#harmOfStopping(name: SlotName): string | null {
		const { system, definition, hands } = this.#observation;
		if (this.#slots[name].isSelected) return "the in-cluster Service sends its callers there";
		const { zeroSinceEpochMs } = this.#seen[name];
		if (zeroSinceEpochMs === null) return `the rules give it ${this.#slots[name].configuredPercent} %`;
		const drainedSeconds = (system.clock.nowEpochMs() - zeroSinceEpochMs) / 1000;
		const drainSeconds = Math.max(shortestDrainSeconds, definition.drainSeconds);
		// A person who gives a slot under closing new users, and takes them away again, has not told anybody to wait anew.
		if (drainedSeconds >= drainSeconds || hands.has("rule-edited")) return null;
		return `it has drained for ${Math.round(drainedSeconds)} s only; needed are ${drainSeconds} s`;
	}

	#harmOfShrinking(name: SlotName, replicas: number): string | null {
		const { system, definition } = this.#observation;
		const needed = system.world.traffic.find(definition.service)?.fewestPods(name) ?? 0;
		return replicas >= needed ? null : `its requests need ${needed}`;
	}

	/** The hand's own change, once. */
	#isExcused(): boolean {
		if (this.#isHandExcused || !this.#observation.hands.has("deployment-edited")) return false;
		this.#isHandExcused = true;
		return true;
	}
}

/** Asked at each change of a slot's replicas downwards, whoever made it. */
export const nothingScaledDownWhileItServes: Checker = {
	promise: "Nothing is scaled down while it serves.",
	watch: (observation) => new ScaleWatch(observation),
};
