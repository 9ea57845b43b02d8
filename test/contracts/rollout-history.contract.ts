import { describe, expect, it } from "vitest";
import { InvalidRolloutIdError } from "../../lib/domain/rollout-id.ts";
import type { RolloutRecord } from "../../lib/domain/rollout-record.ts";
import { HistoryUnavailableError, mostRecords, type RolloutHistory } from "../../lib/ports/rollout-history.ts";
import { contractRelease } from "./contract-state.ts";

/** An empty history and what a test may do to it. */
export interface RolloutHistorySetup {
	readonly history: RolloutHistory;
	/** From now on the product answers nothing. */
	silence(): void;
}

const shortRecord = (rolloutId: string): RolloutRecord => ({
	rolloutId,
	release: contractRelease("b", "v2"),
	outcome: "promoted",
	startedAtEpochMs: 1_700_000_001_000,
	endedAtEpochMs: 1_700_000_009_000,
	highestWeightPercent: 100,
});

/** A record in which every fact is there. */
const fullRecord = (rolloutId: string): RolloutRecord => ({
	...shortRecord(rolloutId),
	replaces: contractRelease("a"),
	outcome: "rolled-back",
	cause: "verdict",
	explanation: "canary: 9.00 % errors (90 of 1000 requests), limit 1 %",
	askedBy: "AROAEXAMPLE:ana",
	pushedAtEpochMs: 1_700_000_000_000,
	exposedAtEpochMs: 1_700_000_002_000,
	promotedAtEpochMs: 1_700_000_003_000,
	triggeredAtEpochMs: 1_700_000_004_000,
	zeroConfirmedAtEpochMs: 1_700_000_005_000,
	highestWeightPercent: 25,
	shifts: [
		{ weightPercent: 5, atEpochMs: 1_700_000_002_000 },
		{ weightPercent: 25, atEpochMs: 1_700_000_002_500 },
	],
	pausedSeconds: 12.5,
	touched: { requests: 1_000, errors: 90, slow: 0 },
});

const idsOf = (records: readonly RolloutRecord[]): readonly string[] => records.map(({ rolloutId }) => rolloutId);

/** What every RolloutHistory promises, whatever it keeps records in. */
export const rolloutHistoryContract = (name: string, make: () => Promise<RolloutHistorySetup>): void => {
	describe(`${name} as a RolloutHistory`, () => {
		it("given a service that never had a rollout, lists nothing", async () => {
			const { history } = await make();

			expect(await history.list("checkout", 10)).toEqual([]);
		});

		it("given a record with every fact and one with few, lists both as they were", async () => {
			const { history } = await make();
			await history.append(fullRecord("checkout-1"));
			await history.append(shortRecord("checkout-3"));

			expect(await history.list("checkout", 10)).toStrictEqual([shortRecord("checkout-3"), fullRecord("checkout-1")]);
		});

		it("given a record that was appended before, keeps the first", async () => {
			const { history } = await make();
			await history.append(shortRecord("checkout-1"));

			await history.append({ ...shortRecord("checkout-1"), endedAtEpochMs: 1 });

			expect(await history.list("checkout", 10)).toStrictEqual([shortRecord("checkout-1")]);
		});

		it("given records in any order, lists the newest first, by epoch and not by text", async () => {
			const { history } = await make();
			for (const epoch of [9, 101, 10, 1]) await history.append(shortRecord(`checkout-${epoch}`));

			expect(idsOf(await history.list("checkout", 3))).toEqual(["checkout-101", "checkout-10", "checkout-9"]);
		});

		it("given several services, lists the records of one", async () => {
			const { history } = await make();
			await history.append(shortRecord("checkout-1"));
			await history.append(shortRecord("checkout-api-2"));

			expect(idsOf(await history.list("checkout", 10))).toEqual(["checkout-1"]);
		});

		it("given more records than are ever listed, lists the newest", async () => {
			const { history } = await make();
			for (let epoch = 1; epoch <= mostRecords + 1; epoch++) await history.append(shortRecord(`checkout-${epoch}`));

			const listed = await history.list("checkout", 10_000);

			expect(listed).toHaveLength(mostRecords);
			expect(listed.at(-1)?.rolloutId).toBe("checkout-2");
		});

		it("given a record of no rollout, refuses it", async () => {
			const { history } = await make();

			await expect(history.append(shortRecord("checkout"))).rejects.toThrow(InvalidRolloutIdError);
		});

		it("given no answer, says that it is unavailable", async () => {
			const { history, silence } = await make();
			silence();

			await expect(history.append(shortRecord("checkout-1"))).rejects.toThrow(HistoryUnavailableError);
			await expect(history.list("checkout", 10)).rejects.toThrow(HistoryUnavailableError);
		});
	});
};
