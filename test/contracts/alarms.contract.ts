import { describe, expect, it } from "vitest";
import { type Alarms, AlarmsUnavailableError } from "../../lib/ports/alarms.ts";

/** What a runner must be able to do to the alarms. At the start there are none. */
export interface AlarmsSetup {
	readonly alarms: Alarms;
	/** Makes an alarm, or moves one, that has been in this state since that time. */
	put(alarmName: string, state: "ALARM" | "OK" | "INSUFFICIENT_DATA", sinceEpochMs: number): Promise<void>;
	/** The next call gets no answer. */
	failNextRead(): void;
}

/** What every Alarms promises. */
export const alarmsContract = (name: string, make: () => Promise<AlarmsSetup>): void => {
	describe(`${name} keeps the contract of Alarms`, () => {
		it("given alarms in every state, answers the red ones and since when", async () => {
			const { alarms, put } = await make();
			await put("errors", "ALARM", 1_700_000_000_000);
			await put("latency", "OK", 1_700_000_001_000);
			await put("saturation", "INSUFFICIENT_DATA", 1_700_000_002_000);

			const red = await alarms.readRed(["errors", "latency", "saturation"]);

			expect(red).toEqual([{ name: "errors", sinceEpochMs: 1_700_000_000_000 }]);
		});

		it("given red alarms that were not asked for, does not answer them", async () => {
			const { alarms, put } = await make();
			await put("errors", "ALARM", 1_700_000_000_000);
			await put("someone-elses", "ALARM", 1_700_000_000_000);

			expect(await alarms.readRed(["errors"])).toHaveLength(1);
		});

		it("given no names, answers none: an empty list asks for nothing, not for everything", async () => {
			const { alarms, put } = await make();
			await put("errors", "ALARM", 1_700_000_000_000);

			expect(await alarms.readRed([])).toEqual([]);
		});

		it("given a name that no alarm has, passes over it", async () => {
			const { alarms, put } = await make();
			await put("errors", "ALARM", 1_700_000_000_000);

			expect((await alarms.readRed(["never-made", "errors"])).map((alarm) => alarm.name)).toEqual(["errors"]);
		});

		it("given a hundred red alarms, answers them all", async () => {
			const { alarms, put } = await make();
			const names = Array.from({ length: 100 }, (_, index) => `alarm-${index}`);
			for (const alarmName of names) await put(alarmName, "ALARM", 1_700_000_000_000);

			const red = await alarms.readRed(names);

			expect(red.map((alarm) => alarm.name).sort()).toEqual([...names].sort());
		});

		it("given an alarm that turned red again, says since when this time", async () => {
			const { alarms, put } = await make();
			await put("errors", "ALARM", 1_700_000_000_000);
			await put("errors", "OK", 1_700_000_060_000);
			await put("errors", "ALARM", 1_700_000_120_000);

			expect(await alarms.readRed(["errors"])).toEqual([{ name: "errors", sinceEpochMs: 1_700_000_120_000 }]);
		});

		it("given no answer, says that it is unavailable", async () => {
			const { alarms, failNextRead } = await make();
			failNextRead();

			await expect(alarms.readRed(["errors"])).rejects.toThrow(AlarmsUnavailableError);
		});
	});
};
