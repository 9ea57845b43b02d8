import type { Phase } from "../../lib/domain/service-state.ts";
import { objectKey } from "../world/cluster.ts";
import type { Checker, Observation, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { ObservedSlot } from "./observed-slot.ts";

/** While users are exposed, and while they are being sent back. */
const exposed: readonly Phase[] = ["trial", "window", "rolling-back"];

/**
 * Users that come all at once are not carried at once. Longest way: the canary's autoscaler looks (15 s), a watch asks
 * for capacity each minute and may fail once (120 s), the stable slot's autoscaler looks (15 s), pods start (15 s) and
 * are registered and checked twice (23 s). What was needed all that time must be there.
 */
const followsWithinTicks = 190 / 5;

/** An autoscaler puts back within 15 s what a person took away; pods start and are checked as above. */
const handGraceMs = 60_000;

class CapacityWatch implements Watching {
	readonly #observation: Observation;
	readonly #findings = new Findings();
	readonly #slots: ReturnType<typeof ObservedSlot.pairOf>;
	/** Pods that all requests together needed at the last ticks. */
	readonly #needed: number[] = [];
	#short: { readonly sinceEpochMs: number; isTold: boolean } | null = null;

	constructor(observation: Observation) {
		this.#observation = observation;
		this.#slots = ObservedSlot.pairOf(observation);
	}

	onTick(): void {
		const { system, definition } = this.#observation;
		const { table, traffic } = system.world;
		this.#needed.push(traffic.find(definition.service)?.podsForEverything() ?? 0);
		if (this.#needed.length > followsWithinTicks) this.#needed.shift();
		const state = table.get(definition.service);
		if (state?.exposedAtEpochMs === undefined || !exposed.includes(state.phase)) this.#short = null;
		else this.#lookAt(this.#slots[state.stableSlot], state.phase);
	}

	broken(): readonly string[] {
		return this.#findings.sentences;
	}

	#find(sentence: string): void {
		this.#findings.add(this.#observation.system.clock.nowEpochMs(), sentence);
	}

	#lookAt(slot: ObservedSlot, phase: Phase): void {
		const needed = Math.min(...this.#needed, this.#allowedReplicas());
		const ready = slot.deployment?.readyReplicas ?? 0;
		const { healthyTargets } = slot;
		if (Math.min(ready, healthyTargets) >= needed) {
			this.#short = null;
			return;
		}
		this.#short ??= { sinceEpochMs: this.#observation.system.clock.nowEpochMs(), isTold: false };
		if (this.#short.isTold || this.#isByHand(slot, this.#short.sinceEpochMs)) return;
		this.#short.isTold = true;
		this.#find(
			`in ${phase}, ${slot.name} has ${ready} pods ready and ${healthyTargets} targets healthy; all requests need ${needed}.`,
		);
	}

	/** More than the user's own autoscaler allows is not Sluice's to give. */
	#allowedReplicas(): number {
		const { system, definition } = this.#observation;
		const { workload } = definition;
		const users = system.world.cluster.autoscaler(objectKey(workload, workload.deployment));
		return users?.bounds.maxReplicas ?? Number.POSITIVE_INFINITY;
	}

	/** At zero replicas an autoscaler rests: only who stopped the slot can wake it. */
	#isByHand({ deployment }: ObservedSlot, sinceEpochMs: number): boolean {
		const { system, hands } = this.#observation;
		if (!hands.has("deployment-edited")) return false;
		return deployment?.replicas === 0 || system.clock.nowEpochMs() - sinceEpochMs <= handGraceMs;
	}
}

/** Asked of pods and targets, against what users want at this moment. */
export const rollbackSlotCanCarryAll: Checker = {
	promise: "The slot that a rollback would use can carry all present traffic.",
	watch: (observation) => new CapacityWatch(observation),
};
