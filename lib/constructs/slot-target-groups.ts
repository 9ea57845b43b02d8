import { Duration } from "aws-cdk-lib";
import { Vpc } from "aws-cdk-lib/aws-ec2";
import {
	ApplicationProtocol,
	ApplicationTargetGroup,
	Protocol,
	TargetType,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { Construct } from "constructs";
import type { LoadBalancerConfig } from "../domain/configuration/traffic-config.ts";
import type { SlotName } from "../domain/slot.ts";

export interface SlotTargetGroupsProps {
	readonly traffic: LoadBalancerConfig;
	/** Port of the pods. */
	readonly port: number;
}

/** Two target groups of equal kind, one per slot (D1). Pods are registered by their addresses, by a controller in the cluster. */
export class SlotTargetGroups extends Construct {
	readonly arns: Readonly<Record<SlotName, string>>;

	constructor(scope: Construct, id: string, { traffic, port }: SlotTargetGroupsProps) {
		super(scope, id);
		const { protocol, healthCheck, deregistrationDelaySeconds } = traffic.targetGroup;
		// Only the id is used. CDK wants at least one zone, and looks zones up where none is named.
		const vpc = Vpc.fromVpcAttributes(this, "Vpc", { vpcId: traffic.vpcId, availabilityZones: ["unused"] });
		const group = (slot: SlotName): string =>
			new ApplicationTargetGroup(this, slot, {
				vpc,
				port,
				protocol: protocol === "HTTPS" ? ApplicationProtocol.HTTPS : ApplicationProtocol.HTTP,
				// Addresses, not instances: weights must be shares of pods' requests, not of nodes' (D3).
				targetType: TargetType.IP,
				deregistrationDelay: Duration.seconds(deregistrationDelaySeconds),
				healthCheck: {
					protocol: protocol === "HTTPS" ? Protocol.HTTPS : Protocol.HTTP,
					path: healthCheck.path,
					interval: Duration.seconds(healthCheck.intervalSeconds),
					timeout: Duration.seconds(healthCheck.timeoutSeconds),
					healthyThresholdCount: healthCheck.healthyThreshold,
					unhealthyThresholdCount: healthCheck.unhealthyThreshold,
				},
			}).targetGroupArn;
		this.arns = { blue: group("blue"), green: group("green") };
	}
}
