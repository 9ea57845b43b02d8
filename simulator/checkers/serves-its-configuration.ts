import { isDeepStrictEqual } from "node:util";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { objectKey } from "../world/cluster.ts";
import { podContentIn, templateName } from "../world/kept-content.ts";
import type { Configuration } from "../world/pod-content.ts";
import type { Checker, Observation, SeenCall, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { ObservedSlot } from "./observed-slot.ts";

class ConfigurationWatch implements Watching {
	readonly #observation: Observation;
	readonly #findings = new Findings();
	readonly #slots: readonly ObservedSlot[];
	/** What each content said when it was seen first: whoever changes what is kept changes what was promised. */
	readonly #promised = new Map<string, Configuration>();
	#told = "";

	constructor(observation: Observation) {
		this.#observation = observation;
		const { blue, green } = ObservedSlot.pairOf(observation);
		this.#slots = [blue, green];
	}

	onStateWritten(state: ServiceState): void {
		if (state.service === this.#observation.definition.service) this.#look();
	}

	onCall({ call: { operation } }: SeenCall): void {
		if (operation.startsWith("kubernetes:")) this.#look();
	}

	onTick(): void {
		this.#look();
	}

	broken(): readonly string[] {
		this.#look();
		return this.#findings.sentences;
	}

	#look(): void {
		const { system, hands } = this.#observation;
		if (hands.has("deployment-edited") || hands.has("record-edited")) return;
		const harm = this.#harmInPods() ?? this.#harmInRecord();
		if (harm !== null && harm !== this.#told) this.#findings.add(system.clock.nowEpochMs(), harm);
		this.#told = harm ?? "";
	}

	#harmInPods(): string | null {
		for (const { name, deployment } of this.#slots) {
			const contentHash = deployment?.content.contentHash ?? null;
			if (deployment === null || contentHash === null) continue;
			const promised = this.#promisedBy(contentHash);
			if (promised === null)
				return `slot ${name} is made of content ${contentHash.slice(0, 12)}, of which a part is not kept.`;
			// While a template is rolled out, pods of the one before are on their way out.
			const strange = deployment.isSettled
				? deployment.ready.find(({ configuration }) => !isDeepStrictEqual(configuration, promised))
				: undefined;
			if (strange !== undefined)
				return `pods of slot ${name} read ${JSON.stringify(strange.configuration)}; released was ${JSON.stringify(promised)}.`;
		}
		return null;
	}

	/** At rest, the slot that serves must be made of what the record says was released. */
	#harmInRecord(): string | null {
		const { system, definition } = this.#observation;
		const state = system.world.table.get(definition.service);
		if (state === null || state.phase !== "idle") return null;
		const { contentHash = null } = state.stableRelease;
		const serving = this.#slots.find(({ name }) => name === state.stableSlot)?.deployment;
		const made = serving?.content.contentHash ?? null;
		if (contentHash === null || made === contentHash) return null;
		return `slot ${state.stableSlot} is made of content ${made ?? "none"}; on record is ${contentHash}.`;
	}

	#promisedBy(contentHash: string): Configuration | null {
		const { system, definition } = this.#observation;
		const { workload } = definition;
		const kept = system.world.cluster.configMaps.get(objectKey(workload, templateName(workload, contentHash)));
		if (kept === null) return null;
		const present = system.world.cluster.configurationOf(workload, podContentIn(contentHash, kept.data));
		const promised = this.#promised.get(contentHash);
		if (promised === undefined && present !== null) this.#promised.set(contentHash, present);
		return present === null ? null : (promised ?? present);
	}
}

/** Asked of the pods themselves, of what is kept for them, and of the record once nothing is under way. */
export const servesItsConfiguration: Checker = {
	promise: "What serves reads the configuration that it was released with.",
	watch: (observation) => new ConfigurationWatch(observation),
};
