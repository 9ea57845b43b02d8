import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromAttribute, fromItem, InvalidItemError, toAttribute, toItem } from "../../lib/adapters/dynamo-item.ts";

const numbers = fc.oneof(
	fc.integer(),
	fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-130, max: 9.99e125 }),
	fc.double({ noNaN: true, noDefaultInfinity: true, min: -9.99e125, max: -1e-130 }),
);
const { tree } = fc.letrec((tie) => ({
	tree: fc.oneof(
		{ maxDepth: 4 },
		fc.string({ unit: "binary" }),
		fc.boolean(),
		numbers,
		fc.array(tie("tree"), { maxLength: 4 }),
		fc.dictionary(fc.string(), tie("tree"), { maxKeys: 4, noNullPrototype: true }),
	),
}));

describe("toAttribute", () => {
	it("given any value that a state is made of, is undone by fromAttribute, over the wire as well", () => {
		fc.assert(
			fc.property(tree, (value) => {
				const sent: ReturnType<typeof toAttribute> = JSON.parse(JSON.stringify(toAttribute(value)));

				expect(fromAttribute(sent)).toStrictEqual(value);
			}),
		);
	});

	it("given each kind of value, uses DynamoDB's letter for it", () => {
		const item = toItem({ text: "", number: -0.5, flag: false, list: [1, "a"], map: {} });

		expect(item).toEqual({
			text: { S: "" },
			number: { N: "-0.5" },
			flag: { BOOL: false },
			list: { L: [{ N: "1" }, { S: "a" }] },
			map: { M: {} },
		});
	});

	it("given a key without a value, leaves it out, at any depth", () => {
		expect(fromItem(toItem({ a: undefined, b: { c: undefined } }))).toStrictEqual({ b: {} });
	});

	it.each([[null], [undefined], [Number.NaN], [Number.POSITIVE_INFINITY], [1e126], [-1e-131], [1n], [() => 1]])(
		"given %s, refuses it by name",
		(value) => {
			expect(() => toAttribute([value])).toThrow(InvalidItemError);
		},
	);
});

describe("fromAttribute", () => {
	it.each([[{ NULL: true }], [{ SS: ["a"] }], [{ B: new Uint8Array() }]] as const)(
		"given %j, which Sluice never writes, refuses it by name",
		(attribute) => {
			expect(() => fromItem({ a: { L: [attribute as Parameters<typeof fromAttribute>[0]] } })).toThrow(
				InvalidItemError,
			);
		},
	);
});
