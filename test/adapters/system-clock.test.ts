import { describe, expect, it } from "vitest";
import { systemClock } from "../../lib/adapters/system-clock.ts";

describe("systemClock", () => {
	it("given a sleep, ends it when at least that much time has passed", async () => {
		const before = systemClock.nowEpochMs();

		await systemClock.sleep(20);

		// Timers count from the event loop's own clock, which may be a millisecond behind.
		expect(systemClock.nowEpochMs() - before).toBeGreaterThanOrEqual(19);
	});

	it("given a reading, answers whole milliseconds of this century", () => {
		const now = systemClock.nowEpochMs();

		expect(Number.isInteger(now)).toBe(true);
		expect(new Date(now).getUTCFullYear()).toBeGreaterThan(2024);
	});
});
