import { EKSClient } from "@aws-sdk/client-eks";
import { describe, expect, it } from "vitest";
import { eksClusterAccess, InvalidClusterAccessError } from "../../lib/adapters/eks-cluster-access.ts";
import { presignedCallerIdentity } from "../../lib/adapters/presigned-caller-identity.ts";
import { WorkloadsUnavailableError } from "../../lib/ports/workloads.ts";

const minuteMs = 60_000;
const startEpochMs = Date.UTC(2026, 1, 3);
const certificateAuthority = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const shop = {
	status: "ACTIVE",
	endpoint: "https://ABC.gr7.eu-central-1.eks.amazonaws.com",
	certificateAuthority: { data: Buffer.from(certificateAuthority).toString("base64") },
};

/** An EKS client on a transport of our own, which answers with what stands first and counts the requests. */
const given = (...answers: readonly { readonly status: number; readonly body: object; readonly error?: string }[]) => {
	const paths: string[] = [];
	const world = { nowEpochMs: startEpochMs, accessKeyId: "FIRST", paths };
	const eks = new EKSClient({
		region: "eu-central-1",
		credentials: { accessKeyId: "A", secretAccessKey: "S" },
		maxAttempts: 1,
		requestHandler: {
			handle: async (request: { readonly path: string }) => {
				const answer = answers[Math.min(paths.length, answers.length - 1)];
				paths.push(request.path);
				if (answer === undefined) throw new Error("No answer was given.");
				const headers = answer.error === undefined ? {} : { "x-amzn-errortype": answer.error };
				const body = new TextEncoder().encode(JSON.stringify(answer.body));
				return { response: { statusCode: answer.status, headers, body } };
			},
		},
	});
	const credentials = async () => ({ accessKeyId: world.accessKeyId, secretAccessKey: "secret" });
	const access = eksClusterAccess(eks, "eu-central-1", credentials, { nowEpochMs: () => world.nowEpochMs });
	return { world, access };
};

const found = { status: 200, body: { cluster: shop } };

describe("where a cluster is", () => {
	it("given a name, answers endpoint and authority, and asks once", async () => {
		const { world, access } = given(found);

		const [first, second] = [await access("shop"), await access("shop")];

		expect(first).toMatchObject({ endpoint: shop.endpoint, certificateAuthority });
		expect(second.endpoint).toBe(first.endpoint);
		expect(world.paths).toEqual(["/clusters/shop"]);
	});

	it("given a failure, asks again the next time", async () => {
		const { access } = given({ status: 500, body: {}, error: "ServerException" }, found);

		await expect(access("shop")).rejects.toThrow(WorkloadsUnavailableError);

		await expect(access("shop")).resolves.toMatchObject({ endpoint: shop.endpoint });
	});

	it.each(["ResourceNotFoundException", "AccessDeniedException"])("given %s, no retry mends it", async (error) => {
		const { access } = given({ status: 400, body: { message: "no" }, error });

		const refused = access("shop");

		await expect(refused).rejects.toThrow(InvalidClusterAccessError);
		await expect(refused).rejects.toThrow(/"shop".*eks:DescribeCluster/);
	});

	it("given a cluster that is being created, waits for it", async () => {
		const { access } = given({ status: 200, body: { cluster: { status: "CREATING" } } });

		await expect(access("shop")).rejects.toThrow(/status is CREATING/);
	});
});

describe("the token", () => {
	const urlIn = (token: string) => Buffer.from(token.slice("k8s-aws-v1.".length), "base64url").toString();

	it("given credentials, is the presigned question who they are", async () => {
		const { access } = given(found);

		const { bearerToken } = await access("shop");

		expect(bearerToken).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
		expect(urlIn(bearerToken)).toBe(
			presignedCallerIdentity(
				"eu-central-1",
				"shop",
				{ accessKeyId: "FIRST", secretAccessKey: "secret" },
				startEpochMs,
			),
		);
	});

	it("given 14 minutes, is made anew, and not before", async () => {
		const { world, access } = given(found);
		const { bearerToken } = await access("shop");

		world.nowEpochMs = startEpochMs + 14 * minuteMs - 1;
		const before = await access("shop");
		world.nowEpochMs = startEpochMs + 14 * minuteMs;
		const after = await access("shop");

		expect(before.bearerToken).toBe(bearerToken);
		expect(after.bearerToken).not.toBe(bearerToken);
	});

	it("given new credentials, is made of those", async () => {
		const { world, access } = given(found);
		await access("shop");

		world.accessKeyId = "SECOND";
		const { bearerToken } = await access("shop");

		expect(urlIn(bearerToken)).toContain("X-Amz-Credential=SECOND");
	});

	it("given two clusters, differs", async () => {
		const { access } = given(found);

		const [first, second] = [await access("shop"), await access("bank")];

		expect(second.bearerToken).not.toBe(first.bearerToken);
	});
});
