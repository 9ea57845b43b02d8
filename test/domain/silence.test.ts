import { describe, expect, it } from "vitest";
import { firstSilentBucket } from "../../lib/domain/silence.ts";
import { bucket, counts } from "./builders.ts";

const none = counts({ requests: 0 });

describe("firstSilentBucket", () => {
	it("given the canary's requests stop while stable's go on, answers the first bucket without any", () => {
		const seen = [bucket(0), bucket(10), bucket(20, { canary: none }), bucket(30, { canary: none })];

		expect(firstSilentBucket(seen)).toBe(20);
	});

	it("given a single request of the stable slot, takes it for proof enough", () => {
		expect(firstSilentBucket([bucket(0, { canary: none, stable: counts({ requests: 1 }) })])).toBe(0);
	});

	it("given a source that says nothing of a slot without requests, takes stable's data for proof that it lives", () => {
		expect(firstSilentBucket([bucket(0, { canary: null })])).toBe(0);
	});

	it.each([
		["the canary still gets requests", [bucket(0), bucket(10, { canary: counts({ requests: 1 }) })]],
		["nothing comes of either slot", [bucket(0, { canary: null, stable: null })]],
		["stable has no requests that could prove anything", [bucket(0, { canary: none, stable: none })]],
		["nothing was read", []],
	])("given that %s, has seen no silence", (_, seen) => {
		expect(firstSilentBucket(seen)).toBeNull();
	});
});
