import type { SlotName } from "../../lib/domain/slot.ts";
import { objectKey } from "../world/cluster.ts";
import type { Deployment } from "../world/deployment.ts";
import type { RuleCondition } from "../world/load-balancer.ts";
import type { World } from "../world/world.ts";
import type { Observation } from "./checker.ts";

/** One slot of the service under observation, as the world has it at this moment. Nothing here changes the world. */
export class ObservedSlot {
	readonly name: SlotName;
	readonly #world: World;
	readonly #definition: Observation["definition"];
	readonly #deploymentKey: string;
	/** Of the service's requests: its base rule's, as enrolment left them. */
	readonly #conditions: readonly RuleCondition[];

	constructor({ system, definition }: Observation, name: SlotName) {
		const { route, workload } = definition;
		this.name = name;
		this.#world = system.world;
		this.#definition = definition;
		this.#deploymentKey = objectKey(workload, `${workload.deployment}-${name}`);
		this.#conditions = system.world.loadBalancer.ruleAt(route.listenerArn, route.basePriority)?.conditions ?? [];
	}

	get deployment(): Deployment | null {
		return this.#world.cluster.deployment(this.#deploymentKey);
	}

	/** Share of the service's requests that the rules give it as they are configured, percent. */
	get configuredPercent(): number {
		const { listenerArn, targetGroupArns } = this.#definition.route;
		const weights = this.#world.loadBalancer.configured(listenerArn, this.#conditions);
		let total = 0;
		for (const weight of Object.values(weights)) total += weight;
		return total === 0 ? 0 : (100 * (weights[targetGroupArns[this.name]] ?? 0)) / total;
	}

	get healthyTargets(): number {
		const states = this.#world.targetGroups.states(this.#definition.route.targetGroupArns[this.name]);
		return states.filter((state) => state === "healthy").length;
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
