import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Lookup, resolve } from "../../../simulator/template/intrinsics.ts";

const lookup: Lookup = {
	ref: (logicalId) => `ref(${logicalId})`,
	attribute: (logicalId, attribute) => `attribute(${logicalId}, ${attribute})`,
};

describe("an intrinsic function", () => {
	it.each<[unknown, unknown]>([
		[{ Ref: "Table" }, "ref(Table)"],
		[{ "Fn::GetAtt": ["Table", "Arn"] }, "attribute(Table, Arn)"],
		[{ "Fn::GetAtt": "Table.Arn" }, "attribute(Table, Arn)"],
		[{ "Fn::GetAtt": "Nested.Outputs.Name" }, "attribute(Nested, Outputs.Name)"],
		[{ "Fn::Join": ["/", ["a", { Ref: "B" }, "c"]] }, "a/ref(B)/c"],
		[{ "Fn::Join": ["", []] }, ""],
		[{ "Fn::Sub": `arn:\${AWS::Region}:\${Table.Arn}/*` }, "arn:ref(AWS::Region):attribute(Table, Arn)/*"],
		[{ "Fn::Sub": [`\${own}-\${Other}`, { own: { Ref: "A" } }] }, "ref(A)-ref(Other)"],
		[{ "Fn::Sub": `\${!Placeholder} of \${Table}` }, `\${Placeholder} of ref(Table)`],
		[{ "Fn::Select": [1, ["a", "b"]] }, "b"],
		[{ "Fn::Select": ["0", { "Fn::Split": ["-", { Ref: "x-y" }] }] }, "ref(x"],
		[{ "Fn::Split": [",", "a,b"] }, ["a", "b"]],
		[{ deep: [{ Ref: "A" }, { more: { Ref: "B" } }] }, { deep: ["ref(A)", { more: "ref(B)" }] }],
	])("given %j, gives %j", (value, expected) => {
		expect(resolve(value, lookup)).toEqual(expected);
	});

	it("given an object in which Ref is one key of several, leaves it: that is no function", () => {
		const value = { Ref: "A", other: 1 };

		expect(resolve(value, lookup)).toEqual(value);
	});

	it.each(["Fn::ImportValue", "Fn::If", "Fn::FindInMap", "Fn::Cidr", "Fn::Base64", "Fn::Transform"])(
		"given %s, refuses it by name",
		(name) => {
			expect(() => resolve({ deep: [{ [name]: "x" }] }, lookup)).toThrow(
				`Intrinsic function ${name} is not simulated; allowed are Ref, Fn::GetAtt`,
			);
		},
	);

	it.each<[unknown, string]>([
		[{ "Fn::Select": [2, ["a", "b"]] }, "Fn::Select: there is no element 2"],
		[{ "Fn::Join": ["", ["a", 1]] }, "Fn::Join is 1; allowed is a string"],
		[{ "Fn::Sub": [`\${own}`, { own: ["a"] }] }, 'Fn::Sub own is ["a"]; allowed is a string'],
		[{ Ref: 1 }, "Ref is 1; allowed is a string"],
	])("given %j, says what is wrong with it", (value, message) => {
		expect(() => resolve(value, lookup)).toThrow(message);
	});

	it("given JSON without functions, gives the same JSON", () => {
		const plain = fc.jsonValue().filter((value) => !/"(Ref|Fn::[^"]*)":/.test(JSON.stringify(value)));
		fc.assert(
			fc.property(plain, (value) => {
				expect(JSON.stringify(resolve(value, lookup))).toBe(JSON.stringify(value));
			}),
			{ seed: 1 },
		);
	});
});
