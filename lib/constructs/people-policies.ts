import { CfnOutput } from "aws-cdk-lib";
import { ManagedPolicy } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { CommandVerb } from "../domain/command.ts";
import type { CatalogBucket } from "./catalog-bucket.ts";
import { grantExecutions } from "./execution-access.ts";
import type { LifecycleBus } from "./lifecycle-bus.ts";
import type { ServiceTable } from "./service-table.ts";

export interface PeoplePoliciesProps {
	readonly environment: string;
	readonly bus: LifecycleBus;
	readonly table: ServiceTable;
	readonly catalog: CatalogBucket;
}

/** What whoever answers for the rollouts does; approving is left out, so that the two can be different people. */
const operating: readonly CommandVerb[] = ["resume", "promote", "pause", "abort", "retry", "release"];

/**
 * Policies for the roles of people, ready to be attached; which role gets which is the user's decision. Their ARNs are
 * outputs. They have no names of their own, because IAM's are one for all regions.
 */
export class PeoplePolicies extends Construct {
	constructor(scope: Construct, id: string, { environment, bus, table, catalog }: PeoplePoliciesProps) {
		super(scope, id);
		const policy = (name: string, may: string): ManagedPolicy => {
			const managed = new ManagedPolicy(this, name, { description: `Sluice, environment ${environment}: ${may}.` });
			new CfnOutput(this, `${name}PolicyArn`, { value: managed.managedPolicyArn });
			return managed;
		};
		const approve = policy("Approve", "approve what a rollout asks for");
		bus.grantCommand(approve, ["approve"]);
		const operate = policy("Operate", "resume, promote, pause, abort, retry and release");
		bus.grantCommand(operate, operating);
		// Whoever answers has to see the question, and what became of the answer.
		for (const answering of [approve, operate]) table.grant(answering, "read");
		const enrol = policy("Enrol", "take services into Sluice's care and give them back");
		catalog.grantRead(enrol, "services", "definitions");
		for (const use of ["start", "describe"] as const) grantExecutions(enrol, environment, "enrolment", use);
		const observe = policy("Observe", "see where services stand and what became of their releases");
		table.grant(observe, "observe");
		// Which services there are, and what each is configured to do.
		catalog.grantRead(observe, "services", "definitions");
	}
}
