/** ISO 8601 in UTC with milliseconds, as `2026-01-31T12:00:00.000Z`. */
export const isoMillisecond = (atEpochMs: number): string => new Date(atEpochMs).toISOString();

/** ISO 8601 in UTC with whole seconds, as in the envelope of an event: `2026-01-31T12:00:00Z`. */
export const isoSecond = (atEpochMs: number): string => `${isoMillisecond(atEpochMs).slice(0, 19)}Z`;
