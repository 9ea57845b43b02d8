import { describe, expect, it } from "vitest";
import { atMostAtOnce } from "../../../functions/admit-release/at-most-at-once.ts";

const always = (): boolean => true;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("acting on at most so many at once", () => {
	it("given more items than the limit, acts on each once, in their order and never on more than the limit", async () => {
		const items = Array.from({ length: 25 }, (_, index) => index);
		const begun: number[] = [];
		let running = 0;
		let mostRunning = 0;

		const left = await atMostAtOnce(10, items, always, async (item) => {
			begun.push(item);
			mostRunning = Math.max(mostRunning, ++running);
			await turn();
			running--;
		});

		expect(begun).toEqual(items);
		expect(mostRunning).toBe(10);
		expect(left).toEqual([]);
	});

	it("given one that takes long, goes on with the others beside it", async () => {
		const ended: string[] = [];
		let release = (): void => undefined;
		const slow = new Promise<void>((resolve) => {
			release = resolve;
		});

		const all = atMostAtOnce(2, ["slow", "a", "b", "c"], always, async (item) => {
			if (item === "slow") await slow;
			ended.push(item);
			if (item === "c") release();
		});
		await all;

		expect(ended).toEqual(["a", "b", "c", "slow"]);
	});

	it("given that no more may begin, finishes what was begun and answers the rest", async () => {
		const ended: number[] = [];
		let begun = 0;

		const left = await atMostAtOnce(
			2,
			[1, 2, 3, 4, 5],
			() => begun < 3,
			async (item) => {
				begun++;
				await turn();
				ended.push(item);
			},
		);

		expect(ended).toEqual([1, 2, 3]);
		expect(left).toEqual([4, 5]);
	});

	it("given nothing to do, does nothing", async () => {
		const left = await atMostAtOnce(10, [], always, () => Promise.reject(new Error("Nothing was to be done.")));

		expect(left).toEqual([]);
	});
});
