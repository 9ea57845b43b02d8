import * as z from "zod/mini";
import { list, oneOf, section, text } from "./configuration/bounded-field.ts";
import { isTimeZone, parseWall, weekdays } from "./wall-clock.ts";

const timeZone = text("a time zone of the IANA database", /^[A-Za-z][A-Za-z0-9_+/-]*$/, 64).check(
	z.refine(isTimeZone, "a time zone of the IANA database"),
);
const time = text("a time of day", /^[0-2][0-9]:[0-5][0-9]$/, 5);
const dateTime = text("a date and time", /^[0-9-]{10}T[0-9:]{5}$/, 16).check(
	z.refine((value) => parseWall(value) !== null, "a date and time"),
);
/** Gates as a definition carries them: bounds of the configuration, those of environment and service together. */
export const gatesSchema = section({
	windows: z.readonly(
		list(
			section({ days: z.readonly(list(oneOf(...weekdays), "days", 1, 7)), from: time, to: time, timeZone }),
			"windows",
			0,
			40,
		),
	),
	freezes: z.readonly(
		list(
			section({ from: dateTime, to: dateTime, timeZone, reason: text("a sentence", /^[^\p{Cc}\p{Cs}]+$/u, 200) }),
			"freezes",
			0,
			100,
		),
	),
});
