import { type CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { type Alarms, AlarmsUnavailableError, type RedAlarm } from "../ports/alarms.ts";
import { failureOf } from "./aws-failure.ts";

/** Largest page that DescribeAlarms answers, and most names that it takes. */
const pageSize = 100;
/** A hundred names fill one page; a service that keeps answering tokens is not believed for ever. */
const maxPages = 10;

/** What metric and composite alarms have in common. */
interface DescribedAlarm {
	readonly AlarmName?: string | undefined;
	readonly StateTransitionedTimestamp?: Date | undefined;
	readonly StateUpdatedTimestamp?: Date | undefined;
}

/**
 * StateTransitionedTimestamp is when the alarm turned red. StateUpdatedTimestamp also moves while it stays red, as when
 * its evaluation goes from complete to partial data, and would make an old fault look like the canary's (D9).
 */
const redAlarmOf = (alarm: DescribedAlarm): RedAlarm => {
	const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
	if (alarm.AlarmName === undefined || since === undefined) {
		throw new AlarmsUnavailableError(`DescribeAlarms answered "${alarm.AlarmName ?? ""}" without a name or a time.`);
	}
	return { name: alarm.AlarmName, sinceEpochMs: since.getTime() };
};

/** Metric and composite alarms of CloudWatch. */
export const cloudwatchAlarms = (client: CloudWatchClient): Alarms => {
	const describePage = async (alarmNames: readonly string[], nextToken: string | undefined) => {
		try {
			return await client.send(
				new DescribeAlarmsCommand({
					AlarmNames: [...alarmNames],
					AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
					StateValue: "ALARM",
					MaxRecords: pageSize,
					NextToken: nextToken,
				}),
			);
		} catch (error) {
			throw failureOf("DescribeAlarms", error, AlarmsUnavailableError);
		}
	};
	return {
		readRed: async (alarmNames) => {
			// An empty list of names means all alarms to CloudWatch.
			if (alarmNames.length === 0) return [];
			const red: RedAlarm[] = [];
			let nextToken: string | undefined;
			for (let page = 0; page < maxPages; page++) {
				const answer = await describePage(alarmNames, nextToken);
				red.push(...[...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])].map(redAlarmOf));
				nextToken = answer.NextToken;
				if (nextToken === undefined) return red;
			}
			throw new AlarmsUnavailableError(`DescribeAlarms did not come to an end within ${maxPages} pages.`);
		},
	};
};
