import { ArnFormat, Stack, Validations } from "aws-cdk-lib";
import { Effect, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { resourceName } from "./resource-name.ts";
import type { SluiceKey } from "./sluice-key.ts";

export interface OperatorTopicProps {
	readonly environment: string;
	/** `pages` need a person now; `notices` are for reading. */
	readonly kind: "pages" | "notices";
	readonly encryption: SluiceKey;
}

/** Messages to people. Encrypted, TLS only; alarms of this account and rules of this stack may publish. */
export class OperatorTopic extends Construct {
	readonly topic: Topic;
	/** What rules publish with: a role, because a topic policy cannot tell this account's rules from another's. */
	readonly publisher: Role;

	constructor(scope: Construct, id: string, { environment, kind, encryption }: OperatorTopicProps) {
		super(scope, id);
		this.topic = new Topic(this, "Topic", {
			topicName: resourceName(environment, kind),
			displayName: `Sluice ${environment} ${kind}`,
			masterKey: encryption.key,
			enforceSSL: true,
		});
		this.topic.addToResourcePolicy(this.alarmsOfThisAccount());
		this.publisher = new Role(this, "Publisher", {
			assumedBy: new ServicePrincipal("events.amazonaws.com"),
			description: `Lets Sluice's event rules publish to the topic ${kind}.`,
		});
		this.topic.grantPublish(this.publisher);
		Validations.of(this.publisher).acknowledge({
			id: "AwsSolutions-IAM5[Action::kms:GenerateDataKey*]",
			reason: "CDK's grant for an encrypted topic: both forms of one call, on one key.",
		});
	}

	/** What an e-mail server refuses for good ends in the queue. */
	subscribeEmails(emails: readonly string[], deadLetterQueue: IQueue): void {
		for (const email of emails) this.topic.addSubscription(new EmailSubscription(email, { deadLetterQueue }));
	}

	private alarmsOfThisAccount(): PolicyStatement {
		const stack = Stack.of(this);
		const alarms = stack.formatArn({
			service: "cloudwatch",
			resource: "alarm",
			resourceName: "*",
			arnFormat: ArnFormat.COLON_RESOURCE_NAME,
		});
		return new PolicyStatement({
			sid: "AlarmsOfThisAccount",
			effect: Effect.ALLOW,
			principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
			actions: ["sns:Publish"],
			resources: [this.topic.topicArn],
			conditions: { ArnLike: { "aws:SourceArn": alarms }, StringEquals: { "aws:SourceAccount": stack.account } },
		});
	}
}
