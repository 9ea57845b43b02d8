import { describe, expect, it } from "vitest";
import { machineOf, outputOf, play, setStage } from "./stage.ts";

describe("functions that AWS adds to JSONata", () => {
	it.each<[string, unknown]>([
		["$partition([1, 2, 3], 2)", [[1, 2], [3]]],
		["$partition([1, 2, 3], 2.9)", [[1, 2], [3]]],
		["$range(1, 10, 3)", [1, 4, 7, 10]],
		["$range(5, 1, -2)", [5, 3, 1]],
		["$range(-1.7, 2, 1)", [-1, 0, 1, 2]],
		["$range(3, 3, 1)", 3],
		["$hash('abc', 'MD5')", "900150983cd24fb0d6963f7d28e17f72"],
		["$hash('abc', 'SHA-256')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
		["$parse('{\"a\": [1]}').a[0]", 1],
		["$random(7) = $random(7)", true],
		["$now()", "2026-01-01T00:00:00.000Z"],
		["$millis()", Date.parse("2026-01-01T00:00:00.000Z")],
		["$uuid() = $uuid()", false],
	])("given %s, answers %j", async (expression, expected) => {
		expect(await outputOf(`{% ${expression} %}`)).toEqual(expected);
	});

	it.each([
		"$partition([], 2)",
		"$partition([1], 0)",
		"$range(1, 5, -1)",
		"$range(1, 5)",
		"$hash('a')",
		"$parse($states.input.gone)",
	])("given %s, answers nothing", async (expression) => {
		await expect(outputOf(`{% ${expression} %}`)).rejects.toThrow("returned nothing (undefined).");
	});

	it.each([
		["a hash of another algorithm", "$hash('a', 'sha1')", 'Hash algorithm "sha1" is not valid: allowed are MD5'],
		["a range that is too long", "$range(1, 360146, 1)", "memory limit exceeded"],
		["text that is no JSON", "$parse('{')", "threw an error during evaluation"],
	])("given %s, fails", async (_, expression, message) => {
		await expect(outputOf(`{% ${expression} %}`)).rejects.toThrow(message);
	});

	it("given a UUID, it is of version 4", async () => {
		expect(await outputOf("{% $uuid() %}")).toMatch(
			/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
		);
	});

	it("given the same seed, draws the same; given another, something else", async () => {
		const draw = async (seed: number) => {
			const states = { Only: { Type: "Pass", Output: ["{% $uuid() %}", "{% $random() %}"], End: true } };
			return (await setStage({ machines: { main: machineOf(states) }, seed }).play()).output;
		};

		expect(await draw(1)).toEqual(await draw(1));
		expect(await draw(1)).not.toEqual(await draw(2));
	});

	it("given time that passes, $now follows the simulator's clock", async () => {
		const view = await play({
			Rest: { Type: "Wait", Seconds: 90, Next: "Tell" },
			Tell: { Type: "Pass", Output: "{% $now() %}", End: true },
		});

		expect(view.output).toBe("2026-01-01T00:01:30.000Z");
	});
});
