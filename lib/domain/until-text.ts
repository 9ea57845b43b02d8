import { durationText } from "./duration-text.ts";
import { instantText } from "./instant-text.ts";

/** How long something still lasts, and until when: `12 min more (until 5 Jan 09:12:33 UTC)`, or that its time is over. */
export const untilText = (atEpochMs: number, nowEpochMs: number): string =>
	atEpochMs > nowEpochMs
		? `${durationText((atEpochMs - nowEpochMs) / 1000)} more (until ${instantText(atEpochMs)})`
		: `a moment more (its time was over ${instantText(atEpochMs)})`;
