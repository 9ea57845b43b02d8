import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { DeclaredAlarm } from "../domain/configuration/alarm-config.ts";
import type { ServiceConfig } from "../domain/configuration/service-config.ts";

export interface DeclaredAlarmsProps {
	/** Of these, the declared ones are made; existing ones belong to somebody else. */
	readonly alarms: ServiceConfig["alarms"];
}

const operators: Readonly<Record<DeclaredAlarm["comparison"], ComparisonOperator>> = {
	above: ComparisonOperator.GREATER_THAN_THRESHOLD,
	"at-or-above": ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
	below: ComparisonOperator.LESS_THAN_THRESHOLD,
	"at-or-below": ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
};

const missing: Readonly<Record<DeclaredAlarm["missingData"], TreatMissingData>> = {
	missing: TreatMissingData.MISSING,
	notBreaching: TreatMissingData.NOT_BREACHING,
	breaching: TreatMissingData.BREACHING,
	ignore: TreatMissingData.IGNORE,
};

/** The alarms that a service declares. They have no actions: turning red is an event, and the event is what rolls back. */
export class DeclaredAlarms extends Construct {
	constructor(scope: Construct, id: string, { alarms }: DeclaredAlarmsProps) {
		super(scope, id);
		for (const alarm of alarms) if ("name" in alarm) this.make(alarm);
	}

	private make(alarm: DeclaredAlarm): void {
		const { namespace, name, dimensions, statistic, periodSeconds } = alarm.metric;
		new Alarm(this, alarm.name, {
			alarmName: alarm.name,
			...(alarm.description !== undefined && { alarmDescription: alarm.description }),
			metric: new Metric({
				namespace,
				metricName: name,
				dimensionsMap: { ...dimensions },
				statistic,
				period: Duration.seconds(periodSeconds),
			}),
			comparisonOperator: operators[alarm.comparison],
			threshold: alarm.threshold,
			datapointsToAlarm: alarm.datapointsToAlarm,
			evaluationPeriods: alarm.evaluationPeriods,
			treatMissingData: missing[alarm.missingData],
		});
	}
}
