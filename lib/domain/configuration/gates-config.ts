import * as z from "zod/mini";
import { isTimeZone, parseWall, weekdays } from "../wall-clock.ts";
import { list, oneOf, section, text } from "./bounded-field.ts";
import { betweenKeys } from "./broken-rule.ts";

const zoneAllowed = "a time zone of the IANA database, as in Europe/Berlin";
const timeZone = text(zoneAllowed, /^[A-Za-z][A-Za-z0-9_+/-]*$/, 64)
	.check(z.refine(isTimeZone, zoneAllowed))
	.check(z.describe("Time zone of both times, by its IANA name."));

const time = (allowed: string, pattern: RegExp) => text(allowed, pattern, 5);
const from = time('a time of day from "00:00" to "23:59"', /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/);
const to = time('a time of day from "00:00" to "24:00"', /^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/);

const window = section({
	days: list(oneOf(...weekdays), "days", 1, 7).check(z.describe("Days on which it begins.")),
	from: from.check(z.describe("When it begins, on the clock on the wall.")),
	to: to.check(z.describe("When it ends; on the day after where that is not later than `from`.")),
	timeZone,
}).check(
	betweenKeys((value) =>
		value.from === value.to ? [{ path: ["to"], allowed: `another time than ${value.from}` }] : [],
	),
);

const dateTimeAllowed = 'a date and time, as in "2026-12-20T00:00"';
const dateTime = text(dateTimeAllowed, /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$/, 16).check(
	z.refine((value) => parseWall(value) !== null, dateTimeAllowed),
);

const freeze = section({
	from: dateTime.check(z.describe("When it begins.")),
	to: dateTime.check(z.describe("When it ends.")),
	timeZone,
	reason: text("a sentence of 1 to 200 characters", /^[^\p{Cc}\p{Cs}]+$/u, 200).check(
		z.describe("Said to whoever waits."),
	),
}).check(
	// Both are of one zone and one length, so that text compares as time does.
	betweenKeys((value) => (value.from < value.to ? [] : [{ path: ["to"], allowed: `later than ${value.from}` }])),
);

/** What must hold before a release may begin; it never holds back a rollback, nor the end of a window. */
export const gatesConfigSchema = z
	.prefault(
		section({
			windows: z
				.optional(list(window, "windows", 0, 20))
				.check(z.describe("Releases begin only in one of these. Empty or absent: at any time.")),
			freezes: z
				._default(list(freeze, "freezes", 0, 50), [])
				.check(z.describe("Spans of time in which nothing begins.")),
		}),
		{},
	)
	.check(z.describe("What must hold before a release may begin. It never holds back a rollback."));

/** Gates as a file says them, of an environment or of one service. */
export type GatesConfig = Readonly<z.output<typeof gatesConfigSchema>>;
