/** The statistics of CloudWatch that need no distribution. */
export type Statistic = "Sum" | "Average" | "Minimum" | "Maximum" | "SampleCount";

export const statistics: readonly Statistic[] = ["Sum", "Average", "Minimum", "Maximum", "SampleCount"];

/** A statistic set: what some samples add up to. A count of 0 is no data. */
export interface Datapoint {
	readonly atEpochMs: number;
	readonly sum: number;
	readonly count: number;
	readonly min: number;
	readonly max: number;
}

const firstCapacity = 64;

/**
 * One metric: samples added up in buckets of one resolution, in a ring that grows as far as the retention needs.
 * What is older than the retention, counted from the newest bucket, is gone. Late data within it are welcome.
 */
export class MetricSeries {
	readonly #resolutionMs: number;
	readonly #retainedBuckets: number;
	#newestBucket = -1;
	#capacity = firstCapacity;
	/** Which bucket each place of the ring holds; -1 for none. A bucket's place is its number modulo the capacity. */
	#buckets = new Float64Array(firstCapacity).fill(-1);
	#sums = new Float64Array(firstCapacity);
	#counts = new Float64Array(firstCapacity);
	#minima = new Float64Array(firstCapacity);
	#maxima = new Float64Array(firstCapacity);

	constructor(resolutionSeconds: number, retentionSeconds: number) {
		this.#resolutionMs = resolutionSeconds * 1_000;
		this.#retainedBuckets = Math.ceil(retentionSeconds / resolutionSeconds);
	}

	/** Adds samples to the bucket of their time. */
	add(point: Datapoint): void {
		const bucket = Math.floor(point.atEpochMs / this.#resolutionMs);
		if (point.count <= 0 || !this.#isRetained(bucket)) return;
		if (bucket > this.#newestBucket) this.#newestBucket = bucket;
		const place = this.#placeFor(bucket);
		const isFirst = this.#buckets[place] !== bucket;
		this.#buckets[place] = bucket;
		this.#sums[place] = (isFirst ? 0 : this.#at(this.#sums, place)) + point.sum;
		this.#counts[place] = (isFirst ? 0 : this.#at(this.#counts, place)) + point.count;
		this.#minima[place] = isFirst ? point.min : Math.min(this.#at(this.#minima, place), point.min);
		this.#maxima[place] = isFirst ? point.max : Math.max(this.#at(this.#maxima, place), point.max);
	}

	/** A statistic over a period that begins at a multiple of the resolution; NaN where there are no samples. */
	read(statistic: Statistic, fromEpochMs: number, periodMs: number): number {
		const first = Math.floor(fromEpochMs / this.#resolutionMs);
		const end = Math.floor((fromEpochMs + periodMs) / this.#resolutionMs);
		let sum = 0;
		let count = 0;
		let min = Number.POSITIVE_INFINITY;
		let max = Number.NEGATIVE_INFINITY;
		for (let bucket = first; bucket < end; bucket++) {
			const place = bucket % this.#capacity;
			if (this.#buckets[place] !== bucket || !this.#isRetained(bucket)) continue;
			sum += this.#at(this.#sums, place);
			count += this.#at(this.#counts, place);
			min = Math.min(min, this.#at(this.#minima, place));
			max = Math.max(max, this.#at(this.#maxima, place));
		}
		if (count === 0) return Number.NaN;
		switch (statistic) {
			case "Sum":
				return sum;
			case "Average":
				return sum / count;
			case "Minimum":
				return min;
			case "Maximum":
				return max;
			case "SampleCount":
				return count;
		}
	}

	/** Places are computed to lie within the arrays; the compiler cannot know. */
	#at(values: Float64Array, place: number): number {
		return values[place] as number;
	}

	#isRetained(bucket: number): boolean {
		return bucket > this.#newestBucket - this.#retainedBuckets;
	}

	/** The place of a bucket; grows the ring where another bucket that is still retained lives there. */
	#placeFor(bucket: number): number {
		for (;;) {
			const place = bucket % this.#capacity;
			const present = this.#at(this.#buckets, place);
			if (present === bucket || present < 0 || !this.#isRetained(present)) return place;
			this.#grow();
		}
	}

	/** Doubles the ring. Buckets that had different places before have different places after, so no move collides. */
	#grow(): void {
		const old = { buckets: this.#buckets, size: this.#capacity };
		const columns = [this.#sums, this.#counts, this.#minima, this.#maxima];
		this.#capacity *= 2;
		this.#buckets = new Float64Array(this.#capacity).fill(-1);
		const grown = columns.map(() => new Float64Array(this.#capacity));
		for (let place = 0; place < old.size; place++) {
			const bucket = this.#at(old.buckets, place);
			if (bucket < 0 || !this.#isRetained(bucket)) continue;
			const target = bucket % this.#capacity;
			this.#buckets[target] = bucket;
			grown.forEach((column, index) => {
				column[target] = this.#at(columns[index] as Float64Array, place);
			});
		}
		[this.#sums, this.#counts, this.#minima, this.#maxima] = grown as [
			Float64Array<ArrayBuffer>,
			Float64Array<ArrayBuffer>,
			Float64Array<ArrayBuffer>,
			Float64Array<ArrayBuffer>,
		];
	}
}
