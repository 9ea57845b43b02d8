/** What JSON can say; what every payload, variable and result is. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** Bytes of UTF-8 that a payload or a variable may have. */
export const maxPayloadBytes = 262_144;

const plainProperty = { configurable: true, enumerable: true, writable: true };

/**
 * A fresh copy of what survives a trip through JSON, without making text of it:
 * undefined and functions vanish from objects, become null in arrays, and undefined on their own.
 */
export const jsonCopyOf = (value: unknown): JsonValue | undefined => {
	if (value === null || typeof value === "string" || typeof value === "boolean") return value;
	// JSON knows no negative zero.
	if (typeof value === "number") return Number.isFinite(value) ? value + 0 : null;
	if (typeof value !== "object") return undefined;
	if (Array.isArray(value)) return value.map((item) => jsonCopyOf(item) ?? null);
	if ("toJSON" in value && typeof value.toJSON === "function") return jsonCopyOf(value.toJSON());
	const copy: Record<string, JsonValue> = {};
	for (const [key, item] of Object.entries(value)) {
		const itemCopy = jsonCopyOf(item);
		if (itemCopy === undefined) continue;
		// Assigned, this one key would become the prototype.
		if (key === "__proto__") Object.defineProperty(copy, key, { ...plainProperty, value: itemCopy });
		else copy[key] = itemCopy;
	}
	return copy;
};

/** Whether a value is too large to be a payload. UTF-8 takes 1 to 3 bytes per UTF-16 unit, so most answers need no encoding. */
export const exceedsPayloadLimit = (value: JsonValue): boolean => {
	const text = JSON.stringify(value);
	if (text.length > maxPayloadBytes) return true;
	return text.length * 3 > maxPayloadBytes && Buffer.byteLength(text) > maxPayloadBytes;
};

/** Whether a value is an object and not an array. */
export const isJsonObject = (value: unknown): value is JsonObject =>
	typeof value === "object" && value !== null && !Array.isArray(value);
