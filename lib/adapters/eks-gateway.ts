import type { EKSClient } from "@aws-sdk/client-eks";
import type { GatewayRoute } from "../domain/service-definition.ts";
import type { Clock } from "../ports/clock.ts";
import { criticalPath } from "../ports/patience.ts";
import type { TargetHealth } from "../ports/target-health.ts";
import type { TrafficRouter } from "../ports/traffic-router.ts";
import { eksClusterAccess } from "./eks-cluster-access.ts";
import { gatewayTargetHealth } from "./gateway-target-health.ts";
import { gatewayTrafficRouter } from "./gateway-traffic-router.ts";
import { type KubernetesApi, kubernetesApi } from "./kubernetes-api.ts";

const apisOf = (client: EKSClient, region: string, clock: Clock): ((clusterName: string) => KubernetesApi) =>
	kubernetesApi(
		eksClusterAccess(client, region, () => client.config.credentials(), clock),
		undefined,
		criticalPath.requestTimeoutMs,
	);

/** HTTPRoutes on the EKS clusters of one region, moved as the role that runs. */
export const eksGatewayRouter = (
	client: EKSClient,
	region: string,
	environment: string,
	clock: Clock,
): TrafficRouter<GatewayRoute> => gatewayTrafficRouter(apisOf(client, region, clock), environment);

/** Endpoints of slots on the EKS clusters of one region, read as the role that runs. */
export const eksGatewayHealth = (client: EKSClient, region: string, clock: Clock): TargetHealth<GatewayRoute> =>
	gatewayTargetHealth(apisOf(client, region, clock));
