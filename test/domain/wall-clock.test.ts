import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	instantOf,
	isTimeZone,
	minuteOfDay,
	parseWall,
	wallAt,
	weekdayIndexOf,
	weekdays,
} from "../../lib/domain/wall-clock.ts";

const at = (iso: string): number => Date.parse(iso);
const wall = (text: string): number => parseWall(text) ?? Number.NaN;

/** Zones with all that zones do: none, one hour, half an hour, the southern half of the year, a day that never came. */
const zones = [
	"UTC",
	"Europe/Berlin",
	"America/New_York",
	"Australia/Lord_Howe",
	"Asia/Kolkata",
	"America/Sao_Paulo",
	"Pacific/Apia",
	"Africa/Casablanca",
];

describe("the clock on the wall", () => {
	it.each([
		["2026-01-05T12:00:00Z", "Europe/Berlin", "2026-01-05T13:00"],
		["2026-07-05T12:00:59Z", "Europe/Berlin", "2026-07-05T14:00"],
		["2026-03-29T00:59:00Z", "Europe/Berlin", "2026-03-29T01:59"],
		["2026-03-29T01:00:00Z", "Europe/Berlin", "2026-03-29T03:00"],
		["2026-10-25T00:30:00Z", "Europe/Berlin", "2026-10-25T02:30"],
		["2026-10-25T01:30:00Z", "Europe/Berlin", "2026-10-25T02:30"],
		["2026-12-31T23:30:00Z", "Asia/Kolkata", "2027-01-01T05:00"],
		["1969-12-31T23:59:00Z", "UTC", "1969-12-31T23:59"],
	])("given %s in %s, shows %s", (instant, zone, shown) => {
		expect(wallAt(at(instant), zone)).toBe(wall(shown));
	});

	it.each([
		["2026-02-29T00:00"],
		["2026-13-01T00:00"],
		["2026-00-01T00:00"],
		["2026-04-31T00:00"],
		["2026-04-00T00:00"],
		["2026-04-30T24:00"],
		["2026-04-30T23:60"],
		["2026-04-30"],
		["soon"],
	])("given %s, knows no such time", (text) => {
		expect(parseWall(text)).toBeNull();
	});

	it("given a leap day and the last day of a year, knows both", () => {
		expect(wall("2028-03-01T00:00") - wall("2028-02-29T00:00")).toBe(1_440);
		expect(wall("2027-01-01T00:00") - wall("2026-12-31T00:00")).toBe(1_440);
	});

	it.each([
		["Europe/Berlin", true],
		["UTC", true],
		["Europe/Atlantis", false],
		["+01:00", false],
		["", false],
	])("given %s as a time zone, says %s", (name, known) => {
		expect(isTimeZone(name)).toBe(known);
	});

	it("given any day, agrees with the calendar on its name and its minutes", () => {
		fc.assert(
			fc.property(fc.integer({ min: -20_000, max: 40_000 }), fc.integer({ min: 0, max: 1_439 }), (day, minute) => {
				const local = day * 1_440 + minute;
				const date = new Date(day * 86_400_000);

				expect(minuteOfDay(local)).toBe(minute);
				expect(weekdays[(date.getUTCDay() + 6) % 7]).toBe(weekdays[weekdayIndexOf(local)]);
				expect(wallAt(local * 60_000, "UTC")).toBe(local);
			}),
		);
	});
});

describe("the instant of a wall time", () => {
	it.each([
		["an ordinary time", "2026-06-01T09:00", "first", "2026-06-01T07:00:00Z"],
		["an hour that comes twice, first", "2026-10-25T02:30", "first", "2026-10-25T00:30:00Z"],
		["an hour that comes twice, last", "2026-10-25T02:30", "last", "2026-10-25T01:30:00Z"],
		["an hour that never comes, first", "2026-03-29T02:30", "first", "2026-03-29T01:00:00Z"],
		["an hour that never comes, last", "2026-03-29T02:30", "last", "2026-03-29T01:00:00Z"],
	] as const)("given %s, finds it", (_, text, which, instant) => {
		expect(instantOf(wall(text), "Europe/Berlin", which)).toBe(at(instant));
	});

	it("given any zone and time, is the first minute that shows it or later, or the last that comes to it", () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...zones),
				fc.integer({ min: 0, max: 366 * 1_440 }),
				fc.constantFrom("first" as const, "last" as const),
				(zone, minutes, which) => {
					const local = wall("2026-01-01T00:00") + minutes;
					const epochMs = instantOf(local, zone, which);

					expect(wallAt(epochMs, zone)).toBeGreaterThanOrEqual(local);
					expect(wallAt(epochMs - 60_000, zone)).toBeLessThan(local);
					const others = [-120, -90, -60, -30, 30, 60, 90, 120]
						.map((offset) => epochMs + offset * 60_000)
						.filter((other) => wallAt(other, zone) === local);
					for (const other of others) expect(which === "first" ? other > epochMs : other < epochMs).toBe(true);
				},
			),
			{ numRuns: 500 },
		);
	});

	it("given every minute of the nights on which clocks change, agrees with reading the wall minute by minute", () => {
		for (const [zone, from] of [
			["Europe/Berlin", "2026-03-28T20:00:00Z"],
			["Europe/Berlin", "2026-10-24T20:00:00Z"],
			["Australia/Lord_Howe", "2026-04-04T10:00:00Z"],
			["Australia/Lord_Howe", "2026-10-03T10:00:00Z"],
		] as const) {
			const minutes = Array.from({ length: 600 }, (_, index) => at(from) + index * 60_000);
			const first = wallAt(at(from), zone) + 60;
			for (let local = first; local < first + 360; local += 7) {
				const reached = minutes.find((epochMs) => wallAt(epochMs, zone) >= local);
				expect(instantOf(local, zone, "first")).toBe(reached);
			}
		}
	});
});
