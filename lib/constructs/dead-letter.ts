import { Duration, Validations } from "aws-cdk-lib";
import { type Alarm, ComparisonOperator, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { resourceName } from "./resource-name.ts";

export interface DeadLetterProps {
	readonly environment: string;
	/** What ends here, as part of the queue's name. */
	readonly what: string;
	/** Told as soon as one message is there. */
	readonly pages: ITopic;
}

/** Where messages end that nobody could deliver or handle: kept for 14 days, and one is enough to page. */
export class DeadLetter extends Construct {
	readonly queue: Queue;
	readonly alarm: Alarm;

	constructor(scope: Construct, id: string, { environment, what, pages }: DeadLetterProps) {
		super(scope, id);
		this.queue = new Queue(this, "Queue", {
			queueName: resourceName(environment, what),
			encryption: QueueEncryption.SQS_MANAGED,
			enforceSSL: true,
			retentionPeriod: Duration.days(14),
		});
		const reason = "This queue is itself where dead letters end.";
		Validations.of(this.queue).acknowledge(
			{ id: "AwsSolutions-SQS3", reason },
			{ id: "Serverless-SQSRedrivePolicy", reason },
		);
		this.alarm = this.queue
			.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: "Maximum" })
			.createAlarm(this, "Alarm", {
				alarmName: resourceName(environment, what),
				alarmDescription: `Messages in the dead-letter queue ${what}: something was not done.`,
				comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
				threshold: 0,
				evaluationPeriods: 1,
				treatMissingData: TreatMissingData.NOT_BREACHING,
			});
		this.alarm.addAlarmAction(new SnsAction(pages));
	}
}
