import { Stack } from "aws-cdk-lib";
import { CfnAccessEntry } from "aws-cdk-lib/aws-eks";
import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { ClusterGroup } from "../domain/cluster-permissions.ts";

export interface ClusterAccessProps {
	readonly clusterName: string;
	readonly role: Role;
	/** What they may do is said by Kubernetes RBAC, from the one list in `cluster-permissions.ts`. */
	readonly groups: readonly ClusterGroup[];
}

/** Lets a role find a cluster and be recognised by it. It gets no AWS-managed access policy. */
export class ClusterAccess extends Construct {
	constructor(scope: Construct, id: string, { clusterName, role, groups }: ClusterAccessProps) {
		super(scope, id);
		new CfnAccessEntry(this, "AccessEntry", {
			clusterName,
			principalArn: role.roleArn,
			kubernetesGroups: [...groups],
			type: "STANDARD",
		});
		const cluster = Stack.of(this).formatArn({ service: "eks", resource: "cluster", resourceName: clusterName });
		role.addToPolicy(new PolicyStatement({ actions: ["eks:DescribeCluster"], resources: [cluster] }));
	}
}
