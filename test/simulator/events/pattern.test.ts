import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileEventPattern, InvalidEventPatternError } from "../../../simulator/events/pattern.ts";
import alarmEvent from "../../fixtures/events/aws.cloudwatch.alarm.json" with { type: "json" };
import okEvent from "../../fixtures/events/aws.cloudwatch.ok.json" with { type: "json" };
import pushEvent from "../../fixtures/events/aws.ecr.image-push.json" with { type: "json" };
import scheduledEvent from "../../fixtures/events/aws.events.scheduled.json" with { type: "json" };
import statusEvent from "../../fixtures/events/aws.states.execution-status-change.json" with { type: "json" };

const matches = (pattern: unknown, event: unknown): boolean => compileEventPattern(pattern)(event);

describe("compileEventPattern", () => {
	it.each([
		["an image push", { source: ["aws.ecr"], detail: { "action-type": ["PUSH"], result: ["SUCCESS"] } }, pushEvent],
		[
			"an alarm",
			{ "detail-type": ["CloudWatch Alarm State Change"], detail: { state: { value: ["ALARM"] } } },
			alarmEvent,
		],
		["an alarm that ends", { detail: { state: { value: ["OK"] }, previousState: { value: ["ALARM"] } } }, okEvent],
		["an execution", { detail: { status: ["FAILED", "TIMED_OUT", "ABORTED"], output: [null] } }, statusEvent],
		["a schedule", { source: ["aws.events"], resources: [{ suffix: "rule/reconcile-services" }] }, scheduledEvent],
	])("given AWS's event of %s, matches the rule for it and no other event", (_name, pattern, event) => {
		const all: readonly unknown[] = [pushEvent, alarmEvent, okEvent, statusEvent, scheduledEvent];

		const matched = all.filter(compileEventPattern(pattern));

		expect(matched).toEqual([event]);
	});

	it.each<[string, unknown, unknown, boolean]>([
		["a string equals itself", { a: ["x"] }, { a: "x" }, true],
		["a string is not a number", { a: ["5"] }, { a: 5 }, false],
		["a number equals itself however it is written", { a: [3.018e2] }, { a: 301.8 }, true],
		["a boolean equals itself", { a: [true] }, { a: true }, true],
		["null equals null", { a: [null] }, { a: null }, true],
		["null is not absence", { a: [null] }, {}, false],
		["null is not the empty string", { a: [null] }, { a: "" }, false],
		["one of several values is enough", { a: ["x", "y"] }, { a: "y" }, true],
		["every field must match", { a: ["x"], b: ["y"] }, { a: "x", b: "z" }, false],
		["any element of an array is enough", { a: ["x"] }, { a: ["w", "x"] }, true],
		["elements of arrays within arrays count", { a: ["x"] }, { a: [["w"], ["x"]] }, true],
		["no element of an empty array matches", { a: ["x"] }, { a: [] }, false],
		["an object is no value", { a: [{ exists: true }] }, { a: { b: 1 } }, false],
		["a nested field is found", { a: { b: ["x"] } }, { a: { b: "x" } }, true],
		["a nested field of a missing parent is not", { a: { b: ["x"] } }, {}, false],
		["objects in an array are seen through", { a: { b: ["x"] } }, { a: [{ b: "w" }, { b: "x" }] }, true],
		["but two fields must be of one element", { a: { b: ["x"], c: [1] } }, { a: [{ b: "x" }, { c: 1 }] }, false],
		["prefix", { a: [{ prefix: "2017-10-02" }] }, { a: "2017-10-02T18:43:48Z" }, true],
		["prefix of another string", { a: [{ prefix: "2017-10-02" }] }, { a: "2017-10-03" }, false],
		["prefix is for strings only", { a: [{ prefix: "1" }] }, { a: 12 }, false],
		["suffix", { a: [{ suffix: ".png" }] }, { a: "dog.png" }, true],
		["suffix of another string", { a: [{ suffix: ".png" }] }, { a: "dog.png.txt" }, false],
		["anything but a string", { a: [{ "anything-but": "initializing" }] }, { a: "running" }, true],
		["anything but that string", { a: [{ "anything-but": "initializing" }] }, { a: "initializing" }, false],
		["anything but a number", { a: [{ "anything-but": 123 }] }, { a: 124 }, true],
		["anything but a list", { a: [{ "anything-but": [100, 200] }] }, { a: 200 }, false],
		["anything but needs the field", { a: [{ "anything-but": "x" }] }, {}, false],
		["anything but any element of an array", { a: [{ "anything-but": ["x"] }] }, { a: ["x", "y"] }, true],
		["exists", { a: [{ exists: true }] }, { a: null }, true],
		["exists where it does not", { a: [{ exists: true }] }, {}, false],
		["does not exist", { a: [{ exists: false }] }, { b: 1 }, true],
		["does not exist where it does", { a: [{ exists: false }] }, { a: null }, false],
		["an object is no leaf, so it does not exist", { a: [{ exists: false }] }, { a: { b: 1 } }, true],
		["does not exist under a missing parent", { a: { b: [{ exists: false }] } }, {}, true],
		["does not exist in any element", { a: { b: [{ exists: false }] } }, { a: [{ b: 1 }, { c: 1 }] }, false],
		["a value or absence, with the value", { a: ["x", { exists: false }] }, { a: "x" }, true],
		["a value or absence, with nothing", { a: ["x", { exists: false }] }, {}, true],
		["a value or absence, with another value", { a: ["x", { exists: false }] }, { a: "y" }, false],
		["what objects inherit is not a field", { constructor: [{ exists: true }] }, {}, false],
	])("%s", (_name, pattern, event, expected) => {
		expect(matches(pattern, event)).toBe(expected);
	});

	it.each<[string, unknown, string]>([
		["numeric", { detail: { n: [{ numeric: [">", 0] }] } }, '"detail.n": matcher "numeric"'],
		["cidr", { ip: [{ cidr: "10.0.0.0/24" }] }, 'matcher "cidr"'],
		["wildcard", { a: [{ wildcard: "x*" }] }, 'matcher "wildcard"'],
		["equals-ignore-case", { a: [{ "equals-ignore-case": "X" }] }, 'matcher "equals-ignore-case"'],
		["$or", { detail: { $or: [{ a: ["x"] }, { b: ["y"] }] } }, '"detail.$or": matcher "$or"'],
		["anything-but with a matcher", { a: [{ "anything-but": { prefix: "x" } }] }, 'matcher "anything-but"'],
		["anything-but of a mixed list", { a: [{ "anything-but": ["x", 1] }] }, 'matcher "anything-but"'],
		["anything-but of nothing", { a: [{ "anything-but": [] }] }, 'matcher "anything-but"'],
		["prefix with a matcher", { a: [{ prefix: { "equals-ignore-case": "x" } }] }, 'matcher "prefix"'],
		["exists of a string", { a: [{ exists: "yes" }] }, 'matcher "exists"'],
		["two matchers in one", { a: [{ prefix: "x", suffix: "y" }] }, "exactly one key"],
		["a bare value", { source: "aws.ecr" }, '"source": "aws.ecr" is neither'],
		["an empty array", { source: [] }, "an empty array"],
		["an empty object", {}, "its top: an empty object"],
		["an array in an array", { a: [["x"]] }, "an array inside an array"],
	])("given %s, refuses it by name when it is loaded", (_name, pattern, message) => {
		expect(() => compileEventPattern(pattern)).toThrow(InvalidEventPatternError);
		expect(() => compileEventPattern(pattern)).toThrow(message);
	});

	it("given any flat event, its own values are a pattern that matches it, and a wider event as well", () => {
		const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
		const key = fc.stringMatching(/^[a-z]{1,4}$/);
		const fields = fc.dictionary(key, scalar, { minKeys: 1, maxKeys: 5 });

		fc.assert(
			fc.property(fields, fields, (event, others) => {
				const pattern = Object.fromEntries(Object.entries(event).map(([name, value]) => [name, [value]]));

				expect(matches(pattern, event)).toBe(true);
				expect(matches({ detail: pattern }, { detail: { ...others, ...event } })).toBe(true);
			}),
		);
	});

	it("given any event, a field either exists or does not, and is either a value or anything but it", () => {
		const value = fc.oneof(fc.constant(undefined), fc.constantFrom("x", "y"), fc.constantFrom(1, 2));

		fc.assert(
			fc.property(value, (a) => {
				const event = a === undefined ? {} : { a };

				expect(matches({ a: [{ exists: true }] }, event)).toBe(!matches({ a: [{ exists: false }] }, event));
				expect(matches({ a: ["x"] }, event) || matches({ a: [{ "anything-but": "x" }] }, event)).toBe(a !== undefined);
			}),
		);
	});
});
