import { describe, expect, it } from "vitest";
import { mayOverlap, sharePercent, soleGroupOf, usersGroupOf, usersGroupTag } from "../../lib/domain/base-rule.ts";
import { blue, definition, facts, green, own, rule } from "./enrolment/facts.ts";

const { route } = definition;
const condition = (field: string, ...values: string[]) => ({ field, values });
const rulesOf = (...conditions: readonly ReturnType<typeof condition>[]) => ({ conditions });

describe("mayOverlap", () => {
	it.each([
		["one host", condition("host-header", "a.example"), condition("host-header", "a.example"), true],
		["one host in capitals", condition("host-header", "A.example"), condition("host-header", "a.EXAMPLE"), true],
		["two hosts", condition("host-header", "a.example"), condition("host-header", "b.example"), false],
		["a host and a beginning of it", condition("host-header", "a.example"), condition("host-header", "a.ex"), false],
		["two paths", condition("path-pattern", "/a"), condition("path-pattern", "/b"), false],
		["two methods", condition("http-request-method", "GET"), condition("http-request-method", "PUT"), false],
		["a path and a pattern that covers it", condition("path-pattern", "/a/x"), condition("path-pattern", "/a/*"), true],
		[
			"a pattern and a path that it covers",
			condition("path-pattern", "/A/?"),
			condition("path-pattern", "/a/xyz"),
			true,
		],
		["patterns one within the other", condition("path-pattern", "/a*"), condition("path-pattern", "/a/b*"), true],
		["patterns that only end alike", condition("path-pattern", "/b/a*"), condition("path-pattern", "a*"), false],
		["patterns that part", condition("path-pattern", "/a/*"), condition("path-pattern", "/b/*"), false],
		["one pattern and a path elsewhere", condition("path-pattern", "/a/*"), condition("path-pattern", "/b"), false],
		["a path and one that it does not cover", condition("path-pattern", "/b"), condition("path-pattern", "/a?"), false],
		["one of several hosts", condition("host-header", "a", "b"), condition("host-header", "c", "b"), true],
		["no host of several", condition("host-header", "a", "b"), condition("host-header", "c", "d"), false],
		["a header, of which there may be several", condition("http-header", "a"), condition("http-header", "b"), true],
		["different fields", condition("host-header", "a"), condition("path-pattern", "/b"), true],
		["a pattern that is said in another way", condition("host-header", "a"), condition("host-header"), true],
		["one that is said in another way", condition("host-header"), condition("host-header", "a"), true],
	])("given rules that name %s, answers so, whichever comes first", (_, one, other, expected) => {
		expect(mayOverlap(rulesOf(one), rulesOf(other))).toBe(expected);
		expect(mayOverlap(rulesOf(other), rulesOf(one))).toBe(expected);
	});

	it("given rules of which one field never meets and another does, they cannot meet", () => {
		const [host, here, there] = [
			condition("host-header", "a"),
			condition("path-pattern", "/here"),
			condition("path-pattern", "/there"),
		];

		expect(mayOverlap(rulesOf(host, here), rulesOf(host, there))).toBe(false);
		expect(mayOverlap(rulesOf(host), rulesOf(there))).toBe(true);
		expect(mayOverlap(rulesOf(), rulesOf(there))).toBe(true);
	});
});

describe("whom a rule serves", () => {
	it.each([
		["one group", { [own]: 1 }, own],
		["one group beside one without weight", { [own]: 3, [blue]: 0 }, own],
		["two groups", { [own]: 1, other: 1 }, null],
		["nobody", { [own]: 0 }, null],
		["a slot", { [green]: 1 }, null],
	])("given a rule that serves %s, knows the sole group of the user's", (_, weights, group) => {
		expect(soleGroupOf(rule(500, weights), route)).toBe(group);
	});

	it.each([
		["a part", { [own]: 1, [blue]: 3 }, own, 25],
		["all", { [own]: 7, [blue]: 0 }, own, 100],
		["what it does not name", { [own]: 7 }, blue, 0],
		["what nobody has", { [own]: 7 }, null, 0],
		["one of no weights", { [own]: 0 }, own, 0],
	])("given %s of a rule's weights, says the share", (_, weights, group, percent) => {
		expect(sharePercent(rule(500, weights), group)).toBe(percent);
	});

	it("given no rule, nobody is served", () => {
		expect(sharePercent(null, own)).toBe(0);
		expect(soleGroupOf(null, route)).toBeNull();
	});

	it("given a base rule that remembers the user's group, believes it before what rules forward to now", () => {
		const users = rule(500, { other: 1 });
		const base = rule(10, { [blue]: 1 }, { tags: { "sluice:users-group": own } });

		expect(usersGroupTag).toBe("sluice:users-group");
		expect(usersGroupOf(facts({ route: { base, users } }).route, route)).toBe(own);
		expect(usersGroupOf(facts({ route: { base: rule(10, { [own]: 1 }), users } }).route, route)).toBe("other");
		expect(usersGroupOf(facts({ route: { base: rule(10, { [own]: 1 }), users: null } }).route, route)).toBe(own);
	});
});
