const format = new Intl.DateTimeFormat("en-GB", {
	timeZone: "UTC",
	day: "numeric",
	month: "short",
	hour: "2-digit",
	minute: "2-digit",
	second: "2-digit",
	hourCycle: "h23",
});

/** An instant as people read it: `5 Jan 09:12:33 UTC`. The year is left out: what is said here lies within weeks. */
export const instantText = (epochMs: number): string => `${format.format(epochMs).replace(",", "")} UTC`;
