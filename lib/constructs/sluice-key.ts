import { ArnFormat, RemovalPolicy, Stack } from "aws-cdk-lib";
import { type IGrantable, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { resourceName } from "./resource-name.ts";

export interface SluiceKeyProps {
	readonly environment: string;
}

/** The one key under which an environment keeps state, definitions, logs and messages. Rotates yearly; outlives the stack. */
export class SluiceKey extends Construct {
	readonly key: Key;

	constructor(scope: Construct, id: string, { environment }: SluiceKeyProps) {
		super(scope, id);
		this.key = new Key(this, "Key", {
			alias: resourceName(environment, "key"),
			description: `Sluice, environment ${environment}: state, definitions, logs and messages.`,
			enableKeyRotation: true,
			removalPolicy: RemovalPolicy.RETAIN,
		});
		const { region } = Stack.of(this);
		this.key.addToResourcePolicy(
			new PolicyStatement({
				sid: "LogsOfThisEnvironment",
				principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
				actions: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
				resources: ["*"],
				conditions: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": this.logGroupArns(environment) } },
			}),
		);
		// Who may publish is said by the topics' policies; the key only has to let the alarm's message be encrypted.
		this.key.addToResourcePolicy(
			new PolicyStatement({
				sid: "AlarmsToTopics",
				principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
				actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
				resources: ["*"],
			}),
		);
	}

	/** Lets a principal use the key through one service, as in "dynamodb", and in no other way. */
	grantThrough(service: string, grantee: IGrantable, ...actions: readonly string[]): void {
		grantee.grantPrincipal.addToPrincipalPolicy(
			new PolicyStatement({
				actions: actions.map((action) => `kms:${action}`),
				resources: [this.key.keyArn],
				conditions: { StringEquals: { "kms:ViaService": `${service}.${Stack.of(this).region}.amazonaws.com` } },
			}),
		);
	}

	private logGroupArns(environment: string): string {
		return Stack.of(this).formatArn({
			service: "logs",
			resource: "log-group",
			resourceName: `/aws/*/${resourceName(environment, "*")}`,
			arnFormat: ArnFormat.COLON_RESOURCE_NAME,
		});
	}
}
