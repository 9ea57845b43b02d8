import { Duration } from "aws-cdk-lib";
import { type EventBus, type EventPattern, Rule } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { type LifecycleKind, lifecycleSource } from "../domain/lifecycle-event.ts";
import type { OperatorTopic } from "./operator-topic.ts";
import { unplannedEnds } from "./trigger-rules.ts";

export interface NoticeRulesProps {
	readonly bus: EventBus;
	readonly rollback: IStateMachine;
	readonly pages: OperatorTopic;
	readonly notices: OperatorTopic;
	/** Where messages end that could not be delivered. */
	readonly undelivered: IQueue;
}

const pagedKinds: readonly LifecycleKind[] = ["service.needs-attention.v1"];
const noticedKinds: readonly LifecycleKind[] = [
	"rollout.paused.v1",
	"rollout.rolled-back.v1",
	"release.held.v1",
	"service.autoscaler-ambiguous.v1",
	"service.drifted.v1",
];

/** What people are told: a page when they are needed now, a notice when they may want to know. */
export class NoticeRules extends Construct {
	constructor(scope: Construct, id: string, { bus, rollback, pages, notices, undelivered }: NoticeRulesProps) {
		super(scope, id);
		const tell = (id: string, description: string, topic: OperatorTopic, pattern: EventPattern, on?: EventBus) =>
			new Rule(this, id, {
				description,
				eventPattern: pattern,
				...(on && { eventBus: on }),
				targets: [
					new SnsTopic(topic.topic, {
						role: topic.publisher,
						deadLetterQueue: undelivered,
						retryAttempts: 185,
						maxEventAge: Duration.hours(24),
					}),
				],
			});
		tell("NeedsAttention", "A service needs a person now.", pages, lifecycle(pagedKinds), bus);
		tell(
			"WorthKnowing",
			"A rollout waits for a person or was rolled back, a release is held, an autoscaler stands still, or an idle service was changed by hand.",
			notices,
			lifecycle(noticedKinds),
			bus,
		);
		tell("RollbackLost", "A rollback ended without an end of its own: nobody else will bring it back.", pages, {
			source: ["aws.states"],
			detailType: ["Step Functions Execution Status Change"],
			detail: { status: [...unplannedEnds], stateMachineArn: [rollback.stateMachineArn] },
		});
	}
}

const lifecycle = (kinds: readonly LifecycleKind[]): EventPattern => ({
	source: [lifecycleSource],
	detailType: [...kinds],
});
