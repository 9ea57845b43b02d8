/** A schedule that this simulator does not run. Found when rules are loaded. */
export class InvalidScheduleError extends Error {
	override readonly name = "InvalidScheduleError";
	constructor(expression: string) {
		super(
			`Schedule expression "${expression}" is not supported: allowed are "rate(1 minute)", "rate(N minutes)", ` +
				`"rate(1 hour)" and "rate(N hours)", where N is a whole number above 1.`,
		);
	}
}

const secondsPerUnit: Readonly<Record<string, number>> = { minute: 60, minutes: 60, hour: 3_600, hours: 3_600 };

/**
 * The seconds between two firings of a schedule.
 * @throws InvalidScheduleError for cron, for days, and where number and plural disagree, as AWS does.
 */
export const parseSchedule = (expression: string): number => {
	const match = /^rate\(([1-9][0-9]{0,6}) (minutes?|hours?)\)$/.exec(expression);
	const count = Number(match?.[1]);
	const unit = match?.[2] ?? "";
	const secondsEach = secondsPerUnit[unit];
	if (secondsEach === undefined || unit.endsWith("s") !== count > 1) throw new InvalidScheduleError(expression);
	return count * secondsEach;
};
