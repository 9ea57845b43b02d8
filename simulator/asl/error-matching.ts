/**
 * Whether a retrier or a catcher that names these errors answers to this one.
 * The strict reading where sources disagree: nothing catches States.Runtime, and States.DataLimitExceeded answers to its
 * own name only, to neither wildcard. States.TaskFailed stands for every error but States.Timeout.
 */
export const matchesError = (errorEquals: readonly string[], error: string): boolean => {
	if (error === "States.Runtime") return false;
	if (errorEquals.includes(error)) return true;
	if (error === "States.DataLimitExceeded") return false;
	if (errorEquals.includes("States.ALL")) return true;
	return errorEquals.includes("States.TaskFailed") && error !== "States.Timeout";
};
