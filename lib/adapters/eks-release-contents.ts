import type { EKSClient } from "@aws-sdk/client-eks";
import type { Clock } from "../ports/clock.ts";
import type { ReleaseContents } from "../ports/release-contents.ts";
import { eksClusterAccess } from "./eks-cluster-access.ts";
import { kubernetesApi } from "./kubernetes-api.ts";
import { kubernetesReleaseContents } from "./kubernetes-release-contents.ts";

/** Contents kept on the EKS clusters of one region, reached as the role that runs. */
export const eksReleaseContents = (client: EKSClient, region: string, clock: Clock): ReleaseContents =>
	kubernetesReleaseContents(
		kubernetesApi(eksClusterAccess(client, region, () => client.config.credentials(), clock)),
		clock,
	);
