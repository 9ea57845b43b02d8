const minuteMs = 60_000;
const dayMinutes = 1_440;

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof weekdays)[number];

/**
 * What a clock on the wall shows, as minutes since the beginning of 1970 in its own time zone. It is not an instant: when
 * clocks are put back an hour comes twice, when they are put forward one never comes.
 */
export type WallMinutes = number;

// Making one costs more than asking it a thousand times, and what it answers depends on its zone alone.
const formats = new Map<string, Intl.DateTimeFormat>();

const formatOf = (timeZone: string): Intl.DateTimeFormat => {
	const known = formats.get(timeZone);
	if (known !== undefined) return known;
	const made = new Intl.DateTimeFormat("en-GB", {
		timeZone,
		calendar: "gregory",
		hourCycle: "h23",
		year: "numeric",
		month: "2-digit",
		day: "2-digit",
		hour: "2-digit",
		minute: "2-digit",
	});
	formats.set(timeZone, made);
	return made;
};

/** Whether a name is a time zone of the IANA database, as in `Europe/Berlin` or `UTC`; offsets as in `+01:00` are not. */
export const isTimeZone = (name: string): boolean => {
	if (!/^[A-Za-z]/.test(name)) return false;
	try {
		return formatOf(name).resolvedOptions().timeZone !== "";
	} catch {
		return false;
	}
};

/** Days from 1970-01-01 to a date of the Gregorian calendar. @see https://howardhinnant.github.io/date_algorithms.html */
const daysOf = (year: number, month: number, day: number): number => {
	const shifted = month <= 2 ? year - 1 : year;
	const era = Math.floor(shifted / 400);
	const yearOfEra = shifted - era * 400;
	const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
	const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
	return era * 146_097 + dayOfEra - 719_468;
};

/** What the wall shows at an instant; begun minutes do not count. */
export const wallAt = (epochMs: number, timeZone: string): WallMinutes => {
	const parts = new Map(
		formatOf(timeZone)
			.formatToParts(epochMs)
			.map(({ type, value }) => [type, Number(value)]),
	);
	const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
	return daysOf(of("year"), of("month"), of("day")) * dayMinutes + of("hour") * 60 + of("minute");
};

/** The wall time that a text such as `2026-12-20T00:00` names; null where there is no such day or time. */
export const parseWall = (text: string): WallMinutes | null => {
	const [, year, month, day, hour, minute] =
		/^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/.exec(text)?.map((part) => Number(part)) ?? [];
	if (year === undefined || month === undefined || day === undefined || hour === undefined || minute === undefined)
		return null;
	const days = daysOf(year, month, day);
	const isDay = month >= 1 && month <= 12 && day >= 1 && days < daysOf(year, month, 1) + lengthOf(year, month);
	return isDay && hour < 24 && minute < 60 ? days * dayMinutes + hour * 60 + minute : null;
};

const lengthOf = (year: number, month: number): number =>
	month === 12 ? 31 : daysOf(year, month + 1, 1) - daysOf(year, month, 1);

/** Minutes since midnight, 0 to 1439. */
export const minuteOfDay = (wall: WallMinutes): number => ((wall % dayMinutes) + dayMinutes) % dayMinutes;

/** The day of the week, from 0 for Monday to 6; 1970 began on a Thursday. */
export const weekdayIndexOf = (wall: WallMinutes): number => (((Math.floor(wall / dayMinutes) + 3) % 7) + 7) % 7;

/**
 * The instant at which the wall shows a time. Of an hour that comes twice, `first` or `last` says which one; a time that
 * never comes is the instant at which clocks are put forward past it.
 */
export const instantOf = (wall: WallMinutes, timeZone: string, which: "first" | "last"): number => {
	const offsetAt = (minutes: number): number => wallAt(minutes * minuteMs, timeZone) - minutes;
	// A day away on either side are the offsets before and after any change that could matter.
	const candidates = [wall - offsetAt(wall - dayMinutes), wall - offsetAt(wall + dayMinutes)];
	const shown = candidates.filter((minutes) => wallAt(minutes * minuteMs, timeZone) === wall);
	if (shown.length > 0) return (which === "first" ? Math.min(...shown) : Math.max(...shown)) * minuteMs;
	let before = Math.min(...candidates);
	let after = Math.max(...candidates);
	while (after - before > 1) {
		const middle = Math.floor((before + after) / 2);
		if (wallAt(middle * minuteMs, timeZone) < wall) before = middle;
		else after = middle;
	}
	return after * minuteMs;
};
