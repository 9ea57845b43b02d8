import type { EKSClient } from "@aws-sdk/client-eks";
import type { Clock } from "../ports/clock.ts";
import type { UserWorkload } from "../ports/user-workload.ts";
import { eksClusterAccess } from "./eks-cluster-access.ts";
import { kubernetesApi } from "./kubernetes-api.ts";
import { kubernetesUserWorkload } from "./kubernetes-user-workload.ts";

/** Users' own workloads on the EKS clusters of one region, reached as the role that runs. */
export const eksUserWorkload = (client: EKSClient, region: string, clock: Clock): UserWorkload =>
	kubernetesUserWorkload(kubernetesApi(eksClusterAccess(client, region, () => client.config.credentials(), clock)));
