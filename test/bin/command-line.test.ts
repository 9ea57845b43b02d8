import { describe, expect, it } from "vitest";
import { readLine } from "../../bin/command-line.ts";
import { commands } from "../../bin/command-table.ts";
import { UsageError } from "../../bin/usage-error.ts";
import { commandVerbs } from "../../lib/domain/command.ts";

const read = (text: string) => readLine(text.split(" "), commands);

describe("the command line", () => {
	it("given a command with its words and flags, parses them", () => {
		const parsed = read("status checkout --in good-image --at 60 --json");

		expect(parsed?.command).toBe(commands.status);
		expect(parsed?.line.words).toEqual(["checkout"]);
		expect(parsed?.line.flags).toMatchObject({ in: "good-image", at: "60", json: true, dora: false });
		expect(parsed?.line.flags.environment).toBeUndefined();
	});

	it.each(commandVerbs)("given the verb %s, knows it", (verb) => {
		expect(read(`${verb} checkout`)?.command).toBe(commands[verb]);
	});

	it.each(["--help", "help", "status --help"])("given %s, is asked for help", (text) => {
		expect(read(text)).toBeNull();
	});

	it.each([
		["deploy checkout", 'Command "deploy" is not known'],
		["toString", 'Command "toString" is not known'],
		["", 'Command "" is not known'],
		["history", "history needs SERVICE"],
		["approve", "approve needs SERVICE"],
		["status checkout payments", '"payments" is one word too many; allowed is status [SERVICE].'],
		["rehearse good-image", '"good-image" is one word too many; allowed is rehearse.'],
		["status checkout --dora", "Flag --dora means nothing to status"],
		["validate --json", "Flag --json means nothing to validate; allowed are none"],
		["status --nonsense", "nonsense"],
	])("given %s, says what is wrong and what is allowed", (text, message) => {
		expect(() => read(text)).toThrow(UsageError);
		expect(() => read(text)).toThrow(message);
	});
});
