import { hasChangedRoles } from "../../lib/domain/closing.ts";
import { lifecycleSource, parseLifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import type { Phase, ServiceState } from "../../lib/domain/service-state.ts";
import { otherSlot, type SlotName, slotNames } from "../../lib/domain/slot.ts";
import type { BusEvent } from "../events/bus-event.ts";
import { objectKey } from "../world/cluster.ts";
import type { Checker, Observation, SeenCall, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { ObservedSlot } from "./observed-slot.ts";

/** Each round of a watch asks for capacity and reads the selector, a minute and a quarter apart; one of them may fail. */
const handGraceMs = 180_000;

/** In these the selector is read again and again. */
const looking: readonly Phase[] = ["preparing", "trial", "window"];

class CallerWatch implements Watching {
	readonly #observation: Observation;
	readonly #findings = new Findings();
	readonly #slots: ReturnType<typeof ObservedSlot.pairOf>;
	readonly #serviceKey: string;
	/** The rollout that was said to be rolled back. */
	#rolledBackId: string | null = null;
	#told = "";
	/** Whether a function wrote the Service last, and the version that it left. */
	#writtenVersion: number | null = null;
	/** Since when a person's selector has kept callers from where they belong. */
	#astraySinceEpochMs: number | null = null;

	constructor(observation: Observation, inClusterService: string) {
		this.#observation = observation;
		this.#slots = ObservedSlot.pairOf(observation);
		this.#serviceKey = objectKey(observation.definition.workload, inClusterService);
	}

	onStateWritten({ service }: ServiceState): void {
		if (service === this.#observation.definition.service) this.#look();
	}

	onCall({ call: { operation } }: SeenCall): void {
		if (operation === "kubernetes:patch:services") this.#writtenVersion = this.#version;
		if (operation.startsWith("kubernetes:")) this.#look();
	}

	onEvent(_busName: string, event: BusEvent): void {
		if (event.source !== lifecycleSource) return;
		const { kind, detail } = parseLifecycleEvent(event);
		if (kind !== "rollout.rolled-back.v1" || detail.service !== this.#observation.definition.service) return;
		this.#rolledBackId = detail.rolloutId;
		this.#look();
	}

	onTick(): void {
		this.#look();
	}

	broken(): readonly string[] {
		this.#look();
		return this.#findings.sentences;
	}

	get #version(): number | null {
		return this.#observation.system.world.cluster.service(this.#serviceKey)?.resourceVersion ?? null;
	}

	#find(sentence: string): void {
		this.#findings.add(this.#observation.system.clock.nowEpochMs(), sentence);
	}

	#look(): void {
		const { system, definition } = this.#observation;
		const state = system.world.table.get(definition.service);
		const selected = system.world.cluster.service(this.#serviceKey)?.slot ?? null;
		const found = state === null ? null : this.#harmOf(selected, state);
		const harm = found !== null && state !== null && this.#isByHand(state) ? null : found;
		if (found === null) this.#astraySinceEpochMs = null;
		if (harm !== null && harm !== this.#told) this.#find(harm);
		this.#told = harm ?? "";
	}

	/**
	 * What a person has set is theirs until the next look puts it right, and while the rollout waits for that person. While
	 * connections drain, and once nothing is rolled out, nobody puts it right.
	 */
	#isByHand({ phase, pause }: ServiceState): boolean {
		const { hands, system } = this.#observation;
		if (!hands.has("service-edited") || this.#version === this.#writtenVersion) return false;
		const now = system.clock.nowEpochMs();
		const isWaiting = pause?.reason === "external-writer" || !looking.includes(phase);
		this.#astraySinceEpochMs = isWaiting ? now : (this.#astraySinceEpochMs ?? now);
		return now - this.#astraySinceEpochMs <= handGraceMs;
	}

	#harmOf(selected: SlotName | null, state: ServiceState): string | null {
		const { hands } = this.#observation;
		if (selected === null) return "callers in the cluster reach no slot.";
		// A record that somebody forged says nothing about where callers should be.
		const allowed = hands.has("record-edited") ? slotNames : this.#allowedSlots(state);
		if (!allowed.includes(selected))
			return `callers in the cluster reach ${selected} in ${state.phase}; allowed is ${allowed.join(" or ")}.`;
		const { readyReplicas = 0, replicas = 0 } = this.#slots[selected].deployment ?? {};
		// A version that crashes in its window takes its callers along until that is seen: its pods are wanted all the same.
		const isCrashing =
			["window", "rolling-back"].includes(state.phase) && selected !== state.stableSlot && replicas > 0;
		// A slot that somebody stopped by hand is theirs to start again.
		if (readyReplicas > 0 || isCrashing || hands.has("deployment-edited")) return null;
		return `callers in the cluster reach ${selected}, where no pod is ready.`;
	}

	/**
	 * Promotion moves callers to the canary once the window is on record, and waits for that before it watches: from
	 * closing on they must be there. A rollback moves them back before it says that it has rolled back.
	 */
	#allowedSlots(state: ServiceState): readonly SlotName[] {
		const { phase, stableSlot, rolloutId } = state;
		switch (phase) {
			case "window":
				return slotNames;
			case "closing":
				return [hasChangedRoles(state) ? stableSlot : otherSlot(stableSlot)];
			case "rolling-back":
				return rolloutId === this.#rolledBackId ? [stableSlot] : slotNames;
			default:
				return [stableSlot];
		}
	}
}

/** Asked of the in-cluster Service's selector; where a service has none, there is nothing to ask. */
export const inClusterCallersReachStable: Checker = {
	promise: "No in-cluster request reaches a slot that is not stable.",
	watch: (observation) => {
		const { inClusterService } = observation.definition.workload;
		return inClusterService === null ? { broken: () => [] } : new CallerWatch(observation, inClusterService);
	},
};
