/** JSON with the keys of every object in one order, so that equal values are equal text. */
export const canonicalJson = (value: unknown): string => JSON.stringify(value, (_, inner: unknown) => ordered(inner));

const ordered = (value: unknown): unknown =>
	typeof value === "object" && value !== null && !Array.isArray(value)
		? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
		: value;
