import type { EKSClient } from "@aws-sdk/client-eks";
import type { Clock } from "../ports/clock.ts";
import type { Workloads } from "../ports/workloads.ts";
import { eksClusterAccess } from "./eks-cluster-access.ts";
import { kubernetesApi } from "./kubernetes-api.ts";
import { kubernetesWorkloads } from "./kubernetes-workloads.ts";

/** Slots on the EKS clusters of one region, reached as the role that runs. */
export const eksWorkloads = (client: EKSClient, region: string, clock: Clock): Workloads =>
	kubernetesWorkloads(kubernetesApi(eksClusterAccess(client, region, () => client.config.credentials(), clock)));
