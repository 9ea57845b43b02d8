import { EventBus } from "aws-cdk-lib/aws-events";
import { type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

export interface LifecycleBusProps {
	readonly environment: string;
}

/** The bus on which Sluice says what happened and people say what they want. Its name is `sluice-<environment>`. */
export class LifecycleBus extends Construct {
	readonly bus: EventBus;

	constructor(scope: Construct, id: string, { environment }: LifecycleBusProps) {
		super(scope, id);
		this.bus = new EventBus(this, "Bus", {
			eventBusName: `sluice-${environment}`,
			description: "Sluice's lifecycle events, and commands from people.",
		});
	}

	grantPublish(grantee: IGrantable): void {
		grantee.grantPrincipal.addToPrincipalPolicy(
			new PolicyStatement({ actions: ["events:PutEvents"], resources: [this.bus.eventBusArn] }),
		);
	}
}
