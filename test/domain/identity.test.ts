import { describe, expect, it } from "vitest";
import { isAmong, isSamePerson } from "../../lib/domain/identity.ts";

describe("isAmong", () => {
	it.each([
		["a user by the id that AWS gave it", "AIDAEXAMPLE", true],
		["a session by its name", "AROAEXAMPLE:ana@shop.example", true],
		["a session by the whole of it", "AROAOTHER:ben", true],
		["that session's name under another role", "AROAEXAMPLE:ben", false],
		["somebody else's session", "AROAEXAMPLE:eve", false],
		["a name that only ends like one of them", "AROAEXAMPLE:susana@shop.example", false],
		["a role whose id is the name of somebody", "ana@shop.example:eve", false],
	])("given %s, %s is among those named: %s", (_, identity, expected) => {
		expect(isAmong(["AIDAEXAMPLE", "ana@shop.example", "AROAOTHER:ben"], identity)).toBe(expected);
	});
});

describe("isSamePerson", () => {
	it.each([
		["AIDAEXAMPLE", "AIDAEXAMPLE", true],
		["AIDAEXAMPLE", "AIDAOTHER", false],
		["AROAPUSHES:ana", "AROAAPPROVES:ana", true],
		["AROAPUSHES:ana", "AROAPUSHES:ben", false],
		["ana", "AROAAPPROVES:ana", true],
	])("given %s and %s, answers %s, whichever comes first", (one, other, expected) => {
		expect(isSamePerson(one, other)).toBe(expected);
		expect(isSamePerson(other, one)).toBe(expected);
	});
});
