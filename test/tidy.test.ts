import { describe, expect, it } from "vitest";
import { eventName } from "./tidy/event-name.ts";
import { importDirection } from "./tidy/import-direction.ts";
import { errorName, fileName, incompleteFunctions, noBarrel } from "./tidy/naming.ts";
import { onlyEnvironment, purity } from "./tidy/purity.ts";
import { size } from "./tidy/size.ts";
import { findings, type Rule, repositoryFiles, sourceFile } from "./tidy/source-file.ts";
import { postponed, silencedCheck, switchedOffTest } from "./tidy/unfinished.ts";

const files = repositoryFiles();

const rules: readonly (readonly [claim: string, rule: Rule])[] = [
	["imports go one way", importDirection],
	["what is replayed knows no clock, no chance, no environment and makes no clients", purity],
	["composition roots read the environment and nothing else of the process", onlyEnvironment],
	["files are small", size],
	["files are named for their noun", fileName],
	["there are no barrels", noBarrel],
	["errors say their own name", errorName],
	["events are named in the registry only", eventName],
	["nothing is put off", postponed],
	["no test is switched off", switchedOffTest],
	["no check is silenced", silencedCheck],
];

describe("the repository", () => {
	it.each(rules)("given every file, %s", (_, rule) => {
		expect(findings(files, rule)).toEqual([]);
	});

	it("given a folder under functions/, finds its handler, its environment and its composition root", () => {
		expect(incompleteFunctions(files)).toEqual([]);
	});

	it("given its rooms, finds files in each of them", () => {
		const rooms = new Set(
			files.map(({ path }) =>
				path
					.split("/")
					.slice(0, path.startsWith("lib/") ? 2 : 1)
					.join("/"),
			),
		);

		expect([...rooms]).toEqual(
			expect.arrayContaining(["bin", "functions", "lib/domain", "lib/ports", "lib/adapters", "simulator", "test"]),
		);
	});
});

/** A file that breaks a rule, and one beside it that nearly does. */
interface Sample {
	readonly what: string;
	readonly rule: Rule;
	readonly bad: readonly [path: string, text: string];
	readonly good: readonly [path: string, text: string];
}

const lines = (count: number): string => "x();\n".repeat(count);

const samples: readonly Sample[] = [
	{
		what: "a port that is imported by the domain",
		rule: importDirection,
		bad: ["lib/domain/a.ts", 'import type { B } from "../ports/b.ts";'],
		good: ["lib/adapters/a.ts", 'import type { B } from "../ports/b.ts";'],
	},
	{
		what: "an import over several lines",
		rule: importDirection,
		bad: ["lib/ports/a.ts", 'import {\n\tb,\n} from "../adapters/b.ts";'],
		good: ["lib/ports/a.ts", 'import {\n\tb,\n} from "../domain/b.ts";'],
	},
	{
		what: "an SDK client in a handler",
		rule: importDirection,
		bad: ["functions/act/handler.ts", 'import { S3Client } from "@aws-sdk/client-s3";'],
		good: ["functions/act/index.ts", 'import { S3Client } from "@aws-sdk/client-s3";'],
	},
	{
		what: "a composition root in the simulator",
		rule: importDirection,
		bad: ["simulator/a.ts", 'const made = await import("../functions/act/index.ts");'],
		good: ["simulator/a.ts", 'import { makeHandler } from "../functions/act/handler.ts";'],
	},
	{
		what: "the simulator in an adapter",
		rule: importDirection,
		bad: ["lib/adapters/a.ts", 'import { b } from "../../simulator/kernel/b.ts";'],
		good: ["bin/a.ts", 'import { b } from "../simulator/kernel/b.ts";'],
	},
	{
		what: "the code of a function in a construct",
		rule: importDirection,
		bad: ["lib/constructs/a.ts", 'export { b } from "../../functions/act/handler.ts";'],
		good: ["lib/constructs/a.ts", '// import { b } from "../../functions/act/handler.ts";'],
	},
	{
		what: "more than types of Lambda",
		rule: importDirection,
		bad: ["functions/pipeline.ts", 'import { Context } from "aws-lambda";'],
		good: ["functions/pipeline.ts", 'import type { Context } from "aws-lambda";'],
	},
	{
		what: "a date in the domain",
		rule: purity,
		bad: ["lib/domain/a.ts", "const at = new Date(0);"],
		good: ["lib/domain/a.ts", "// A Date knows a zone; an instant does not.\nconst at = 0;"],
	},
	{
		what: "the wall clock in a handler",
		rule: purity,
		bad: ["functions/act/handler.ts", "const at = Date.now();"],
		good: ["lib/adapters/system-clock.ts", "const at = Date.now();"],
	},
	{
		what: "real time where a run is decided by its seed",
		rule: purity,
		bad: ["simulator/kernel/timers.ts", "const began = performance.now();"],
		good: ["simulator/benchmarks/rehearsal.ts", "const began = performance.now();"],
	},
	{
		what: "chance in the simulator",
		rule: purity,
		bad: ["simulator/a.ts", "const drawn = Math.random();"],
		good: ["simulator/a.ts", "const drawn = Math.floor(random.unit());"],
	},
	{
		what: "a formatted instant",
		rule: purity,
		bad: ["simulator/events/bus.ts", "const time = new Date(epochMs).toISOString();"],
		good: ["simulator/kernel/iso-time.ts", "const time = new Date(epochMs).toISOString();"],
	},
	{
		what: "the environment below the composition root",
		rule: purity,
		bad: ["functions/act/environment.ts", "const table = process.env.TABLE;"],
		good: ["functions/act/index.ts", "const table = process.env.TABLE;"],
	},
	{
		what: "a client below the composition root",
		rule: purity,
		bad: ["functions/act/handler.ts", "const s3 = new S3Client({});"],
		good: ["functions/act/index.ts", "const s3 = new S3Client({});"],
	},
	{
		what: "the process in a composition root",
		rule: onlyEnvironment,
		bad: ["functions/act/index.ts", "process.exit(1);"],
		good: ["functions/act/index.ts", "readEnvironment(process.env);"],
	},
	{
		what: "a long file",
		rule: size,
		bad: ["lib/domain/a.ts", lines(301)],
		good: ["lib/domain/a.ts", lines(300)],
	},
	{
		what: "a long handler",
		rule: size,
		bad: ["functions/act/handler.ts", lines(81)],
		good: ["functions/act/obey.ts", lines(81)],
	},
	{
		what: "a long construct",
		rule: size,
		bad: ["lib/constructs/a.ts", lines(151)],
		good: ["lib/constructs/a.ts", lines(150)],
	},
	{
		what: "a file without a noun",
		rule: fileName,
		bad: ["lib/domain/utils.ts", ""],
		good: ["lib/domain/slot.ts", ""],
	},
	{
		what: "an index outside functions",
		rule: fileName,
		bad: ["lib/domain/index.ts", ""],
		good: ["functions/act/index.ts", ""],
	},
	{
		what: "a barrel",
		rule: noBarrel,
		bad: ["lib/domain/all.ts", 'export * from "./a.ts";\nexport { b } from "./b.ts";\n'],
		good: ["lib/domain/all.ts", 'export { b } from "./b.ts";\nexport const c = 1;\n'],
	},
	{
		what: "an error without a name of its own",
		rule: errorName,
		bad: ["lib/ports/a.ts", 'class GoneError extends InvalidError {\n\tconstructor() {\n\t\tsuper("");\n\t}\n}'],
		good: ["lib/ports/a.ts", 'class GoneError extends InvalidError {\n\toverride readonly name = "GoneError";\n}'],
	},
	{
		what: "an error with the name of another",
		rule: errorName,
		bad: ["lib/ports/a.ts", 'class GoneError extends Error {\n\toverride readonly name = "LostError";\n}'],
		good: ["lib/ports/a.ts", 'class GoneError extends Error {\n\toverride readonly name: string = "GoneError";\n}'],
	},
	{
		what: "an error of the simulator that leaves its name to chance",
		rule: errorName,
		bad: ["simulator/a.ts", "class LateCall extends Error {\n\treadonly late = true;\n}"],
		good: ["simulator/a.ts", 'class LateCall extends Error {\n\toverride readonly name = "TimeoutError";\n}'],
	},
	{
		what: "the name of an event",
		rule: eventName,
		bad: ["lib/adapters/a.ts", 'put({ DetailType: "rollout.ended.v1" });'],
		good: ["functions/act/handler.ts", 'announce(\n\t"rollout.ended.v1",\n\tdetail,\n);'],
	},
	{
		what: "an event as the key of a table that takes any key",
		rule: eventName,
		bad: ["simulator/a.ts", 'const told: Record<string, Teller> = { "rollout.ended.v1": tell };'],
		good: ["simulator/a.ts", 'const told: Partial<Record<LifecycleKind, Teller>> = { "rollout.ended.v1": tell };'],
	},
	{
		what: "work that was put off",
		rule: postponed,
		bad: ["lib/domain/a.ts", "// TODO: round"],
		good: ["lib/domain/a.ts", "// Rounded up: half a pod carries nothing."],
	},
	{
		what: "a test that is skipped",
		rule: switchedOffTest,
		bad: ["test/a.test.ts", 'it.skip("given a", () => {});'],
		good: ["test/a.test.ts", 'it.each([1])("given %i", () => {});'],
	},
	{
		what: "a silenced check",
		rule: silencedCheck,
		bad: ["lib/domain/a.ts", "// @ts-expect-error\nx();"],
		good: ["lib/domain/a.ts", "x();"],
	},
];

describe("the rules themselves", () => {
	it.each(samples)("given $what, finds it and not its neighbour", ({ rule, bad, good }) => {
		const found = [bad, good].map(([path, text]) => rule(sourceFile(path, text)).length);

		expect(found).toEqual([1, 0]);
	});

	it("given a function without an environment, finds what is missing", () => {
		const made = ["functions/act/handler.ts", "functions/act/index.ts"].map((path) => sourceFile(path, ""));

		expect(incompleteFunctions(made)).toEqual(["functions/act/environment.ts"]);
	});
});
