import { Stack } from "aws-cdk-lib";
import { CfnAccessEntry } from "aws-cdk-lib/aws-eks";
import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** Group that functions belong to inside the cluster; what it may do there is said by Kubernetes RBAC. */
const clusterGroup = "sluice";

export interface ClusterAccessProps {
	readonly clusterName: string;
	readonly role: Role;
}

/** Lets a role find a cluster and be recognised by it. It gets no AWS-managed access policy. */
export class ClusterAccess extends Construct {
	constructor(scope: Construct, id: string, { clusterName, role }: ClusterAccessProps) {
		super(scope, id);
		new CfnAccessEntry(this, "AccessEntry", {
			clusterName,
			principalArn: role.roleArn,
			kubernetesGroups: [clusterGroup],
			type: "STANDARD",
		});
		const cluster = Stack.of(this).formatArn({ service: "eks", resource: "cluster", resourceName: clusterName });
		role.addToPolicy(new PolicyStatement({ actions: ["eks:DescribeCluster"], resources: [cluster] }));
	}
}
