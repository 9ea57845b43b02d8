import { expect, it } from "vitest";
import { presignedCallerIdentity } from "../../lib/adapters/presigned-caller-identity.ts";

const credentials = {
	accessKeyId: "AKIDEXAMPLE",
	secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
	sessionToken: "IQoJb3JpZ2lu/+=(token)*'!",
};
const atEpochMs = Date.UTC(2026, 1, 3, 4, 5, 6, 789);

// Both signatures are what the AWS SDK's own signer makes of the same request.
it.each([
	["a role", credentials, "75eedabb67f8698bd09fb3a2e4531031ca9f032509f8f4f3ced0a8f60aba0354"],
	[
		"a user",
		{ ...credentials, sessionToken: undefined },
		"e19cea8dc700ebcd555bfa7293779dcefc26d986c39fd1b2b6477d5c87cb8e59",
	],
])("given the credentials of %s, signs as AWS's own signer does", (_whose, present, signature) => {
	const url = new URL(presignedCallerIdentity("eu-central-1", "shop", present, atEpochMs));

	expect(url.searchParams.get("X-Amz-Signature")).toBe(signature);
});

it("given a cluster, asks the regional endpoint for an identity, for a minute, bound to the cluster's name", () => {
	const url = new URL(presignedCallerIdentity("eu-central-1", "shop", credentials, atEpochMs));

	expect(url.origin).toBe("https://sts.eu-central-1.amazonaws.com");
	expect(Object.fromEntries(url.searchParams)).toMatchObject({
		Action: "GetCallerIdentity",
		"X-Amz-Credential": "AKIDEXAMPLE/20260203/eu-central-1/sts/aws4_request",
		"X-Amz-Date": "20260203T040506Z",
		"X-Amz-Expires": "60",
		"X-Amz-Security-Token": credentials.sessionToken,
		"X-Amz-SignedHeaders": "host;x-k8s-aws-id",
	});
});

it("given another cluster, signs otherwise", () => {
	const shop = presignedCallerIdentity("eu-central-1", "shop", credentials, atEpochMs);
	const bank = presignedCallerIdentity("eu-central-1", "bank", credentials, atEpochMs);

	expect(bank).not.toBe(shop);
});

it("given a region of China, uses its domain", () => {
	const url = new URL(presignedCallerIdentity("cn-north-1", "shop", credentials, atEpochMs));

	expect(url.hostname).toBe("sts.cn-north-1.amazonaws.com.cn");
});
