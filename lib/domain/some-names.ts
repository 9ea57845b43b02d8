const mostNames = 5;

/**
 * The first five of a list of names, and how many more there are. Sentences travel in events of at most 2,000
 * characters, while a service may have 100 alarms and 50 approvers with names of 255 characters each.
 */
export const someNames = (names: readonly string[], most = mostNames): string =>
	names.slice(0, most).join(", ") + (names.length > most ? ` and ${names.length - most} more` : "");

/** The same, where there may be none. */
export const namesOrNone = (names: readonly string[]): string => (names.length === 0 ? "none" : someNames(names));
