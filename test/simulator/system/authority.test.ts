import { describe, expect, it } from "vitest";
import type { RemoteCall } from "../../../simulator/kernel/caller.ts";
import { authorityOf } from "../../../simulator/system/authority.ts";
import type { Deployment } from "../../../simulator/template/deployment.ts";
import { readStatements } from "../../../simulator/template/permissions.ts";
import { rehearsedDeployment } from "../rehearsal.ts";

const roleArn = "arn:aws:iam::111122223333:role/act";
const tableArn = "arn:aws:dynamodb:eu-central-1:111122223333:table/services";
const bucketArn = "arn:aws:s3:::catalog";
const keyArn = "arn:aws:kms:eu-central-1:111122223333:key/one";
const clusterArn = "arn:aws:eks:eu-central-1:111122223333:cluster/shop";

const through = (service: string) => ({
	StringEquals: { "kms:ViaService": `${service}.eu-central-1.amazonaws.com` },
});

const allow = (Action: string | string[], Resource: string, Condition?: object) => ({
	Effect: "Allow",
	Action,
	Resource,
	...(Condition && { Condition }),
});

const authorityWith = (statements: readonly object[], overrides: Partial<Deployment> = {}) =>
	authorityOf({
		...rehearsedDeployment(),
		statements: new Map([[roleArn, readStatements({ Statement: statements }, "act")]]),
		encryptionKeys: new Map(),
		clusterAccess: new Set(),
		...overrides,
	});

const encrypted = {
	encryptionKeys: new Map([
		[tableArn, keyArn],
		[bucketArn, keyArn],
	]),
};

describe("the authority", () => {
	it("given a call that the role may make, has no objection; given another role, says who may not do what", () => {
		const authority = authorityWith([allow("dynamodb:GetItem", tableArn)]);
		const call = { operation: "dynamodb:GetItem", resource: tableArn };

		expect(authority.denialOf(roleArn, call)).toBeNull();
		expect(authority.denialOf(`${roleArn}-other`, call)).toBe(
			`${roleArn}-other is not authorized to perform dynamodb:GetItem on ${tableArn}.`,
		);
	});

	it("given a condition on tags, decides by the call's own values, each time anew", () => {
		const authority = authorityWith([
			allow("elasticloadbalancing:ModifyRule", "*", { StringEquals: { "aws:ResourceTag/sluice:environment": "prod" } }),
		]);
		const modify = (environment: string): RemoteCall => ({
			operation: "elasticloadbalancing:ModifyRule",
			resource: "arn:rule",
			conditions: { "aws:ResourceTag/sluice:environment": environment },
		});

		expect(["prod", "staging", "prod"].map((environment) => authority.denialOf(roleArn, modify(environment)))).toEqual([
			null,
			expect.stringContaining("elasticloadbalancing:ModifyRule"),
			null,
		]);
	});

	it("given a call that needs several permissions, asks for each, with resources and conditions of its own", () => {
		const call: RemoteCall = {
			operation: "elasticloadbalancing:CreateRule",
			resource: "arn:listener",
			authorisedAs: [
				{ action: "elasticloadbalancing:CreateRule" },
				{ action: "elasticloadbalancing:AddTags", resource: "arn:rule", conditions: { "aws:RequestTag/a": "b" } },
			],
		};
		const create = allow("elasticloadbalancing:CreateRule", "arn:listener");
		const tag = allow("elasticloadbalancing:AddTags", "arn:rule", { StringEquals: { "aws:RequestTag/a": "b" } });

		expect(authorityWith([create, tag]).denialOf(roleArn, call)).toBeNull();
		expect(authorityWith([create]).denialOf(roleArn, call)).toContain("elasticloadbalancing:AddTags");
		expect(authorityWith([tag]).denialOf(roleArn, call)).toContain("elasticloadbalancing:CreateRule");
	});

	it.each<[string, string, string, string]>([
		["dynamodb:UpdateItem", tableArn, "kms:Decrypt", "dynamodb"],
		["dynamodb:Query", `${tableArn}/index/busy`, "kms:Decrypt", "dynamodb"],
		["s3:GetObject", `${bucketArn}/services/checkout.json`, "kms:Decrypt", "s3"],
		["s3:PutObject", `${bucketArn}/services/checkout.json`, "kms:GenerateDataKey", "s3"],
	])("given %s on %s with a key, needs %s through %s", (operation, resource, keyAction, service) => {
		const own = allow(operation, "*");
		const ask = (...statements: object[]) =>
			authorityWith([own, ...statements], encrypted).denialOf(roleArn, { operation, resource });

		expect(ask(allow(keyAction, keyArn, through(service)))).toBeNull();
		expect(ask(allow(keyAction, keyArn))).toBeNull();
		expect(ask()).toContain(keyAction);
		expect(ask(allow(keyAction, keyArn, through("sns")))).toContain(keyAction);
		expect(ask(allow(keyAction, `${keyArn}-other`))).toContain(keyAction);
	});

	it("given a table or bucket without a key of its own, asks for none", () => {
		const authority = authorityWith([allow("s3:GetObject", "*")], encrypted);

		expect(authority.denialOf(roleArn, { operation: "s3:GetObject", resource: "arn:aws:s3:::other/x" })).toBeNull();
	});

	it("given a listing of a bucket with a key, needs no key: names are not encrypted", () => {
		const authority = authorityWith([allow("s3:ListBucket", bucketArn)], encrypted);

		expect(authority.denialOf(roleArn, { operation: "s3:ListBucket", resource: bucketArn })).toBeNull();
	});

	it("given a call to a cluster, only an access entry with the group that RBAC binds helps, not a policy", () => {
		const call = { operation: "kubernetes:patch:deployments", resource: clusterArn };
		const ask = (...clusterAccess: string[]) =>
			authorityWith([allow("*", "*")], { clusterAccess: new Set(clusterAccess) }).denialOf(roleArn, call);

		expect(ask(`shop ${roleArn} sluice`)).toBeNull();
		expect(ask()).toContain("kubernetes:patch:deployments");
		expect(ask(`shop ${roleArn} viewers`)).toContain("kubernetes:patch:deployments");
		expect(ask(`other ${roleArn} sluice`)).toContain("kubernetes:patch:deployments");
		expect(ask(`shop ${roleArn}-other sluice`)).toContain("kubernetes:patch:deployments");
	});

	it("given a service that acts for a role, it knows no conditions", () => {
		const authority = authorityWith([
			allow("states:StartExecution", "arn:machine"),
			allow("sns:Publish", "arn:topic", { StringEquals: { k: "v" } }),
		]);

		expect(authority.mayDo(roleArn, "states:StartExecution", "arn:machine")).toBe(true);
		expect(authority.mayDo(roleArn, "states:StartExecution", "arn:other")).toBe(false);
		expect(authority.mayDo(roleArn, "sns:Publish", "arn:topic")).toBe(false);
	});

	it("given the real template, only functions that speak to the cluster have access to it", () => {
		const deployment = rehearsedDeployment();
		const authority = authorityOf(deployment);
		const call = { operation: "kubernetes:get:deployments", resource: `${clusterArn}-production` };

		const admitted = deployment.functions.filter(({ roleArn: role }) => authority.denialOf(role, call) === null);

		expect(admitted.map(({ entry }) => entry).sort()).toEqual([
			"functions/admit-release",
			"functions/collect-contents",
			"functions/enrol-service",
			"functions/ensure-capacity",
			"functions/move-in-cluster-service",
			"functions/prepare-canary",
			"functions/retire-slot",
		]);
	});
});
