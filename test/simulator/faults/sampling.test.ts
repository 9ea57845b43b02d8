import { describe, expect, it } from "vitest";
import { Occurrences, shortName } from "../../../simulator/faults/sampling.ts";

const timesOf = (times: number): readonly string[] => {
	const occurrences = new Occurrences();
	for (let time = 0; time < times; time++) occurrences.next("a");
	return occurrences.representative();
};

describe("Occurrences", () => {
	it("given something that happens a few times, each time is looked at", () => {
		expect(timesOf(8)).toEqual(["a #1", "a #2", "a #3", "a #4", "a #5", "a #6", "a #7", "a #8"]);
	});

	it("given something that is polled, the first time, one in the middle and the last stand for all", () => {
		expect(timesOf(9)).toEqual(["a #1", "a #5", "a #9"]);
		expect(timesOf(100)).toEqual(["a #1", "a #50", "a #100"]);
	});

	it("given two places, each counts for itself", () => {
		const occurrences = new Occurrences();

		expect([occurrences.next("a"), occurrences.next("b"), occurrences.next("a")]).toEqual(["a #1", "b #1", "a #2"]);
	});
});

describe("shortName", () => {
	it.each([
		["sluice-production-rollout/ShiftTraffic", "rollout/ShiftTraffic"],
		["sluice-production-control-plane-TriggersImagePushed9A013AD9", "ImagePushed"],
		["event", "event"],
	])("given %s, people say %s", (physical, short) => {
		expect(shortName(physical)).toBe(short);
	});
});
