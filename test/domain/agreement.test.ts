import { describe, expect, it } from "vitest";
import { agreementText, approvalsNeededOf, completingAnswer } from "../../lib/domain/agreement.ts";

const by = (...people: readonly string[]) =>
	people.map((name) => ({ verb: "approve", by: name, atEpochMs: 1 }) as const);

describe("completingAnswer", () => {
	it.each([
		["nobody", [], undefined, undefined, null, 2],
		["nobody, the pusher being known", [], "ci", undefined, null, 1],
		["one person, nobody knows who pushed", ["ana"], undefined, undefined, null, 2],
		["one person, and that is accepted", ["ana"], undefined, "accept", "ana", 1],
		["one person who has not pushed", ["ana"], "AROACI:build", undefined, "ana", 1],
		["the pusher", ["ana"], "AROACI:ana", undefined, null, 2],
		["the pusher, and that nobody knows would be accepted", ["ana"], "ana", "accept", null, 2],
		["two people, nobody knows who pushed", ["ana", "ben"], undefined, undefined, "ben", 2],
		["the pusher and somebody else", ["ana", "ben"], "ana", undefined, "ben", 2],
		["somebody else and the pusher", ["ana", "ben"], "ben", undefined, "ana", 2],
	] as const)("given %s, knows whether that is enough", (_, people, askedBy, onUnknownPusher, completes, needed) => {
		const asked = { answers: by(...people), ...(onUnknownPusher !== undefined && { onUnknownPusher }) };

		expect(completingAnswer(asked, askedBy)?.by ?? null).toBe(completes);
		expect(approvalsNeededOf(asked, askedBy)).toBe(needed);
	});

	it.each([
		[["ana"], null],
		[["ana", "ben"], "ben"],
	] as const)("given two approvals that are asked for, counts %s", (people, completes) => {
		const asked = { answers: by(...people), approvalsNeeded: 2 };

		for (const askedBy of [undefined, "ana", "ci"])
			expect(completingAnswer(asked, askedBy)?.by ?? null).toBe(completes);
		expect(approvalsNeededOf(asked, undefined)).toBe(2);
	});
});

describe("agreementText", () => {
	it.each([
		[[], "ci", ""],
		[["ana"], "ci", "It has the approval of ana and goes on within a minute."],
		[["ana"], "ana", "It has 1 of 2 approvals, by ana, who asked for the release; somebody else has to agree."],
		[
			["ana"],
			undefined,
			"It has 1 of 2 approvals, by ana; one is enough once CloudTrail has told that somebody else pushed the image, minutes after the push.",
		],
	] as const)("given %s and %s as the pusher, says: %s", (people, askedBy, sentence) => {
		expect(agreementText({ answers: by(...people) }, askedBy)).toBe(sentence);
	});
});
