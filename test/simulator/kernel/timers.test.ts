import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../simulator/kernel/timers.ts";

const startEpochMs = 1_000_000;

const stage = () => {
	const clock = new VirtualClock(startEpochMs);
	const fired: string[] = [];
	const at = (delayMs: number, name: string) =>
		clock.after(delayMs, () => void fired.push(`${name}@${clock.nowEpochMs() - startEpochMs}`));
	return { clock, fired, at };
};

describe("timers", () => {
	it("given timers in any order, fires them in order of time", async () => {
		const { clock, fired, at } = stage();
		at(30, "c");
		at(10, "a");
		at(20, "b");

		await clock.run(startEpochMs + 100);

		expect(fired).toEqual(["a@10", "b@20", "c@30"]);
		expect(clock.nowEpochMs()).toBe(startEpochMs + 100);
	});

	it("given equal times, fires in the order they were set, those set meanwhile last", async () => {
		const { clock, fired, at } = stage();
		clock.after(10, () => at(0, "set meanwhile"));
		at(10, "first");
		at(10, "second");

		await clock.run(startEpochMs + 10);

		expect(fired).toEqual(["first@10", "second@10", "set meanwhile@10"]);
	});

	it("given a timer that was taken back, does not fire it", async () => {
		const { clock, fired, at } = stage();
		const cancel = at(10, "never");
		at(20, "other");

		cancel();
		cancel();
		await clock.run(startEpochMs + 100);

		expect(fired).toEqual(["other@20"]);
	});

	it("given a timer that has fired, taking it back changes nothing", async () => {
		const { clock, fired, at } = stage();
		const cancel = at(10, "a");
		await clock.run(startEpochMs + 15);

		cancel();
		at(10, "b");
		await clock.run(startEpochMs + 100);

		expect(fired).toEqual(["a@10", "b@25"]);
	});

	it("given a limit, stops there and leaves later timers for the next run", async () => {
		const { clock, fired, at } = stage();
		at(10, "at the limit");
		at(11, "after it");

		const wasDone = await clock.run(startEpochMs + 10);
		const before = [...fired];
		await clock.run(startEpochMs + 11);

		expect(wasDone).toBe(false);
		expect(before).toEqual(["at the limit@10"]);
		expect(fired).toEqual(["at the limit@10", "after it@11"]);
	});

	it("given a condition, stops as soon as it holds and keeps the time", async () => {
		const { clock, fired, at } = stage();
		at(10, "a");
		at(20, "b");

		const wasDone = await clock.run(startEpochMs + 100, () => fired.length === 1);

		expect(wasDone).toBe(true);
		expect(clock.nowEpochMs()).toBe(startEpochMs + 10);
	});

	it("given promises that follow from each other, settles all of them between two timers", async () => {
		const { clock, fired, at } = stage();
		clock.after(10, () => {
			let chain = Promise.resolve();
			for (let link = 0; link < 50; link++) chain = chain.then(() => {});
			void chain.then(() => fired.push(`chain@${clock.nowEpochMs() - startEpochMs}`));
		});
		at(10, "next");

		await clock.run(startEpochMs + 100);

		expect(fired).toEqual(["chain@10", "next@10"]);
	});

	it.each([-1, Number.NaN])("given a delay of %s, refuses it by name", (delayMs) => {
		const { clock } = stage();

		expect(() => clock.after(delayMs, () => {})).toThrow(`A timer ${delayMs} ms from now cannot be set`);
	});

	it("given a timer that throws, the run fails with its error", async () => {
		const { clock } = stage();
		clock.after(1, () => {
			throw new Error("a fault of the simulator");
		});

		await expect(clock.run(startEpochMs + 10)).rejects.toThrow("a fault of the simulator");
	});

	it("given any timers of which some are taken back, fires the others in order of time and then of creation", async () => {
		const timers = fc.array(fc.record({ delayMs: fc.nat(50), isCancelled: fc.nat(3).map((chance) => chance > 0) }), {
			maxLength: 300,
		});
		await fc.assert(
			fc.asyncProperty(timers, async (planned) => {
				const { clock, fired, at } = stage();
				const cancels = planned.map(({ delayMs }, index) => at(delayMs, String(index)));
				planned.forEach(({ isCancelled }, index) => void (isCancelled && cancels[index]?.()));

				await clock.run(startEpochMs + 50);

				const wanted = planned
					.map(({ delayMs, isCancelled }, index) => ({ delayMs, isCancelled, index }))
					.filter(({ isCancelled }) => !isCancelled)
					.sort((a, b) => a.delayMs - b.delayMs || a.index - b.index)
					.map(({ delayMs, index }) => `${index}@${delayMs}`);
				expect(fired).toEqual(wanted);
			}),
			{ numRuns: 50, seed: 1 },
		);
	});
});
