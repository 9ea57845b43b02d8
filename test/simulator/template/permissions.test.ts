import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAllowed, type Request, readStatements } from "../../../simulator/template/permissions.ts";

const read = (...statements: object[]) => readStatements({ Version: "2012-10-17", Statement: statements }, "Role");

const request = (overrides: Partial<Request> = {}): Request => ({
	action: "s3:GetObject",
	resource: "arn:aws:s3:::catalog/services/checkout.json",
	conditions: {},
	...overrides,
});

const allow = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };

const denialIf = (Condition: object): object => ({ ...allow, Effect: "Deny", Condition });

describe("permissions", () => {
	it.each<[string, object[], boolean]>([
		["nothing", [], false],
		["a statement that allows it", [allow], true],
		["one that allows something else", [{ ...allow, Action: "s3:PutObject" }], false],
		["one for another resource", [{ ...allow, Resource: "arn:aws:s3:::catalog/definitions/*" }], false],
		["a denial besides", [allow, { ...allow, Effect: "Deny" }], false],
		["a denial of something else", [allow, { ...allow, Effect: "Deny", Action: "s3:PutObject" }], true],
		["a denial whose condition does not hold", [allow, denialIf({ StringEquals: { "aws:x": "y" } })], true],
		[
			"several actions and resources",
			[{ ...allow, Action: ["a:B", "s3:GetObject"], Resource: ["x", "arn:aws:s3:::catalog/*"] }],
			true,
		],
	])("given %s, the answer is plain", (_, statements, expected) => {
		expect(isAllowed(read(...statements), request())).toBe(expected);
	});

	it.each<[string, string, boolean]>([
		["s3:*", "s3:GetObject", true],
		["s3:Get*", "s3:GetObject", true],
		["s3:get*", "s3:GetObject", true],
		["*", "anything:AtAll", true],
		["s3:GetObjec?", "s3:GetObject", true],
		["s3:GetObject?", "s3:GetObject", false],
		["s3:GetObject", "s3:GetObjectVersion", false],
		["s3.GetObject", "s3:GetObject", false],
	])("given the action %s, %s is allowed: %s", (pattern, action, expected) => {
		expect(isAllowed(read({ ...allow, Action: pattern }), request({ action }))).toBe(expected);
	});

	it.each<[string, string, boolean]>([
		["arn:aws:s3:::catalog/*", "arn:aws:s3:::catalog/a/b", true],
		["arn:aws:s3:::catalog/*", "arn:aws:s3:::catalog", false],
		["arn:aws:s3:::catalog/*", "arn:aws:s3:::Catalog/a", false],
		["arn:aws:s3:::cat(a)log", "arn:aws:s3:::catalog", false],
	])("given the resource %s, %s is allowed: %s", (pattern, resource, expected) => {
		expect(isAllowed(read({ ...allow, Resource: pattern }), request({ resource }))).toBe(expected);
	});

	it.each<[string, object, Record<string, string>, boolean]>([
		["the value", { StringEquals: { k: "production" } }, { k: "production" }, true],
		["another value", { StringEquals: { k: "production" } }, { k: "staging" }, false],
		["another case", { StringEquals: { k: "production" } }, { k: "Production" }, false],
		["no value", { StringEquals: { k: "production" } }, {}, false],
		["one of several values", { StringEquals: { k: ["a", "b"] } }, { k: "b" }, true],
		["only one of two keys", { StringEquals: { k: "a", l: "b" } }, { k: "a" }, false],
		["a wildcard that is meant literally", { StringEquals: { k: "a*" } }, { k: "ab" }, false],
		["a wildcard that is none", { StringEquals: { k: "a*" } }, { k: "a*" }, true],
		["a wildcard", { StringLike: { k: "a*" } }, { k: "ab" }, true],
		["a wildcard and another case", { StringLike: { k: "a*" } }, { k: "AB" }, false],
		["an ARN with a wildcard", { ArnEquals: { k: "arn:*:rule/x" } }, { k: "arn:aws:rule/x" }, true],
		["an absent key that is there", { Null: { k: "true" } }, { k: "a" }, false],
		["an absent key that is not there", { Null: { k: "true" } }, {}, true],
		["two operators of which one fails", { StringLike: { k: "a*" }, StringEquals: { l: "x" } }, { k: "ab" }, false],
	])("given a condition and %s, decides as IAM does", (_, Condition, conditions, expected) => {
		expect(isAllowed(read({ ...allow, Condition }), request({ conditions }))).toBe(expected);
	});

	it.each(["StringNotEquals", "StringEqualsIfExists", "ForAllValues:StringEquals", "Bool", "ArnLike", "IpAddress"])(
		"given the operator %s, refuses it by name",
		(operator) => {
			expect(() => read({ ...allow, Condition: { [operator]: { k: "v" } } })).toThrow(
				`Role: condition operator ${operator} is not simulated; allowed are ArnEquals, StringEquals, StringLike.`,
			);
		},
	);

	it.each<[string, object, string]>([
		["NotAction", { Effect: "Allow", NotAction: "s3:*", Resource: "*" }, "NotAction of a statement is not simulated"],
		["NotResource", { ...allow, NotResource: "x" }, "NotResource of a statement is not simulated"],
		["Principal", { ...allow, Principal: "*" }, "Principal of a statement is not simulated"],
		["no action", { Effect: "Allow", Resource: "*" }, "Role is undefined; allowed is a string"],
		["an unknown effect", { ...allow, Effect: "allow" }, 'Effect is "allow"; allowed is Allow or Deny'],
		["no effect", { Action: "s3:*", Resource: "*" }, "Effect is undefined; allowed is Allow or Deny"],
		["a condition that is none", { ...allow, Condition: "always" }, 'Role is "always"; allowed is an object'],
		[
			"a policy variable",
			{ ...allow, Resource: `home/\${aws:username}` },
			`policy variables, as in home/\${aws:username}`,
		],
	])("given %s, refuses it by name", (_, statement, message) => {
		expect(() => read(statement)).toThrow(message);
	});

	it("given any text as resource without wildcards, allows that text and no other", () => {
		const text = fc.string({ unit: "grapheme" }).filter((value) => !/[*?]|\$\{/.test(value));
		fc.assert(
			fc.property(text, text, (granted, asked) => {
				const answer = isAllowed(read({ ...allow, Resource: granted }), request({ resource: asked }));
				expect(answer).toBe(granted === asked);
			}),
			{ seed: 1 },
		);
	});

	it("given any statements, one more denial never allows what was denied", () => {
		const action = fc.constantFrom("s3:GetObject", "s3:*", "s3:PutObject", "*");
		const resource = fc.constantFrom("*", "arn:aws:s3:::catalog/*", "arn:aws:s3:::other/*");
		const statement = fc.record({ Effect: fc.constantFrom("Allow", "Deny"), Action: action, Resource: resource });
		fc.assert(
			fc.property(fc.array(statement), statement, (statements, more) => {
				const before = isAllowed(read(...statements), request());
				const after = isAllowed(read(...statements, { ...more, Effect: "Deny" }), request());
				expect(before || !after).toBe(true);
			}),
			{ seed: 1 },
		);
	});
});
