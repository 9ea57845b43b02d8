import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import validate from "asl-validator";
import { describe, expect, it } from "vitest";
import { placeholderOf } from "../../lib/constructs/sluice-machine.ts";
import { loadStateMachine } from "../../simulator/asl/state-machine.ts";
import { repositoryFiles } from "../tidy/source-file.ts";
import { machineFiles, type Retrier } from "./machine-file.ts";

const functionNames = readdirSync(fileURLToPath(new URL("../../functions", import.meta.url)), { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.map(({ name }) => name);

const known = new Set([
	...functionNames.map((name) => placeholderOf(name, "Arn")),
	...machineFiles.map(({ name }) => placeholderOf(name, "MachineArn")),
]);

/** Names that an error of ours can have at run time. */
const errorNames = new Set(
	repositoryFiles()
		.filter(({ path }) => /^(lib|functions)\//.test(path))
		.flatMap(({ code }) => [...code.matchAll(/\boverride readonly name(?:: string)? = "(\w+)"/g)])
		.map(([, name]) => name),
);

const isForeign = (error: string): boolean => /^(States|Lambda|StepFunctions)\./.test(error);

/** Attempts of the most patient retrier; with the longest waits between them that is an hour and a half. */
const mostAttempts = 90;

/** Access that is denied now may be granted a moment later: the one mistake of ours that may mend itself. */
const accessRefusals = ["InvalidAwsCallError", "InvalidClusterAccessError", "InvalidTrafficAccessError"];

/** Seconds that a retrier waits in all where jitter is at its longest. */
const longestSeconds = ({ IntervalSeconds = 1, MaxAttempts = 3, BackoffRate = 2, MaxDelaySeconds = 60 }: Retrier) =>
	Array.from({ length: MaxAttempts }, (_, n) => Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** n)).reduce(
		(sum, seconds) => sum + seconds,
		0,
	);

/** One field of what came in, or one variable, against one constant: what it means was decided by the domain. */
const oneField = /^\{% \$(states\.input\.[a-z]\w*|[a-z]\w*(\.[a-z]\w*)?) = '[a-z-]+' %\}$/;

describe.each(machineFiles.map((machine) => [machine.name, machine] as const))("machine %s", (name, machine) => {
	const { definition, states, placeholders } = machine;
	const tasks = states.filter(({ Type }) => Type === "Task");
	const retriers = tasks.flatMap(({ name: task, Retry = [] }) => Retry.map((retrier) => ({ task, ...retrier })));

	it("given the validator of Amazon States Language, leaves it nothing to say", () => {
		const { errors } = validate(structuredClone(definition));

		expect(errors.map(({ Message }) => Message)).toEqual([]);
	});

	it("given the interpreter that rehearses it, uses nothing that it does not know", () => {
		const arn = `arn:aws:states:eu-central-1:111122223333:stateMachine:${name}`;
		const filled: unknown = JSON.parse(JSON.stringify(definition).replaceAll(/\$\{[^}]*\}/g, arn));

		const loaded = loadStateMachine(arn, "arn:aws:iam::111122223333:role/machine", filled);

		expect([...loaded.definition.states.keys()]).toEqual(states.map((state) => state.name));
	});

	it("says what it is for, in JSONata, and ends some day", () => {
		expect(definition).toMatchObject({
			Comment: expect.stringMatching(/\w+ \w+/),
			QueryLanguage: "JSONata",
			TimeoutSeconds: expect.any(Number),
		});
	});

	it("given a task, bounds its time and its attempts", () => {
		const unbounded = tasks.filter(
			({ TimeoutSeconds, Retry = [] }) => TimeoutSeconds === undefined || Retry.length === 0,
		);

		expect(unbounded.map((task) => task.name)).toEqual([]);
		expect(retriers.filter(({ MaxAttempts }) => MaxAttempts === undefined || MaxAttempts > mostAttempts)).toEqual([]);
	});

	it("given any error whatever, each task retries it last, alone and with full jitter", () => {
		const last = tasks.map(({ Retry = [] }) => Retry.at(-1));
		const earlier = tasks.flatMap(({ Retry = [] }) => Retry.slice(0, -1));

		for (const retrier of last) expect(retrier).toMatchObject({ ErrorEquals: ["States.ALL"], JitterStrategy: "FULL" });
		expect(earlier.filter(({ ErrorEquals }) => ErrorEquals.includes("States.ALL"))).toEqual([]);
	});

	it("given an error of one of the three families, retries it as its family says; refused access has a rule of its own", () => {
		const named = retriers.flatMap(({ task, ErrorEquals, MaxAttempts = 3 }) =>
			ErrorEquals.map((error) => ({ task, error, MaxAttempts })),
		);

		const mistakes = named.filter(({ error }) => /^Invalid/.test(error) && !accessRefusals.includes(error));
		expect(mistakes.filter(({ MaxAttempts }) => MaxAttempts > 0)).toEqual([]);
		expect(named.filter(({ error, MaxAttempts }) => /ConflictError$/.test(error) && MaxAttempts > 1)).toEqual([]);
		// One that is caught by its name has an answer of its own.
		const caught = tasks.flatMap(({ Catch = [] }) => Catch.flatMap(({ ErrorEquals }) => ErrorEquals));
		const givenUp = named.filter(({ error, MaxAttempts }) => /UnavailableError$/.test(error) && MaxAttempts === 0);
		expect(givenUp.filter(({ error }) => !caught.includes(error))).toEqual([]);
	});

	it("given access that is refused, nobody gives up at once, and who names it retries it for two minutes or so, with jitter", () => {
		const naming = retriers.filter(({ ErrorEquals }) => ErrorEquals.some((error) => accessRefusals.includes(error)));

		for (const retrier of naming) {
			expect(retrier.ErrorEquals.toSorted()).toEqual(accessRefusals);
			expect(retrier).toMatchObject({ MaxAttempts: 6, JitterStrategy: "FULL" });
			expect(longestSeconds(retrier)).toBeGreaterThanOrEqual(100);
			expect(longestSeconds(retrier)).toBeLessThanOrEqual(150);
		}
		// A conflict or a mistake that is named means that the task minds what failed: then it minds refusals, too.
		const minding = tasks.filter(({ Retry = [] }) =>
			Retry.some(({ ErrorEquals }) => ErrorEquals.includes("InvalidObjectError")),
		);
		expect(minding.filter((task) => !naming.some((retrier) => retrier.task === task.name))).toEqual([]);
		expect(naming.length > 0).toBe(name !== "rollback");
	});

	it("given an error by name, somebody can throw it", () => {
		const listed = tasks.flatMap(({ Retry = [], Catch = [] }) =>
			[...Retry, ...Catch].flatMap((one) => one.ErrorEquals),
		);

		const unknown = listed.filter((error) => !isForeign(error) && !errorNames.has(error));

		expect([...new Set(unknown)]).toEqual([]);
	});

	it("given a choice, tests one field that the domain produced and has an answer for everything else", () => {
		const choices = states.filter(({ Type }) => Type === "Choice");
		const conditions = choices.flatMap(({ Choices = [] }) => Choices.map(({ Condition }) => Condition));

		expect(choices.filter(({ Default }) => Default === undefined).map((choice) => choice.name)).toEqual([]);
		expect(conditions.filter((condition) => !oneField.test(condition))).toEqual([]);
		for (const { Choices = [] } of choices)
			expect(new Set(Choices.map(({ Condition }) => Condition.split(" = ")[0])).size).toBe(1);
	});

	it("given a placeholder, stands for a function or a machine that there is", () => {
		expect(placeholders.filter((placeholder) => !known.has(placeholder))).toEqual([]);
	});

	it("given a payload of ours, carries its version", () => {
		const payloads = tasks.map(({ Arguments = {} }) => Arguments.Payload ?? Arguments.Input);

		for (const payload of payloads) expect([2, "{% $version %}"]).toContain((payload as { readonly v?: unknown }).v);
	});
});

describe("all machines", () => {
	it("given the files, there are those that the templates deploy", () => {
		expect(machineFiles.map(({ name }) => name)).toEqual(["enrolment", "rollback", "rollout", "watch"]);
	});
});
