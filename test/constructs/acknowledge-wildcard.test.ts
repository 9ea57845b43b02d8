import { App, Stack, Validations } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { acknowledgeWildcard } from "../../lib/constructs/acknowledge-wildcard.ts";

/** Wildcards that cdk-nag still complains of in a role that may do both, when these are acknowledged. */
const complaints = (acknowledged: (bucketArn: string) => readonly string[]): readonly string[] => {
	const stack = new Stack(new App(), "Stack", { env: { account: "111122223333", region: "eu-central-1" } });
	const role = new Role(stack, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
	const { bucketArn } = new Bucket(stack, "Bucket");
	role.addToPolicy(new PolicyStatement({ actions: ["s3:GetObject"], resources: [`${bucketArn}/definitions/*`] }));
	role.addToPolicy(new PolicyStatement({ actions: ["cloudwatch:GetMetricData"], resources: ["*"] }));

	acknowledgeWildcard(role, "Because the test says so.", ...acknowledged(bucketArn));

	const { violations } = new AwsSolutionsChecks(stack).validateScope(role);
	return violations.map(({ ruleName }) => ruleName.replace(/Bucket[0-9A-F]{8}/, "Bucket"));
};

const ofBucket = "AwsSolutions-IAM5[Resource::<Bucket.Arn>/definitions/*]";
const ofAll = "AwsSolutions-IAM5[Resource::*]";

describe("an acknowledged wildcard", () => {
	it("given none, cdk-nag complains of every wildcard", () => {
		expect(complaints(() => [])).toEqual([ofBucket, ofAll]);
	});

	it("given one of them, even with a reference in it, accepts this one only", () => {
		expect(complaints((bucketArn) => [`${bucketArn}/definitions/*`])).toEqual([ofAll]);
		expect(complaints(() => ["*"])).toEqual([ofBucket]);
	});

	it("given a likeness of it, accepts nothing", () => {
		expect(complaints((bucketArn) => [`${bucketArn}/*`])).toEqual([ofBucket, ofAll]);
	});

	it("given its reason, keeps it with the construct", () => {
		const stack = new Stack(new App(), "Stack");

		acknowledgeWildcard(stack, "Because the test says so.", "*");

		const entry = stack.node.metadata.find(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY);
		expect(JSON.stringify(entry?.data)).toContain("Because the test says so.");
	});
});
