import { describe, expect, it } from "vitest";
import { fakeClock } from "../../../simulator/fakes/clock.ts";
import { directCaller } from "../../../simulator/kernel/caller.ts";
import { VirtualClock } from "../../../simulator/kernel/timers.ts";

describe("fakeClock", () => {
	it("given time between two milliseconds, answers a whole one, as Date.now does", () => {
		const clock = fakeClock(directCaller(new VirtualClock(1_000.7)));

		expect(clock.nowEpochMs()).toBe(1_000);
	});

	it("given a sleep, wakes when the simulated time has passed", async () => {
		const timers = new VirtualClock(1_000);
		const clock = fakeClock(directCaller(timers));
		let wokeAtEpochMs = 0;

		void clock.sleep(250).then(() => {
			wokeAtEpochMs = clock.nowEpochMs();
		});
		await timers.run(5_000);

		expect(wokeAtEpochMs).toBe(1_250);
	});
});
