/** Takes a timer back. Harmless once it has fired. */
export type Cancel = () => void;

/** Time as the simulated world knows it. */
export interface Timers {
	nowEpochMs(): number;
	/** Runs once, `delayMs` from now; equal times run in the order they were set. */
	after(delayMs: number, run: () => void): Cancel;
}

interface Entry {
	readonly atEpochMs: number;
	readonly order: number;
	run: (() => void) | null;
}

/** As many timers as may lie about unwanted before it is worth looking for them. */
const keptCancelled = 64;

const isBefore = (a: Entry, b: Entry): boolean =>
	a.atEpochMs < b.atEpochMs || (a.atEpochMs === b.atEpochMs && a.order < b.order);

/**
 * A clock that jumps: a binary heap of timers, popped in order of time and then of creation.
 * Between two timers every promise settles, so a run depends on nothing but its seed.
 */
export class VirtualClock implements Timers {
	#nowEpochMs: number;
	#order = 0;
	#heap: Entry[] = [];
	/** Entries of the heap that were taken back. */
	#cancelled = 0;

	constructor(startEpochMs: number) {
		this.#nowEpochMs = startEpochMs;
	}

	nowEpochMs(): number {
		return this.#nowEpochMs;
	}

	after(delayMs: number, run: () => void): Cancel {
		if (!(delayMs >= 0)) throw new RangeError(`A timer ${delayMs} ms from now cannot be set: allowed is 0 or more.`);
		const entry: Entry = { atEpochMs: this.#nowEpochMs + delayMs, order: this.#order++, run };
		this.#push(entry);
		return () => {
			if (entry.run === null) return;
			entry.run = null;
			this.#cancelled++;
			if (this.#cancelled > keptCancelled && this.#cancelled * 2 > this.#heap.length) this.#compact();
		};
	}

	/**
	 * Runs timers until `isDone` says so, nothing is left, or the limit is reached.
	 * @returns whether it stopped because `isDone` said so.
	 */
	async run(untilEpochMs: number, isDone: () => boolean = () => false): Promise<boolean> {
		for (;;) {
			await settled();
			if (isDone()) return true;
			const entry = this.#pop(untilEpochMs);
			if (entry === null) {
				this.#nowEpochMs = Math.max(this.#nowEpochMs, untilEpochMs);
				return false;
			}
			this.#nowEpochMs = entry.atEpochMs;
			const { run } = entry;
			// Cleared first: taking back what has fired must not count as one more hole in the heap.
			entry.run = null;
			run?.();
		}
	}

	#push(entry: Entry): void {
		const heap = this.#heap;
		let index = heap.push(entry) - 1;
		while (index > 0) {
			const parent = (index - 1) >> 1;
			if (!isBefore(entry, heap[parent] as Entry)) break;
			heap[index] = heap[parent] as Entry;
			index = parent;
		}
		heap[index] = entry;
	}

	/** The earliest timer that is still wanted and not after the limit. */
	#pop(untilEpochMs: number): Entry | null {
		for (;;) {
			const first = this.#heap[0];
			if (first === undefined || first.atEpochMs > untilEpochMs) return null;
			const last = this.#heap.pop() as Entry;
			if (last !== first) this.#sift(last);
			if (first.run !== null) return first;
			this.#cancelled--;
		}
	}

	/** Forgets timers that were taken back: a two-week limit of what took a second must not stay for two weeks. */
	#compact(): void {
		// What is sorted is a heap.
		this.#heap = this.#heap.filter(({ run }) => run !== null).sort((a, b) => (isBefore(a, b) ? -1 : 1));
		this.#cancelled = 0;
	}

	#sift(entry: Entry): void {
		const heap = this.#heap;
		let index = 0;
		for (;;) {
			let child = 2 * index + 1;
			if (child >= heap.length) break;
			if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child++;
			if (!isBefore(heap[child] as Entry, entry)) break;
			heap[index] = heap[child] as Entry;
			index = child;
		}
		heap[index] = entry;
	}
}

/** Resolves when every promise that can settle without time passing has settled. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
