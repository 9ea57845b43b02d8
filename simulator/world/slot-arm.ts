import type { Random } from "../kernel/random.ts";
import type { ReadyPods } from "./deployment.ts";
import { type BusinessSum, emptyBucket, type SlotBucket } from "./slot-bucket.ts";
import { RunningTally } from "./tally.ts";
import type { Versions } from "./versions.ts";

/** Requests that arrived in a span of time, as the slot that they were sent to sees them. */
export interface Arrival {
	readonly requests: number;
	readonly fromEpochMs: number;
	readonly toEpochMs: number;
	/** Targets among which the load balancer chooses; null for callers in the cluster, who reach ready pods only. */
	readonly rotation: Rotation | null;
	/** Share of requests that the pods have no capacity for, 0–1: errors. */
	readonly overload: number;
}

/** Targets that requests are sent to: the healthy ones, or all that fail where none is healthy (it fails open). */
export interface Rotation {
	readonly targets: number;
	/** Of these, pods that have crashed and have not been deregistered yet. */
	readonly dead: number;
}

/** How many buckets are kept for reports: a day. */
const keptBuckets = 8_640;

/** One slot of one service as its users see it: who answers, and what became of the requests. */
export class SlotArm {
	/** Share of the requests from outside, 0–1. */
	share = 0;
	rotation: Rotation = { targets: 0, dead: 0 };
	ready: readonly ReadyPods[] = [];
	/** Image that the slot's pods are made of, ready or not: who is to blame where nobody answers. */
	imageDigest: string | null = null;
	lastRequestAtEpochMs: number | null = null;
	bucket: SlotBucket;
	readonly closed: SlotBucket[] = [];
	readonly #versions: Versions;
	readonly #random: Random;

	constructor(versions: Versions, random: Random, startEpochMs: number) {
		this.#versions = versions;
		this.#random = random;
		this.bucket = emptyBucket(startEpochMs);
	}

	get readyPods(): number {
		let count = 0;
		for (const pods of this.ready) count += pods.count;
		return count;
	}

	/** Takes requests in and answers what became of them, release by release. */
	serve(arrival: Arrival, onServed: (imageDigest: string | null, tally: RunningTally) => void): void {
		const { requests, fromEpochMs, toEpochMs, rotation } = arrival;
		if (requests === 0) return;
		// The last of n arrivals that are spread evenly over the span.
		const lastAt = fromEpochMs + (toEpochMs - fromEpochMs) * this.#random.unit() ** (1 / requests);
		this.lastRequestAtEpochMs = Math.max(this.lastRequestAtEpochMs ?? 0, lastAt);
		this.bucket.requests += requests;
		const failed = this.#refused(requests, rotation);
		if (failed > 0) {
			const tally = new RunningTally();
			tally.add(0, failed, 0);
			onServed(this.imageDigest, tally);
		}
		let requestsLeft = requests - failed;
		let podsLeft = this.readyPods;
		if (requestsLeft === 0) return;
		for (const group of this.ready) {
			const portion =
				group.count >= podsLeft ? requestsLeft : this.#random.binomial(requestsLeft, group.count / podsLeft);
			requestsLeft -= portion;
			podsLeft -= group.count;
			if (portion > 0) onServed(group.imageDigest, this.#answer(group, portion, arrival));
		}
	}

	/** Requests that reach no pod: no target to choose (503), or one that has crashed (502). */
	#refused(requests: number, rotation: Rotation | null): number {
		if (rotation === null) return this.readyPods === 0 ? requests : 0;
		const { targets, dead } = rotation;
		if (targets === 0) return requests;
		const isGone = this.readyPods === 0;
		const refused = isGone ? requests : dead === 0 ? 0 : this.#random.binomial(requests, dead / targets);
		this.bucket.refused += refused;
		return refused;
	}

	/** Ends the present bucket and begins the next. */
	turn(nextStartEpochMs: number): SlotBucket {
		const ended = this.bucket;
		this.closed.push(ended);
		if (this.closed.length > 2 * keptBuckets) this.closed.splice(0, keptBuckets);
		this.bucket = emptyBucket(nextStartEpochMs);
		return ended;
	}

	#answer(pods: ReadyPods, requests: number, arrival: Arrival): RunningTally {
		const behaviour = this.#versions.behaviourOf(pods.imageDigest, pods.configuration);
		const secondsSinceStart = ((arrival.fromEpochMs + arrival.toEpochMs) / 2 - pods.sinceEpochMs) / 1_000;
		const tally = new RunningTally();
		if (secondsSinceStart >= (behaviour.hangAfterSeconds ?? Number.POSITIVE_INFINITY)) {
			this.bucket.hung += requests;
			tally.add(0, requests, 0);
			return tally;
		}
		const extra = behaviour.extra?.(Math.max(0, secondsSinceStart)) ?? {};
		const failing = Math.min(1, behaviour.errorRatio + (extra.errorRatio ?? 0));
		const errors = this.#random.binomial(requests, 1 - (1 - failing) * (1 - arrival.overload));
		const slowRatio = Math.min(1, behaviour.slowRatio + (extra.slowRatio ?? 0));
		const slow = this.#random.binomial(requests - errors, slowRatio);
		this.bucket.served += requests;
		this.bucket.errors += errors;
		this.bucket.slow += slow;
		for (const metric of behaviour.customMetrics) {
			const sum = this.#businessSum(metric);
			sum.sum += this.#random.poisson(requests * metric.perRequest);
			sum.count += requests;
		}
		tally.add(requests - errors, errors, slow);
		return tally;
	}

	#businessSum(metric: BusinessSum["metric"]): BusinessSum {
		const found = this.bucket.business.find((candidate) => candidate.metric === metric);
		if (found !== undefined) return found;
		const fresh: BusinessSum = { metric, sum: 0, count: 0 };
		this.bucket.business.push(fresh);
		return fresh;
	}
}
