import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import { slotNames } from "../../lib/domain/slot.ts";
import type { Random } from "../kernel/random.ts";
import type { Cancel, Timers } from "../kernel/timers.ts";
import type { MetricSink } from "./metric-sink.ts";
import { ServiceTraffic, type ServiceTrafficOptions } from "./service-traffic.ts";
import { bucketMs } from "./slot-bucket.ts";
import { type TrafficMetrics, trafficMetrics } from "./traffic-metrics.ts";

/** No users of this service exist. */
export class UnknownServiceError extends Error {
	override readonly name = "UnknownServiceError";
	constructor(service: string, known: readonly string[]) {
		super(`Service "${service}" is not in this world: known are ${known.join(", ")}.`);
	}
}

interface Entry {
	readonly traffic: ServiceTraffic;
	readonly metrics: TrafficMetrics;
	/** Nothing is published of buckets that end before this. */
	silentUntilEpochMs: number;
}

/** The users of all services. Every ten seconds, at multiples of ten seconds, buckets end and metrics are published. */
export class Traffic {
	readonly #timers: Timers;
	readonly #random: Random;
	readonly #sink: MetricSink;
	readonly #entries = new Map<string, Entry>();
	#stopTicking: Cancel = () => {};

	constructor(timers: Timers, random: Random, sink: MetricSink) {
		this.#timers = timers;
		this.#random = random;
		this.#sink = sink;
		this.#tick((Math.floor(timers.nowEpochMs() / bucketMs) + 1) * bucketMs);
	}

	/** Users come from now on. */
	add(
		definition: ServiceDefinition,
		options: Omit<ServiceTrafficOptions, "service" | "random" | "nowEpochMs">,
	): ServiceTraffic {
		const { service } = definition;
		const traffic = new ServiceTraffic({
			...options,
			service,
			random: this.#random.stream(`requests ${service}`),
			nowEpochMs: () => this.#timers.nowEpochMs(),
		});
		const chance = this.#random.stream(`publication ${service}`);
		const metrics = trafficMetrics(definition, this.#sink, this.#timers, chance);
		this.#entries.set(service, { traffic, metrics, silentUntilEpochMs: Number.NEGATIVE_INFINITY });
		return traffic;
	}

	/** @throws UnknownServiceError */
	of(service: string): ServiceTraffic {
		const traffic = this.find(service);
		if (traffic === null) throw new UnknownServiceError(service, [...this.#entries.keys()]);
		return traffic;
	}

	/** Null where no users of that service are known. */
	find(service: string): ServiceTraffic | null {
		return this.#entries.get(service)?.traffic ?? null;
	}

	/** Until then nobody publishes what a service's requests came to; they are answered all the same. */
	silence(service: string, untilEpochMs: number): void {
		const entry = this.#entries.get(service);
		if (entry !== undefined) entry.silentUntilEpochMs = untilEpochMs;
	}

	/** Buckets end no more and nothing is published. */
	stop(): void {
		this.#stopTicking();
	}

	/** The boundary is handed on, not computed from the clock: fractions of a millisecond must not end a bucket twice. */
	#tick(atEpochMs: number): void {
		this.#stopTicking = this.#timers.after(Math.max(0, atEpochMs - this.#timers.nowEpochMs()), () => {
			for (const { traffic, metrics, silentUntilEpochMs } of this.#entries.values()) {
				traffic.advance();
				const ended = traffic.turnBuckets(atEpochMs);
				if (atEpochMs < silentUntilEpochMs) continue;
				for (const slot of slotNames) metrics.publish(slot, ended[slot]);
			}
			this.#tick(atEpochMs + bucketMs);
		});
	}
}
