/** How a slot stands, as far as capacity is concerned. */
export interface SlotCapacity {
	/** Pods that the autoscaler or the Deployment wants. */
	readonly wantedReplicas: number;
	readonly readyReplicas: number;
	/** Lower bound that its autoscaler holds. */
	readonly minReplicas: number;
	/** Targets that the load balancer would send requests to. */
	readonly healthyTargets: number;
	/** Whether nothing but its lower bound makes it grow, as `SlotWorkload` says. */
	readonly isScalingAmbiguous?: boolean;
}

/** What must be so before traffic moves, and what is still missing. */
export interface CapacityPlan {
	/** Lower bound that the canary's autoscaler must hold. */
	readonly canaryMinReplicas: number;
	/** Lower bound that the stable slot's autoscaler must hold; it only rises (promise 6). */
	readonly stableMinReplicas: number;
	/** Empty when everything is there; else one sentence each. */
	readonly missing: readonly string[];
}

/**
 * Pods that carry a weight: ⌈N·w/100⌉, and one at least, so that target health is known before the first request.
 * N = 10: weight 5 → 1, 25 → 3, 50 → 5, 100 → 10. N = 0: every weight → 1.
 */
export const podsForWeight = (fullReplicas: number, weightPercent: number): number =>
	Math.max(1, Math.ceil((fullReplicas * weightPercent) / 100));

const lack = (slot: string, capacity: SlotCapacity, needed: number): string[] => [
	...(capacity.readyReplicas < needed ? [`${slot} has ${capacity.readyReplicas} of ${needed} pods ready`] : []),
	...(capacity.healthyTargets < needed
		? [`${slot} has ${capacity.healthyTargets} of ${needed} targets healthy in its target group`]
		: []),
	...(capacity.isScalingAmbiguous === true && capacity.readyReplicas < needed
		? [`the autoscaler of ${slot} does not follow the load (AmbiguousSelector)`]
		: []),
];

/** From this weight on the canary's share says enough about the whole; below it one pod more or less says too much. */
const tellingWeightPercent = 50;

/**
 * The fewest pods of which the canary's wanted ones are the share of this weight; 0 where that says little.
 * The exact inverse of `podsForWeight`, so that what was held because of it never implies more than it came from.
 */
const impliedByCanary = ({ wantedReplicas }: SlotCapacity, weightPercent: number): number =>
	weightPercent < tellingWeightPercent || wantedReplicas === 0
		? 0
		: Math.floor(((wantedReplicas - 1) * 100) / weightPercent) + 1;

/**
 * Capacity for a weight in preparing and trial (D5): N is what stable runs or its autoscaler wants, the larger, and at
 * least what the canary's share implies: users who came during the step are on both sides.
 * Stable keeps all of N, whatever share it has, because a rollback gives it everything at once.
 */
export const planTrialCapacity = (stable: SlotCapacity, canary: SlotCapacity, weightPercent: number): CapacityPlan => {
	const fullReplicas = Math.max(
		stable.wantedReplicas,
		stable.readyReplicas,
		stable.minReplicas,
		impliedByCanary(canary, weightPercent),
	);
	const needed = podsForWeight(fullReplicas, weightPercent);
	return {
		canaryMinReplicas: Math.max(needed, canary.minReplicas),
		stableMinReplicas: fullReplicas,
		missing: lack("canary", canary, needed),
	};
};

/** Capacity in the window: the slot a rollback would use follows the one that serves, up but not down. */
export const planWindowCapacity = (stable: SlotCapacity, canary: SlotCapacity): CapacityPlan => {
	const needed = Math.max(canary.wantedReplicas, canary.readyReplicas);
	return {
		canaryMinReplicas: canary.minReplicas,
		stableMinReplicas: Math.max(needed, stable.minReplicas),
		missing: lack("stable", stable, needed),
	};
};
