import { describe, expect, it } from "vitest";
import {
	commandKind,
	commandOf,
	commandVerbs,
	ReleaseCommandEvent,
	RolloutCommandEvent,
	rolloutVerbs,
} from "../../lib/domain/command.ts";

const event = (verb: string, detail: object, source = "people/AROAEXAMPLE:ana@shop.example") => ({
	version: "0",
	id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
	source,
	"detail-type": `command.${verb}.v1`,
	account: "111122223333",
	time: "2026-01-01T00:00:00Z",
	region: "eu-central-1",
	resources: [],
	detail,
});

const about = { service: "checkout", rolloutId: "checkout-7" };

describe("commands on the bus", () => {
	it("given each verb, one of both functions understands it, and its kind carries a version", () => {
		for (const verb of commandVerbs) {
			const detail = verb === "release" ? { service: "checkout", release: { id: "a1" } } : about;
			const understood = [RolloutCommandEvent, ReleaseCommandEvent].map(
				(schema) => schema.safeParse(event(verb, detail)).success,
			);

			expect(commandKind(verb)).toBe(`command.${verb}.v1`);
			expect(understood.toSorted()).toEqual([false, true]);
		}
		expect(rolloutVerbs.every((verb) => commandVerbs.includes(verb))).toBe(true);
	});

	it("given an event, says who asks by its source and what they ask by its kind", () => {
		const parsed = RolloutCommandEvent.parse(event("approve", { ...about, askedAtEpochMs: 5 }));

		expect(commandOf(parsed, 7)).toStrictEqual({
			...about,
			askedAtEpochMs: 5,
			verb: "approve",
			id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
			by: "AROAEXAMPLE:ana@shop.example",
			sentAtEpochMs: 7,
		});
	});

	it.each([
		["a detail that names somebody else", event("approve", { ...about, by: "ben" })],
		["a detail that names another verb", event("approve", { ...about, verb: "abort" })],
		["nobody as its source", event("approve", about, "people/")],
		["a source that is not a person's", event("approve", about, "sluice")],
		["an identity that is longer than AWS makes them", event("approve", about, `people/${"a".repeat(250)}`)],
		["an unknown verb", event("promote-now", about)],
		["no rollout where one must be named", event("promote", { service: "checkout" })],
		["a question where none is answered", event("abort", { ...about, askedAtEpochMs: 5 })],
	])("given %s, is not understood", (_, refused) => {
		expect(RolloutCommandEvent.safeParse(refused).success).toBe(false);
	});
});
