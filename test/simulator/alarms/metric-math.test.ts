import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileExpression, InvalidExpressionError } from "../../../simulator/alarms/metric-math.ts";

const gap = Number.NaN;
const ids = ["m1", "m2", "m3"];

/** The points of an expression over three series of equal length; NaN is a gap. */
const points = (expression: string, ...series: readonly (readonly number[])[]): readonly number[] => {
	const formula = compileExpression(expression, ids);
	const length = series[0]?.length ?? 0;
	return Array.from({ length }, (_, at) => formula(Float64Array.from(ids, (_id, index) => series[index]?.[at] ?? gap)));
};

const point = (expression: string, values: readonly number[]): number | undefined =>
	points(expression, ...values.map((value) => [value]))[0];

describe("compileExpression", () => {
	it.each<[string, number]>([
		["m1", 6],
		["m1 + m2 * m3", 14],
		["(m1 + m2) * m3", 32],
		["m1 - m2 - m3", 0],
		["m1 / m2 / m3", 0.75],
		["-m1 + 10", 4],
		["2 - -m1", 8],
		["100 * m1 / (m1 + m2)", 75],
		["1.5e1 + m1", 21],
		["m1 > 5", 1],
		["m1 < m2", 0],
		["m1 + m2 >= 2 * m3", 1],
		["m1 == 6", 1],
		["m1 != 6", 0],
		["m1 <= 6", 1],
		["(m1 > 5) + (m2 > 5)", 1],
		["IF(m1 > 5, m2, m3)", 2],
		["IF(m1 < 5, m2, m3)", 4],
		["IF(m1 >= 100, 100 * m2 / m1, 0)", 0],
		["IF(m1 - 6, 1, -1)", -1],
		["FILL(m1, 0) + FILL(m2, -3)", 8],
	])("given m1=6, m2=2, m3=4, computes %s as %d", (expression, expected) => {
		expect(point(expression, [6, 2, 4])).toBe(expected);
	});

	it("given a division by zero, the point is missing", () => {
		expect(point("m1 / m2", [6, 0])).toBeNaN();
		expect(point("m1 / m2", [0, 0])).toBeNaN();
		expect(point("m1 / m2", [6, gap])).toBeNaN();
	});

	it("given FILL, a gap takes the filler and a value stays", () => {
		expect(points("FILL(m1, -2)", [5, gap])).toEqual([5, -2]);
	});

	it.each(["m1 + m2", "m1 - m2", "m1 * m2", "m1 / m2", "m1 > m2", "m1 != m2", "IF(m1, m2, 0)"])(
		"given a gap on both sides of %s, the point is missing",
		(expression) => {
			expect(point(expression, [gap, gap])).toBeNaN();
		},
	);

	it.each(["m1 + 2", "2 * m1", "m1 > 5"])(
		"given a gap beside a plain number in %s, the point is missing",
		(expression) => {
			expect(point(expression, [gap])).toBeNaN();
		},
	);

	it("given a gap in the branch of an IF that is not taken, the point is there", () => {
		expect(point("IF(m1 > 0, 7, m2)", [3, gap])).toBe(7);
	});

	/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
	describe("where a gap beside a value counts as zero, as AWS's tables have it", () => {
		it.each<[string, readonly number[][], readonly number[]]>([
			[
				"m1 < m2",
				[
					[30, 20, 0, 0],
					[20, gap, 20, gap],
				],
				[0, 0, 1, 0],
			],
			["m1 >= 30", [[30, 20, 0, 0]], [1, 0, 0, 0]],
			[
				"IF(m1, m2, m3)",
				[
					[1, 1, 0, 0, gap],
					[30, gap, 0, 0, 30],
					[0, 0, 20, gap, 20],
				],
				[30, 0, 20, gap, gap],
			],
			["IF(m1, 5, m3)", [[1, 1, 0, 0, gap], [], [0, 0, 20, gap, 20]], [5, 5, 20, gap, gap]],
			[
				"IF(m1, m2, 5)",
				[
					[1, 1, 0, 0, gap],
					[30, gap, 0, 0, 30],
				],
				[30, 0, 5, 5, gap],
			],
			[
				"m1 + m2",
				[
					[1, gap, 2, gap],
					[gap, 3, 4, gap],
				],
				[1, 3, 6, gap],
			],
			[
				"m1 / m2",
				[
					[gap, 4],
					[5, gap],
				],
				[0, gap],
			],
			["m1 * 100", [[gap, 2]], [gap, 200]],
		])("computes %s", (expression, series, expected) => {
			expect(points(expression, ...series)).toEqual(expected);
		});
	});

	it.each<[string, string]>([
		["SUM(METRICS())", 'function "SUM"'],
		["SEARCH('{AWS}')", 'function "SEARCH"'],
		["ANOMALY_DETECTION_BAND(m1, 2)", 'function "ANOMALY_DETECTION_BAND"'],
		["m1 ^ 2", '"^" is not supported'],
		["m1 > 1 AND m2 > 1", '"AND" is not expected'],
		["m1 > 1 && m2 > 1", '"&" is not supported'],
		["[m1, m2]", '"[" is not supported'],
		["m4 + 1", '"m4" is none of the ids m1, m2, m3'],
		["FILL(m1, REPEAT)", 'FILL with "REPEAT"'],
		["FILL(m1 + m2, 0)", '"," is expected'],
		["FILL(METRICS(), 0)", '"METRICS" is none of the ids'],
		["FILL(5, 0)", "FILL of anything but an id"],
		["IF(m1 > 0, m2)", '"," is expected'],
		["m1 > m2 > m3", '">" is not expected'],
		["m1 +", '"" is not expected'],
		["(m1", '")" is expected'],
		["m1 m2", '"m2" is not expected'],
		["", '"" is not expected'],
		["1 + 2", "a single number, not a time series"],
	])("given %s, refuses it by name", (expression, message) => {
		expect(() => compileExpression(expression, ids)).toThrow(InvalidExpressionError);
		expect(() => compileExpression(expression, ids)).toThrow(message);
	});

	it("given any arithmetic over values that are there, agrees with the language's own arithmetic", () => {
		const leaf = fc.constantFrom("m1", "m2", "m3", "1", "2.5");
		const { tree } = fc.letrec<{ tree: string }>((tie) => ({
			tree: fc.oneof(
				{ depthSize: "small" },
				leaf,
				fc.tuple(tie("tree"), fc.constantFrom("+", "-", "*"), tie("tree")).map(([a, sign, b]) => `(${a} ${sign} ${b})`),
				fc.tuple(tie("tree"), fc.constantFrom("<", ">="), tie("tree")).map(([a, sign, b]) => `(${a} ${sign} ${b})`),
			),
		}));

		fc.assert(
			fc.property(tree, fc.tuple(fc.integer(), fc.integer(), fc.integer()), (expression, values) => {
				const native = new Function("m1", "m2", "m3", `return Number(m1 * 0 + ${expression});`);

				expect(point(`m1 * 0 + ${expression}`, values)).toBe(native(...values));
			}),
		);
	});
});
