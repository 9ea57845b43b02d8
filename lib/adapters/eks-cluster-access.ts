import { DescribeClusterCommand, type EKSClient } from "@aws-sdk/client-eks";
import type { Clock } from "../ports/clock.ts";
import { InvalidError } from "../ports/errors.ts";
import { WorkloadsUnavailableError } from "../ports/workloads.ts";
import { type AwsCredentials, presignedCallerIdentity } from "./presigned-caller-identity.ts";

/** No such cluster, or Sluice may not use it: the message says what would allow it. */
export class InvalidClusterAccessError extends InvalidError {
	override readonly name = "InvalidClusterAccessError";
}

/** All that one request to a cluster's API needs. */
export interface ClusterAccess {
	readonly endpoint: string;
	/** PEM. The cluster's own authority, which no public store of certificates knows. */
	readonly certificateAuthority: string;
	readonly bearerToken: string;
}

/** Access to a cluster by its name. @throws InvalidClusterAccessError, WorkloadsUnavailableError */
export type ClusterAccessOf = (clusterName: string) => Promise<ClusterAccess>;

type Place = Omit<ClusterAccess, "bearerToken">;

interface Token {
	readonly bearerToken: string;
	readonly accessKeyId: string;
	readonly madeAtEpochMs: number;
}

/** EKS accepts a token for 15 min from its signature; the last minute is left for clocks that differ. */
const tokenLifeMs = 14 * 60 * 1_000;

const permanent = ["ResourceNotFoundException", "AccessDeniedException", "InvalidParameterException"];

const describe = async (eks: EKSClient, clusterName: string): Promise<Place> => {
	const { cluster } = await eks.send(new DescribeClusterCommand({ name: clusterName })).catch((cause: unknown) => {
		const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
		if (cause instanceof Error && permanent.includes(cause.name))
			throw new InvalidClusterAccessError(
				`Cluster "${clusterName}" cannot be described (${reason}): it must exist in this region, with eks:DescribeCluster allowed on it.`,
				{ cause },
			);
		throw new WorkloadsUnavailableError(`Describing cluster "${clusterName}" failed: ${reason}`, { cause });
	});
	const authority = cluster?.certificateAuthority?.data;
	if (cluster?.endpoint === undefined || authority === undefined)
		throw new WorkloadsUnavailableError(
			`Cluster "${clusterName}" has no endpoint yet: its status is ${cluster?.status ?? "unknown"}, needed is ACTIVE.`,
		);
	return { endpoint: cluster.endpoint, certificateAuthority: Buffer.from(authority, "base64").toString("utf8") };
};

/**
 * Access to EKS clusters of one region as the role that runs. Endpoint and authority are read once per cluster and
 * sandbox; a token is used for up to 14 min, and not beyond a change of credentials.
 */
export const eksClusterAccess = (
	eks: EKSClient,
	region: string,
	credentials: () => Promise<AwsCredentials>,
	clock: Pick<Clock, "nowEpochMs">,
): ClusterAccessOf => {
	const places = new Map<string, Promise<Place>>();
	const tokens = new Map<string, Token>();

	const placeOf = (clusterName: string): Promise<Place> => {
		const known = places.get(clusterName);
		if (known !== undefined) return known;
		const asked = describe(eks, clusterName);
		places.set(clusterName, asked);
		// A failure is forgotten, so that the next call asks again.
		asked.catch(() => places.delete(clusterName));
		return asked;
	};

	const tokenOf = async (clusterName: string): Promise<string> => {
		const present = await credentials().catch((cause: unknown) => {
			throw new WorkloadsUnavailableError(`No credentials to sign a token for cluster "${clusterName}".`, { cause });
		});
		const nowEpochMs = clock.nowEpochMs();
		const known = tokens.get(clusterName);
		if (known?.accessKeyId === present.accessKeyId && nowEpochMs - known.madeAtEpochMs < tokenLifeMs)
			return known.bearerToken;
		const url = presignedCallerIdentity(region, clusterName, present, nowEpochMs);
		const bearerToken = `k8s-aws-v1.${Buffer.from(url, "utf8").toString("base64url")}`;
		tokens.set(clusterName, { bearerToken, accessKeyId: present.accessKeyId, madeAtEpochMs: nowEpochMs });
		return bearerToken;
	};

	return async (clusterName) => {
		const [place, bearerToken] = await Promise.all([placeOf(clusterName), tokenOf(clusterName)]);
		return { ...place, bearerToken };
	};
};
