import { durationText } from "./duration-text.ts";
import { instantText } from "./instant-text.ts";

/** For how long something has been so, and since when: `for 12 min (since 5 Jan 09:12:33 UTC)`. */
export const sinceText = (atEpochMs: number, nowEpochMs: number): string =>
	`for ${durationText((nowEpochMs - atEpochMs) / 1000)} (since ${instantText(atEpochMs)})`;
