/** Columns to write for: those of the terminal between 80 and 120, 100 where there is none. */
export const screenWidth = (): number => Math.min(120, Math.max(80, process.stdout.columns ?? 100));
