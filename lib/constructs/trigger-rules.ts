import { Duration } from "aws-cdk-lib";
import { type EventBus, type EventPattern, type IRuleTarget, Match, Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction, SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { type CommandVerb, commandKind, rolloutVerbs } from "../domain/command.ts";
import { sourceOfPeople } from "../domain/identity.ts";
import { type LifecycleKind, lifecycleSource } from "../domain/lifecycle-event.ts";
import type { SluiceFunction } from "./sluice-function.ts";

export interface TriggerRulesProps {
	readonly bus: EventBus;
	readonly rollout: IStateMachine;
	readonly rollback: IStateMachine;
	readonly admitRelease: SluiceFunction;
	readonly applyCommand: SluiceFunction;
	readonly reconcileServices: SluiceFunction;
	/** Where events end that could not be delivered. */
	readonly undelivered: IQueue;
}

const rolloutEnded: LifecycleKind = "rollout.ended.v1";

/** Ends of an execution that nobody planned. */
export const unplannedEnds: readonly string[] = ["FAILED", "TIMED_OUT", "ABORTED"];

/**
 * What sets Sluice in motion. One rule per kind of event, whatever the number of services (D15);
 * events arrive as they were sent, so that a handler, the simulator and a replay see the same.
 */
export class TriggerRules extends Construct {
	private readonly undelivered: IQueue;

	constructor(scope: Construct, id: string, props: TriggerRulesProps) {
		super(scope, id);
		const { bus, rollout, rollback, admitRelease, applyCommand, reconcileServices } = props;
		this.undelivered = props.undelivered;
		this.rule("ImagePushed", "An image was pushed: look at the registry.", this.to(admitRelease), {
			source: ["aws.ecr"],
			detailType: ["ECR Image Action"],
			detail: { "action-type": ["PUSH"], result: ["SUCCESS"] },
		});
		this.rule("PusherKnown", "CloudTrail says who gave an image its tag.", this.to(admitRelease), {
			source: ["aws.ecr"],
			detailType: ["AWS API Call via CloudTrail"],
			detail: {
				eventSource: ["ecr.amazonaws.com"],
				eventName: ["PutImage"],
				// There only where it succeeded; an image without a tag is part of another one.
				responseElements: { image: { imageId: { imageTag: [{ exists: true }] } } },
			},
		});
		this.rule(
			"AlarmTurnedRed",
			"An alarm turned red: the rollback itself, nothing in between (D4a).",
			this.toStart(rollback),
			{
				source: ["aws.cloudwatch"],
				detailType: ["CloudWatch Alarm State Change"],
				detail: { state: { value: ["ALARM"] } },
			},
		);
		this.rule(
			"RolloutLost",
			"A rollout ended without an end of its own: roll back what it left.",
			this.toStart(rollback),
			{
				source: ["aws.states"],
				detailType: ["Step Functions Execution Status Change"],
				detail: { status: [...unplannedEnds], stateMachineArn: [rollout.stateMachineArn] },
			},
		);
		this.rule(
			"Aborted",
			"A person aborts: the rollback itself, nothing in between (D4a). Whether it was too late, apply-command says.",
			this.toStart(rollback),
			commandsOf(["abort"]),
			bus,
		);
		this.rule("Command", "A person wants something of a rollout.", this.to(applyCommand), commandsOf(obeyed), bus);
		this.rule(
			"ReleaseCommand",
			"A person wants a release.",
			// Later than that people have decided anew; admission looks at the age as well.
			this.to(admitRelease, Duration.minutes(5)),
			commandsOf(["retry", "release"]),
			bus,
		);
		this.rule(
			"RolloutEnded",
			"A rollout ended: the next release may begin.",
			this.to(admitRelease),
			{ source: [lifecycleSource], detailType: [rolloutEnded] },
			bus,
		);
		new Rule(this, "EveryMinute", {
			description: "Looks whether something is under way that nobody drives.",
			schedule: Schedule.rate(Duration.minutes(1)),
			// A look that comes late is worth nothing: the next one is a minute away.
			targets: [this.to(reconcileServices, Duration.minutes(1))],
		});
		new Rule(this, "EveryFiveMinutes", {
			description: "Looks at the registry for every service, because a push or an end may have been lost.",
			schedule: Schedule.rate(Duration.minutes(5)),
			targets: [this.to(admitRelease, Duration.minutes(5))],
		});
	}

	private rule(id: string, description: string, target: IRuleTarget, pattern: EventPattern, bus?: EventBus): void {
		const eventBus = bus === undefined ? {} : { eventBus: bus };
		new Rule(this, id, { description, eventPattern: pattern, targets: [target], ...eventBus });
	}

	private to({ function: target }: SluiceFunction, maxEventAge = deliveryFor): IRuleTarget {
		return new LambdaFunction(target, { deadLetterQueue: this.undelivered, maxEventAge, retryAttempts });
	}

	private toStart(machine: IStateMachine): IRuleTarget {
		return new SfnStateMachine(machine, { deadLetterQueue: this.undelivered, maxEventAge: deliveryFor, retryAttempts });
	}
}

/** What people send to the bus under their own name. */
const commandsOf = (verbs: readonly CommandVerb[]): EventPattern => ({
	source: Match.prefix(sourceOfPeople),
	detailType: verbs.map(commandKind),
});

/** Verbs that the rollout under way obeys. */
const obeyed: readonly CommandVerb[] = rolloutVerbs;

/** As often as EventBridge can, but not for its whole day: what is an hour old, the reconciler has found by then. */
const retryAttempts = 185;
const deliveryFor = Duration.hours(1);
