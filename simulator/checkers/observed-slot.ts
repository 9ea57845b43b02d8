import type { SlotName } from "../../lib/domain/slot.ts";
import { objectKey } from "../world/cluster.ts";
import type { Deployment } from "../world/deployment.ts";
import { type Routing, routingOf } from "../world/routing.ts";
import type { World } from "../world/world.ts";
import type { Observation } from "./checker.ts";

/** One slot of the service under observation, as the world has it at this moment. Nothing here changes the world. */
export class ObservedSlot {
	readonly name: SlotName;
	readonly #world: World;
	readonly #definition: Observation["definition"];
	readonly #deploymentKey: string;
	readonly #routing: Routing;

	constructor({ system, definition }: Observation, name: SlotName) {
		const { workload } = definition;
		this.name = name;
		this.#world = system.world;
		this.#definition = definition;
		this.#deploymentKey = objectKey(workload, `${workload.deployment}-${name}`);
		this.#routing = routingOf(system.world, definition);
	}

	get deployment(): Deployment | null {
		return this.#world.cluster.deployment(this.#deploymentKey);
	}

	/** Share of the service's requests that the rules give it as they are configured, percent. */
	get configuredPercent(): number {
		return this.#routing.configuredPercent(this.name);
	}

	/** The same of testers' requests. */
	get testersPercent(): number {
		return this.#routing.testersPercent(this.name);
	}

	get healthyTargets(): number {
		return this.#routing.healthyTargets(this.name);
	}

	/** Whether the in-cluster Service sends its callers here. */
	get isSelected(): boolean {
		const { workload } = this.#definition;
		if (workload.inClusterService === null) return false;
		return this.#world.cluster.service(objectKey(workload, workload.inClusterService))?.slot === this.name;
	}

	/** Both slots of the service. */
	static pairOf(observation: Observation): Readonly<Record<SlotName, ObservedSlot>> {
		return { blue: new ObservedSlot(observation, "blue"), green: new ObservedSlot(observation, "green") };
	}
}
