import { EventBus } from "aws-cdk-lib/aws-events";
import { type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { type CommandVerb, commandKind } from "../domain/command.ts";
import { sourceOfPeople } from "../domain/identity.ts";
import { lifecycleSource } from "../domain/lifecycle-event.ts";
import { busNameOf } from "./resource-name.ts";

export interface LifecycleBusProps {
	readonly environment: string;
}

/** IAM fills in who calls: the id of a user, or the id of a role and the name of the session. */
const ownSource = `${sourceOfPeople}\${aws:userid}`;

/** The bus on which Sluice says what happened and people say what they want. Its name is `sluice-<environment>`. */
export class LifecycleBus extends Construct {
	readonly bus: EventBus;

	constructor(scope: Construct, id: string, { environment }: LifecycleBusProps) {
		super(scope, id);
		this.bus = new EventBus(this, "Bus", {
			eventBusName: busNameOf(environment),
			description: "Sluice's lifecycle events, and commands from people.",
		});
	}

	/** Lets a function say what happened, and nothing in the name of a person. */
	grantPublish({ grantPrincipal }: IGrantable): void {
		grantPrincipal.addToPrincipalPolicy(this.statement({ "events:source": lifecycleSource }));
	}

	/** Lets people send some commands, each under their own name only. */
	grantCommand({ grantPrincipal }: IGrantable, verbs: readonly CommandVerb[]): void {
		const conditions = { "events:source": ownSource, "events:detail-type": verbs.map(commandKind) };
		grantPrincipal.addToPrincipalPolicy(this.statement(conditions));
	}

	private statement(conditions: Readonly<Record<string, string | readonly string[]>>): PolicyStatement {
		return new PolicyStatement({
			actions: ["events:PutEvents"],
			resources: [this.bus.eventBusArn],
			conditions: { StringEquals: conditions },
		});
	}
}
