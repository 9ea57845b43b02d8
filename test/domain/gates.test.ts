import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Gate, judgeGates, noGates } from "../../lib/domain/gates.ts";
import type { DeploymentWindow, Freeze, Gates } from "../../lib/domain/service-definition.ts";
import { type Weekday, wallAt, weekdayIndexOf, weekdays } from "../../lib/domain/wall-clock.ts";

const at = (iso: string): number => Date.parse(iso);
const working: DeploymentWindow = {
	days: ["mon", "tue", "wed", "thu", "fri"],
	from: "09:00",
	to: "16:00",
	timeZone: "Europe/Berlin",
};
const nightly: DeploymentWindow = { days: ["fri"], from: "22:00", to: "02:00", timeZone: "Europe/Berlin" };
const holidays: Freeze = {
	from: "2026-12-20T00:00",
	to: "2027-01-02T00:00",
	timeZone: "Europe/Berlin",
	reason: "Nobody is there.",
};
const judge = (gates: Partial<Gates>, instant: string) =>
	judgeGates({ gates: { ...noGates, ...gates }, nowEpochMs: at(instant) });

describe("deployment windows", () => {
	it("given none, are open at any time", () => {
		expect(judge({}, "2026-01-04T03:00:00Z")).toEqual({ kind: "open" });
	});

	it.each([
		["at its first minute", [working], "2026-01-05T08:00:00Z"],
		["in its last minute", [working], "2026-01-05T14:59:59Z"],
		["in summer, an hour earlier by the sun", [working], "2026-07-06T07:00:00Z"],
		["before midnight, where it crosses midnight", [nightly], "2026-01-09T22:30:00Z"],
		["after midnight, on the day after", [nightly], "2026-01-10T00:59:00Z"],
		["one of two", [working, nightly], "2026-01-09T22:30:00Z"],
		["until the end of the day", [{ ...working, to: "24:00" }], "2026-01-05T22:59:00Z"],
		[
			"in both hours that show one time",
			[{ ...nightly, days: ["sun" as const], from: "02:15" }],
			"2026-10-25T01:15:00Z",
		],
	])("given a moment %s, are open", (_, windows, instant) => {
		expect(judge({ windows }, instant)).toEqual({ kind: "open" });
	});

	it.each([
		["a minute before", [working], "2026-01-05T07:59:59Z", "2026-01-05T08:00:00Z"],
		["the minute it ends", [working], "2026-01-05T15:00:00Z", "2026-01-06T08:00:00Z"],
		["a Friday evening", [working], "2026-01-09T18:00:00Z", "2026-01-12T08:00:00Z"],
		["a Friday evening, clocks changing on Sunday", [working], "2026-03-27T18:00:00Z", "2026-03-30T07:00:00Z"],
		["the night after another day", [nightly], "2026-01-09T00:30:00Z", "2026-01-09T21:00:00Z"],
		["both", [working, nightly], "2026-01-09T15:00:00Z", "2026-01-09T21:00:00Z"],
		[
			"a window that begins in an hour that never comes",
			[{ ...working, days: ["sun" as const], from: "02:30" }],
			"2026-03-29T00:59:00Z",
			"2026-03-29T01:00:00Z",
		],
		[
			"a window that lies in an hour that never comes, a week later",
			[{ ...working, days: ["sun" as const], from: "02:15", to: "02:45" }],
			"2026-03-29T00:59:00Z",
			"2026-04-05T00:15:00Z",
		],
	])("given a moment outside (%s), are closed and say until when", (_, windows, instant, opens) => {
		expect(judge({ windows }, instant)).toMatchObject({ kind: "closed", gate: "windows", opensAtEpochMs: at(opens) });
	});

	it("given a moment outside, say which windows there are", () => {
		expect(judge({ windows: [working] }, "2026-01-04T12:00:00Z")).toMatchObject({
			reason: "No deployment window is open; there are mon tue wed thu fri 09:00 to 16:00 Europe/Berlin.",
		});
	});
});

describe("freezes", () => {
	it.each([
		["the second before", "2026-12-19T22:59:59Z", "open"],
		["the first second", "2026-12-19T23:00:00Z", "closed"],
		["the last second", "2027-01-01T22:59:59Z", "closed"],
		["the second after", "2027-01-01T23:00:00Z", "open"],
	])("given %s, are %s", (_, instant, kind) => {
		expect(judge({ freezes: [holidays] }, instant).kind).toBe(kind);
	});

	it("given one in force, says which, why and until when", () => {
		expect(judge({ freezes: [holidays] }, "2026-12-24T12:00:00Z")).toEqual({
			kind: "closed",
			gate: "freeze from 2026-12-20T00:00",
			reason: "Freeze from 2026-12-20T00:00 to 2027-01-02T00:00 (Europe/Berlin): Nobody is there.",
			opensAtEpochMs: at("2027-01-01T23:00:00Z"),
		});
	});

	it("given one that ends while no window is open, says when the next window opens", () => {
		expect(judge({ freezes: [holidays], windows: [working] }, "2026-12-24T12:00:00Z")).toMatchObject({
			gate: "freeze from 2026-12-20T00:00",
			opensAtEpochMs: at("2027-01-04T08:00:00Z"),
		});
	});

	it("given a window that opens within one, says when both are open", () => {
		const freezes = [{ ...holidays, from: "2026-01-05T08:00", to: "2026-01-06T12:00" }];

		expect(judge({ freezes, windows: [working] }, "2026-01-03T12:00:00Z")).toMatchObject({
			gate: "windows",
			opensAtEpochMs: at("2026-01-06T11:00:00Z"),
		});
	});

	it("given one that ends in an hour that comes twice, lasts until it has come the second time", () => {
		const freezes = [{ ...holidays, from: "2026-10-25T02:15", to: "2026-10-25T02:30" }];
		const isClosed = (instant: string): boolean => judge({ freezes }, instant).kind === "closed";

		expect(["T00:14", "T00:15", "T00:45", "T01:29", "T01:30"].map((time) => isClosed(`2026-10-25${time}:00Z`))).toEqual(
			[false, true, true, true, false],
		);
	});
});

describe("gates", () => {
	it("given one that nobody knows the end of, does not say when it opens", () => {
		const scan: Gate = () => ({ kind: "closed", gate: "scan", reason: "It has not been scanned yet." });

		expect(judgeGates({ gates: noGates, nowEpochMs: 0 }, [scan])).toEqual({
			kind: "closed",
			gate: "scan",
			reason: "It has not been scanned yet.",
		});
	});

	it("given a gate that always says a little later, gives up saying when", () => {
		const never: Gate = ({ nowEpochMs }) => ({
			kind: "closed",
			gate: "never",
			reason: "",
			opensAtEpochMs: nowEpochMs + 1,
		});

		expect(judgeGates({ gates: noGates, nowEpochMs: 0 }, [never])).toEqual({
			kind: "closed",
			gate: "never",
			reason: "",
		});
	});

	const timeOf = (minutes: number): string =>
		`${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
	const windowOf = fc
		.record({
			days: fc.subarray([...weekdays], { minLength: 1 }),
			from: fc.integer({ min: 0, max: 1_439 }),
			lasts: fc.integer({ min: 1, max: 1_439 }),
			timeZone: fc.constantFrom("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"),
		})
		.map(({ days, from, lasts, timeZone }) => ({
			window: { days, from: timeOf(from), to: timeOf((from + lasts) % 1_440), timeZone } satisfies DeploymentWindow,
			from,
			lasts,
		}));
	/** Around the changes of clocks of those zones, and an ordinary week. */
	const instants = fc
		.tuple(
			fc.constantFrom("2026-03-08", "2026-03-29", "2026-04-05", "2026-06-10", "2026-10-04", "2026-10-25", "2026-11-01"),
			fc.integer({ min: -2_880, max: 2_880 }),
		)
		.map(([day, minutes]) => at(`${day}T00:00:00Z`) + minutes * 60_000);

	it("given any window and moment, are open exactly where the wall shows a time in it", () => {
		fc.assert(
			fc.property(windowOf, instants, ({ window, from, lasts }, nowEpochMs) => {
				const shown = wallAt(nowEpochMs, window.timeZone);
				const isIn = [0, 1].some((daysAgo) => {
					const midnight = Math.floor(shown / 1_440) * 1_440 - daysAgo * 1_440;
					const day = weekdays[weekdayIndexOf(midnight)] as Weekday;
					return window.days.includes(day) && shown >= midnight + from && shown < midnight + from + lasts;
				});

				const { kind } = judgeGates({ gates: { windows: [window], freezes: [] }, nowEpochMs });

				expect(kind).toBe(isIn ? "open" : "closed");
			}),
			{ numRuns: 500 },
		);
	});

	it("given any closed window, is open at the moment it says, and on a week without changes not before", () => {
		fc.assert(
			fc.property(windowOf, instants, ({ window }, nowEpochMs) => {
				const gates = { windows: [window], freezes: [] };
				const state = judgeGates({ gates, nowEpochMs });
				if (state.kind === "open" || state.opensAtEpochMs === undefined) return;
				const { opensAtEpochMs } = state;

				expect(opensAtEpochMs).toBeGreaterThan(nowEpochMs);
				expect(judgeGates({ gates, nowEpochMs: opensAtEpochMs }).kind).toBe("open");
				expect(judgeGates({ gates, nowEpochMs: opensAtEpochMs - 60_000 }).kind).toBe("closed");
				if (window.timeZone === "UTC")
					for (let minutes = 1; nowEpochMs + minutes * 60_000 < opensAtEpochMs; minutes += 61)
						expect(judgeGates({ gates, nowEpochMs: nowEpochMs + minutes * 60_000 }).kind).toBe("closed");
			}),
			{ numRuns: 300 },
		);
	});
});
