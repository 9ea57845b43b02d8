import { createHash, createHmac } from "node:crypto";

/** What signs a request. `sessionToken` is there for roles, which is what Lambda runs as. */
export interface AwsCredentials {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	readonly sessionToken?: string | undefined;
}

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text, "utf8").digest();

/** RFC 3986: encodeURIComponent leaves five more characters alone than SigV4 allows. */
const encoded = (text: string): string =>
	encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

const suffixOf = (region: string): string => (region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com");

/**
 * Presigned GET of STS GetCallerIdentity at the regional endpoint, with the cluster's name as a signed header.
 * Pure: no request is sent. Valid for 60 s as a request; EKS accepts the token made of it for 15 min.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
 */
export const presignedCallerIdentity = (
	region: string,
	clusterName: string,
	credentials: AwsCredentials,
	atEpochMs: number,
): string => {
	const host = `sts.${region}.${suffixOf(region)}`;
	const stamp = new Date(atEpochMs).toISOString().replace(/[-:]|\.\d{3}/g, "");
	const day = stamp.slice(0, 8);
	const scope = `${day}/${region}/sts/aws4_request`;
	const signedHeaders = "host;x-k8s-aws-id";
	const parameters: Record<string, string> = {
		Action: "GetCallerIdentity",
		Version: "2011-06-15",
		"X-Amz-Algorithm": "AWS4-HMAC-SHA256",
		"X-Amz-Credential": `${credentials.accessKeyId}/${scope}`,
		"X-Amz-Date": stamp,
		"X-Amz-Expires": "60",
		"X-Amz-SignedHeaders": signedHeaders,
	};
	if (credentials.sessionToken !== undefined) parameters["X-Amz-Security-Token"] = credentials.sessionToken;
	const query = Object.entries(parameters)
		.map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
		.sort()
		.join("&");

	const headers = `host:${host}\nx-k8s-aws-id:${clusterName}\n`;
	const canonical = ["GET", "/", query, headers, signedHeaders, sha256("")].join("\n");
	const toSign = ["AWS4-HMAC-SHA256", stamp, scope, sha256(canonical)].join("\n");
	const key = [region, "sts", "aws4_request"].reduce<Buffer>(
		(parent, part) => hmac(parent, part),
		hmac(`AWS4${credentials.secretAccessKey}`, day),
	);
	return `https://${host}/?${query}&X-Amz-Signature=${hmac(key, toSign).toString("hex")}`;
};
