/** A moment as AWS writes it in context objects and `$now()`: `2026-01-01T00:00:00.000Z`. */
export const isoTimeOf = (epochMs: number): string => new Date(epochMs).toISOString();
