import * as z from "zod/mini";
import { list, section, text } from "./bounded-field.ts";

/** An Amazon VPC id. */
export const vpcId = text('a VPC id, as in "vpc-0a1b2c3d4e5f60718"', /^vpc-[0-9a-f]{8,17}$/, 21);

const subnetId = text('a subnet id, as in "subnet-0a1b2c3d4e5f60718"', /^subnet-[0-9a-f]{8,17}$/, 24);
const securityGroupId = text('a security group id, as in "sg-0a1b2c3d4e5f60718"', /^sg-[0-9a-f]{8,17}$/, 20);

const name = text(
	"an EKS cluster name: 1 to 100 letters, digits, - and _, letter or digit first",
	/^[A-Za-z0-9][A-Za-z0-9_-]*$/,
	100,
).check(z.describe("Name of the EKS cluster."));

const gatewayApi = z
	._default(z.boolean({ error: "true or false" }), false)
	.check(
		z.describe(
			"Whether services may be routed by the Gateway API. It gives the functions that move traffic access to the cluster.",
		),
	);

const network = section({
	vpcId,
	subnetIds: list(subnetId, "subnet ids", 2, 16).check(
		z.describe("Subnets of two or more availability zones with a route to AWS's APIs."),
	),
	securityGroupId,
}).check(z.describe("Where the functions that speak to the cluster run. Needed for a private endpoint."));

/**
 * The cluster. A private endpoint is reached from its VPC only, so it must come with subnets and a security group;
 * with a public one a network would be without effect, so it is refused (D16).
 */
export const clusterConfigSchema = z.discriminatedUnion(
	"endpoint",
	[
		section({ name, endpoint: z.literal("public"), gatewayApi }),
		section({ name, endpoint: z.literal("private"), gatewayApi, network }),
	],
	{
		error: (issue) =>
			issue.code === "invalid_union"
				? "public or private"
				: "a section with a name and an endpoint, and a network where the endpoint is private",
	},
);
