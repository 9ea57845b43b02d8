import { createHash } from "node:crypto";
import { isoMillisecond } from "../kernel/iso-time.ts";
import { type Random, randomOf } from "../kernel/random.ts";
import type { Timers } from "../kernel/timers.ts";
import { uuidOf } from "../kernel/uuid.ts";
import type { JsonValue } from "./json-value.ts";

/** Functions bound beside the variables of every evaluation, by name without `$`. */
export type StatesFunctions = Readonly<Record<string, (...args: never[]) => JsonValue | undefined>>;

const digests: ReadonlyMap<string, string> = new Map([
	["MD5", "md5"],
	["SHA-1", "sha1"],
	["SHA-256", "sha256"],
	["SHA-384", "sha384"],
	["SHA-512", "sha512"],
]);

/** AWS refuses a longer `$range` for want of memory. */
const longestRange = 360_145;

/** Undefined where AWS answers nothing: an empty array, or chunks of no size. AWS rounds towards zero. */
const partition = (array: readonly JsonValue[] | undefined, size: number | undefined): JsonValue | undefined => {
	const step = Math.trunc(size ?? 0);
	if (array === undefined || array.length === 0 || step <= 0) return undefined;
	const chunks: JsonValue[] = [];
	for (let at = 0; at < array.length; at += step) chunks.push(array.slice(at, at + step));
	return chunks;
};

/** Inclusive of its end. One element collapses to itself; a step away from the end, or none, answers nothing. */
const range = (from?: number, to?: number, by?: number): JsonValue | undefined => {
	if (from === undefined || to === undefined || by === undefined) return undefined;
	const [start, end, step] = [Math.trunc(from), Math.trunc(to), Math.trunc(by)];
	const count = step === 0 ? 0 : Math.floor((end - start) / step) + 1;
	if (count <= 0) return undefined;
	if (count > longestRange) throw new RangeError("Expression evaluation memory limit exceeded");
	return count === 1 ? start : Array.from({ length: count }, (_, index) => start + index * step);
};

const hash = (data: string | undefined, algorithm: string | undefined): JsonValue | undefined => {
	if (typeof data !== "string" || algorithm === undefined) return undefined;
	const digest = digests.get(algorithm);
	if (digest === undefined) {
		throw new RangeError(`Hash algorithm "${algorithm}" is not valid: allowed are ${[...digests.keys()].join(", ")}`);
	}
	return createHash(digest).update(data).digest("hex");
};

/**
 * The functions that AWS adds to JSONata, and those of JSONata that would read this machine's clock or chance,
 * all from the simulator's clock and seed.
 */
export const createStatesFunctions = (timers: Timers, random: Random): StatesFunctions => ({
	now: () => isoMillisecond(timers.nowEpochMs()),
	millis: () => Math.floor(timers.nowEpochMs()),
	random: (seed?: number) => (seed === undefined ? random.unit() : randomOf(seed).unit()),
	uuid: () => uuidOf(random),
	partition,
	range,
	hash,
	parse: (text?: string) => (text === undefined ? undefined : JSON.parse(text)),
});
