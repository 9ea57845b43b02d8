import { Duration } from "aws-cdk-lib";
import {
	AlarmStatusWidget,
	Dashboard,
	GraphWidget,
	type IMetric,
	type IWidget,
	MathExpression,
} from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { DeadLetter } from "./dead-letter.ts";
import { resourceName } from "./resource-name.ts";
import type { SluiceFunction } from "./sluice-function.ts";
import type { SluiceMachine } from "./sluice-machine.ts";

export interface RolloutDashboardProps {
	readonly environment: string;
	readonly machines: readonly SluiceMachine[];
	readonly deadLetters: readonly DeadLetter[];
	/** Functions whose errors and waiting users feel. */
	readonly critical: readonly SluiceFunction[];
}

const period = Duration.minutes(5);

/** What an operator looks at first: what ended how, what is under way, what was not done. */
export class RolloutDashboard extends Construct {
	constructor(scope: Construct, id: string, props: RolloutDashboardProps) {
		super(scope, id);
		const { environment, machines, deadLetters, critical } = props;
		new Dashboard(this, "Dashboard", {
			dashboardName: resourceName(environment, "rollouts"),
			defaultInterval: Duration.days(1),
			widgets: [
				[
					graph("Outcomes", [counter("RolloutEnded"), counter("RolledBack")]),
					graph("Refusals", [counter("ReleaseRefused"), counter("CommandRefused"), counter("Refused")]),
					graph("Repairs", [
						counter("Reconciled"),
						counter("NotReconciled"),
						counter("FoundBySweep"),
						counter("SweepCutShort"),
						counter("InvalidInput"),
					]),
				],
				[
					graph("How long rollouts take", [
						measure("RolloutSeconds"),
						measure("LeadSeconds"),
						measure("PausedSeconds"),
					]),
					graph("How long weights last", [measure("SecondsAtWeight")]),
					graph("How long going back takes", [measure("DetectionSeconds"), measure("RecoverySeconds")]),
				],
				machines.map(({ machine, name }) =>
					graph(`Machine ${name}`, [
						machine.metricStarted({ period }),
						machine.metricSucceeded({ period }),
						machine.metricFailed({ period }),
						machine.metricTimedOut({ period }),
					]),
				),
				critical.flatMap(({ function: one, name }) => [
					graph(`${name}: failures`, [one.metricErrors({ period }), one.metricThrottles({ period })]),
					graph(`${name}: duration`, [
						one.metricDuration({ period, statistic: "p50" }),
						one.metricDuration({ period, statistic: "p99" }),
					]),
				]),
				[new AlarmStatusWidget({ title: "Dead letters", alarms: deadLetters.map(({ alarm }) => alarm), width: 24 })],
			],
		});
	}
}

/** A counter of the control plane, over all functions and dimensions that report it. */
const counter = (name: string): IMetric =>
	new MathExpression({
		expression: `SUM(SEARCH('Namespace="Sluice" MetricName="${name}"', 'Sum', ${period.toSeconds()}))`,
		usingMetrics: {},
		label: name,
		period,
	});

/** A length of time that the control plane measures, the longest of each period, over all dimensions. */
const measure = (name: string): IMetric =>
	new MathExpression({
		expression: `MAX(SEARCH('Namespace="Sluice" MetricName="${name}"', 'Maximum', ${period.toSeconds()}))`,
		usingMetrics: {},
		label: `${name}, longest`,
		period,
	});

const graph = (title: string, left: IMetric[]): IWidget => new GraphWidget({ title, left, width: 8, height: 6 });
