import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idleState, type ServiceState } from "../../../lib/domain/service-state.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { VirtualClock } from "../../../simulator/kernel/timers.ts";
import { CancelledTransaction, FailedCondition, StoreTable } from "../../../simulator/world/store-table.ts";
import { contractRelease } from "../../contracts/contract-state.ts";

const idle = idleState("checkout", "blue", contractRelease("a"));

const makeStage = (seed = 1) => {
	const clock = new VirtualClock(0);
	const written: ServiceState[] = [];
	const table = new StoreTable({
		tableName: "sluice",
		timers: clock,
		random: randomOf(seed),
		onWrite: (state) => written.push(state),
	});
	table.put(idle);
	return { clock, table, written };
};

describe("the service table", () => {
	it("given a condition that fails, throws the item and writes nothing", () => {
		const { table, written } = makeStage();

		const update = () => table.update("checkout", { condition: { epoch: 3 }, set: { weightPercent: 5 } });

		expect(update).toThrow(FailedCondition);
		expect(update).toThrow(expect.objectContaining({ item: idle }));
		expect(written).toEqual([idle]);
	});

	it("given a release that was seen and a condition that fails, names both", () => {
		const { table } = makeStage();
		table.admit("checkout", "abc", { condition: {}, set: { phase: "preparing" } });

		const again = () => table.admit("checkout", "abc", { condition: { phaseIn: ["idle"] }, set: {} });

		expect(again).toThrow(CancelledTransaction);
		expect(again).toThrow(expect.objectContaining({ isReleaseSeen: true, failedCondition: expect.anything() }));
	});

	it("given a state that was read, cannot be changed by whoever read it", () => {
		const { table } = makeStage();
		const read: { epoch: number } | null = table.get("checkout");

		const change = () => Object.assign(read ?? {}, { epoch: 99 });

		expect(change).toThrow(TypeError);
		expect(table.get("checkout")?.epoch).toBe(0);
	});
});

describe("the index of busy services", () => {
	it("given any sequence of writes and pauses, shows states in their order and the last one in the end", async () => {
		const step = fc.record({ isBusy: fc.boolean(), pauseMs: fc.nat(300) });
		const property = fc.asyncProperty(fc.integer(), fc.array(step, { maxLength: 20 }), async (seed, steps) => {
			const { clock, table } = makeStage(seed);
			let shownEpoch = 0;
			let epoch = 0;
			for (const { isBusy, pauseMs } of steps) {
				epoch++;
				table.update("checkout", { condition: {}, set: { epoch, phase: isBusy ? "trial" : "idle" } });
				await clock.run(clock.nowEpochMs() + pauseMs);
				const [shown] = table.queryBusy();
				expect(shown?.epoch ?? shownEpoch).toBeGreaterThanOrEqual(shownEpoch);
				shownEpoch = shown?.epoch ?? shownEpoch;
			}
			await clock.run(clock.nowEpochMs() + 1_000);

			const isBusy = steps.at(-1)?.isBusy ?? false;
			expect(table.queryBusy().map((state) => state.epoch)).toEqual(isBusy ? [epoch] : []);
		});

		await fc.assert(property, { numRuns: 50, seed: 7 });
	});
});
