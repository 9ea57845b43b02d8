import { describe, expect, it } from "vitest";
import type { Counts } from "../../lib/domain/measurement.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { SlotName } from "../../lib/domain/slot.ts";
import { type Measurements, MeasurementsUnavailableError } from "../../lib/ports/measurements.ts";

/** What a runner must be able to do to the source. At the start it holds no data. */
export interface MeasurementsSetup {
	readonly measurements: Measurements;
	readonly definition: ServiceDefinition;
	/** Start of a bucket, in milliseconds; a multiple of the definition's period. */
	readonly originEpochMs: number;
	/** Stores what one slot did in the bucket that starts there. `requests` is at least 1, and `unanswered` is said. */
	record(slot: SlotName, startEpochMs: number, counts: Counts): Promise<void>;
	/** The next call gets no answer. */
	failNextRead(): void;
}

/** What every Measurements promises. */
export const measurementsContract = (name: string, make: () => Promise<MeasurementsSetup>): void => {
	describe(`${name} keeps the contract of Measurements`, () => {
		describe("counts", () => itCounts(make));
		describe("ranges", () => itKeepsToTheRange(make));
	});
};

const itCounts = (make: () => Promise<MeasurementsSetup>): void => {
	it("given data of both slots, tells them apart by role", async () => {
		const { measurements, definition, originEpochMs, record } = await make();
		const toEpochMs = originEpochMs + definition.measurements.periodSeconds * 1_000;
		await record("blue", originEpochMs, { requests: 950, errors: 3, slow: 19, unanswered: 0 });
		await record("green", originEpochMs, { requests: 50, errors: 2, slow: 5, unanswered: 4 });

		const blueStable = await measurements.read(definition, {
			stableSlot: "blue",
			fromEpochMs: originEpochMs,
			toEpochMs,
		});
		const greenStable = await measurements.read(definition, {
			stableSlot: "green",
			fromEpochMs: originEpochMs,
			toEpochMs,
		});

		const blue = { requests: 950, errors: 3, slow: 19, unanswered: 0 };
		const green = { requests: 50, errors: 2, slow: 5, unanswered: 4 };
		expect(blueStable).toEqual([{ startEpochMs: originEpochMs, stable: blue, canary: green }]);
		expect(greenStable).toEqual([{ startEpochMs: originEpochMs, stable: green, canary: blue }]);
	});

	it("given a slot of which nothing answers, counts every request as unanswered", async () => {
		const { measurements, definition, originEpochMs, record } = await make();
		const toEpochMs = originEpochMs + definition.measurements.periodSeconds * 1_000;
		await record("green", originEpochMs, { requests: 30, errors: 0, slow: 0, unanswered: 30 });

		const [bucket] = await measurements.read(definition, { stableSlot: "blue", fromEpochMs: originEpochMs, toEpochMs });

		expect(bucket?.canary).toEqual({ requests: 30, errors: 0, slow: 0, unanswered: 30 });
	});

	it("given requests and nothing bad, counts zero bad ones", async () => {
		const { measurements, definition, originEpochMs, record } = await make();
		const toEpochMs = originEpochMs + definition.measurements.periodSeconds * 1_000;
		await record("blue", originEpochMs, { requests: 10, errors: 0, slow: 0, unanswered: 0 });

		const [bucket] = await measurements.read(definition, { stableSlot: "blue", fromEpochMs: originEpochMs, toEpochMs });

		expect(bucket?.stable).toEqual({ requests: 10, errors: 0, slow: 0, unanswered: 0 });
	});

	it("given a slot without data, says null: no evidence is not zero requests", async () => {
		const { measurements, definition, originEpochMs, record } = await make();
		const toEpochMs = originEpochMs + definition.measurements.periodSeconds * 1_000;
		await record("blue", originEpochMs, { requests: 10, errors: 0, slow: 0, unanswered: 0 });

		const [bucket] = await measurements.read(definition, { stableSlot: "blue", fromEpochMs: originEpochMs, toEpochMs });

		expect(bucket?.canary).toBeNull();
	});

	it("given no answer, says that it is unavailable", async () => {
		const { measurements, definition, originEpochMs, failNextRead } = await make();
		const toEpochMs = originEpochMs + definition.measurements.periodSeconds * 1_000;
		failNextRead();

		await expect(
			measurements.read(definition, { stableSlot: "blue", fromEpochMs: originEpochMs, toEpochMs }),
		).rejects.toThrow(MeasurementsUnavailableError);
	});
};

const itKeepsToTheRange = (make: () => Promise<MeasurementsSetup>): void => {
	it("given data with a hole, answers every bucket of the range once, oldest first", async () => {
		const { measurements, definition, originEpochMs, record } = await make();
		const periodMs = definition.measurements.periodSeconds * 1_000;
		for (const index of [4, 0, 3, 1]) {
			await record("green", originEpochMs + index * periodMs, {
				requests: index + 1,
				errors: 0,
				slow: 0,
				unanswered: 0,
			});
		}

		const buckets = await measurements.read(definition, {
			stableSlot: "blue",
			fromEpochMs: originEpochMs,
			toEpochMs: originEpochMs + 5 * periodMs,
		});

		expect(buckets.map((bucket) => bucket.startEpochMs)).toEqual(
			[0, 1, 2, 3, 4].map((index) => originEpochMs + index * periodMs),
		);
		expect(buckets.map((bucket) => bucket.canary?.requests ?? null)).toEqual([1, 2, null, 4, 5]);
	});

	it("given data before and after the range, answers neither", async () => {
		const { measurements, definition, originEpochMs, record } = await make();
		const periodMs = definition.measurements.periodSeconds * 1_000;
		for (const index of [-1, 0, 1]) {
			await record("blue", originEpochMs + index * periodMs, { requests: 10, errors: 0, slow: 0, unanswered: 0 });
		}

		const buckets = await measurements.read(definition, {
			stableSlot: "blue",
			fromEpochMs: originEpochMs,
			toEpochMs: originEpochMs + periodMs,
		});

		expect(buckets.map((bucket) => bucket.startEpochMs)).toEqual([originEpochMs]);
	});

	it("given an end within a bucket, leaves that bucket out: it is not complete", async () => {
		const { measurements, definition, originEpochMs, record } = await make();
		const periodMs = definition.measurements.periodSeconds * 1_000;
		await record("blue", originEpochMs, { requests: 10, errors: 0, slow: 0, unanswered: 0 });
		await record("blue", originEpochMs + periodMs, { requests: 4, errors: 0, slow: 0, unanswered: 0 });

		const buckets = await measurements.read(definition, {
			stableSlot: "blue",
			fromEpochMs: originEpochMs,
			toEpochMs: originEpochMs + 2 * periodMs - 1,
		});

		expect(buckets.map((bucket) => bucket.startEpochMs)).toEqual([originEpochMs]);
	});

	it("given an empty range, answers nothing", async () => {
		const { measurements, definition, originEpochMs } = await make();

		const buckets = await measurements.read(definition, {
			stableSlot: "blue",
			fromEpochMs: originEpochMs,
			toEpochMs: originEpochMs,
		});

		expect(buckets).toEqual([]);
	});
};
