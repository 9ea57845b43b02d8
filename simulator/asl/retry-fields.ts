import type { Retrier } from "./definition.ts";
import { Fields } from "./fields.ts";
import { InvalidStateMachineError } from "./invalid-state-machine-error.ts";

/** Predefined error names that can occur here; others beginning with `States.` are reserved by AWS and hence misspelt. */
const predefinedErrors = [
	"States.ALL",
	"States.DataLimitExceeded",
	"States.HeartbeatTimeout",
	"States.Permissions",
	"States.QueryEvaluationError",
	"States.Runtime",
	"States.TaskFailed",
	"States.Timeout",
] as const;

const largestSeconds = 99_999_999;
const isWholeFrom =
	(least: number, most: number) =>
	(value: number): boolean =>
		Number.isInteger(value) && value >= least && value <= most;

/** Names that a retrier or a catcher answers to. `isLast`: whether it is the last of its list, the only one that may say States.ALL. */
export const readErrorEquals = (fields: Fields, isLast: boolean): readonly string[] => {
	const names = fields.list("ErrorEquals").map((name) => {
		if (typeof name !== "string" || name === "") return fields.refuse("ErrorEquals", name, "a list of error names");
		const isReserved = name.startsWith("States.");
		if (isReserved && !(predefinedErrors as readonly string[]).includes(name)) {
			fields.refuse("ErrorEquals", name, predefinedErrors.join(", "));
		}
		return name;
	});
	if (names.length === 0) fields.refuse("ErrorEquals", [], "a list of error names");
	if (names.includes("States.ALL") && (names.length > 1 || !isLast)) {
		throw new InvalidStateMachineError(`${fields.where}: States.ALL must stand alone, in the last entry`);
	}
	return names;
};

/** Reads the `Retry` list of a task. @throws InvalidStateMachineError */
export const readRetriers = (state: Fields): readonly Retrier[] => {
	const list = state.list("Retry");
	return list.map((raw, index) => {
		const fields = new Fields(raw, `${state.where}: Retry[${index}]`);
		const errorEquals = readErrorEquals(fields, index === list.length - 1);
		const whole = `a whole number from 1 to ${largestSeconds}`;
		const retrier: Retrier = {
			errorEquals,
			intervalSeconds: fields.number("IntervalSeconds", isWholeFrom(1, largestSeconds), whole, 1),
			maxAttempts: fields.number("MaxAttempts", isWholeFrom(0, largestSeconds), `0, or ${whole}`, 3),
			backoffRate: fields.number("BackoffRate", (rate) => rate >= 1, "1 or more", 2),
			maxDelaySeconds: fields.number("MaxDelaySeconds", isWholeFrom(1, 31_622_399), "1 to 31622399", null),
			jitterStrategy:
				fields.take("JitterStrategy") === undefined ? "NONE" : fields.oneOf("JitterStrategy", ["FULL", "NONE"]),
		};
		fields.take("Comment");
		fields.refuseOthers();
		return retrier;
	});
};
