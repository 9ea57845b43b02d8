export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export type MissingDataTreatment = "missing" | "notBreaching" | "breaching" | "ignore";

/** What one period says. */
export type PeriodFinding = "breaching" | "within" | "missing";

export interface AlarmRule {
	/** N: real data points that are enough to decide. */
	readonly evaluationPeriods: number;
	/** M: how many of them must breach. */
	readonly datapointsToAlarm: number;
	readonly treatMissingData: MissingDataTreatment;
}

/**
 * The state an alarm takes from the periods of its evaluation range, oldest first.
 * Real data points come first, as far back as the range goes; missing ones are treated only where fewer than N are real.
 * A breaching point that is M periods old or older, followed by nothing but gaps, is enough even where missing means missing.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export const judgeFindings = (
	findings: readonly PeriodFinding[],
	{ evaluationPeriods, datapointsToAlarm, treatMissingData }: AlarmRule,
	current: AlarmState,
): AlarmState => {
	let real = 0;
	let breaching = 0;
	let oldestBreachingAge = 0;
	for (let age = 1; age <= findings.length && real < evaluationPeriods; age++) {
		const finding = findings[findings.length - age];
		if (finding === "missing") continue;
		real++;
		if (finding === "within") continue;
		breaching++;
		oldestBreachingAge = age;
	}
	if (breaching >= datapointsToAlarm) return "ALARM";
	if (real === evaluationPeriods) return "OK";
	switch (treatMissingData) {
		case "notBreaching":
			return "OK";
		case "breaching":
			return breaching + evaluationPeriods - real >= datapointsToAlarm ? "ALARM" : "OK";
		case "ignore":
			return breaching < real ? "OK" : current;
		case "missing":
			if (breaching < real) return "OK";
			return oldestBreachingAge >= datapointsToAlarm ? "ALARM" : "INSUFFICIENT_DATA";
	}
};
