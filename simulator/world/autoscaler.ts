/** A HorizontalPodAutoscaler's bounds and the epoch it was written with; null where Sluice never wrote it. */
export interface AutoscalerBounds {
	readonly minReplicas: number;
	readonly maxReplicas: number;
	readonly epoch: number | null;
}

/** Kubernetes' default: what was recommended in the last five minutes still counts when it scales down. */
const stabilizationMs = 300_000;

/** A HorizontalPodAutoscaler: up at once, down to the highest recommendation of the last five minutes. */
export class Autoscaler {
	bounds: AutoscalerBounds;
	/** What it wanted when it last looked. */
	desiredReplicas = 0;
	/** Whether it found, when it last looked, that another one means the same pods. */
	isAmbiguous = false;
	#peak = 0;
	#peakAtEpochMs = Number.NEGATIVE_INFINITY;

	constructor(bounds: AutoscalerBounds) {
		this.bounds = bounds;
	}

	/** Without a look at the load there are the bounds alone. */
	standStill(replicas: number): number {
		this.isAmbiguous = true;
		const { minReplicas, maxReplicas } = this.bounds;
		const wanted = Math.min(maxReplicas, Math.max(minReplicas, replicas));
		if (wanted !== replicas) this.desiredReplicas = wanted;
		return wanted;
	}

	/** Looks at the load, as it does every 15 s, and answers how many replicas it wants. */
	look(neededReplicas: number, nowEpochMs: number): number {
		this.isAmbiguous = false;
		if (neededReplicas >= this.#peak || nowEpochMs - this.#peakAtEpochMs > stabilizationMs) {
			this.#peak = neededReplicas;
			this.#peakAtEpochMs = nowEpochMs;
		}
		const { minReplicas, maxReplicas } = this.bounds;
		this.desiredReplicas = Math.min(maxReplicas, Math.max(minReplicas, this.#peak));
		return this.desiredReplicas;
	}
}
