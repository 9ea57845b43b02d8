import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { clusterPermissions, clusterRolesYaml, groupsThatMay } from "../../lib/domain/cluster-permissions.ts";

interface Role {
	readonly kind: string;
	readonly metadata: { readonly name: string; readonly namespace: string };
	readonly rules?: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
	readonly subjects?: readonly { readonly name: string }[];
}

const documents = (namespaces: readonly string[]): readonly Role[] =>
	parseAllDocuments(clusterRolesYaml(namespaces)).map((document) => document.toJS() as Role);

describe("what Sluice may do in a cluster", () => {
	it("given every permission, none reads a Secret, and only enrolment deletes more than kept contents", () => {
		expect(clusterPermissions.filter(({ resource }) => resource === "secrets")).toEqual([]);
		const deleting = clusterPermissions.filter(
			({ verbs, resource }) => verbs.includes("delete") && resource !== "configmaps",
		);
		expect([...new Set(deleting.map(({ group }) => group))]).toEqual(["sluice-enrolment"]);
	});

	it("given two namespaces, one of them twice, prints a Role and a RoleBinding of each group for each", () => {
		const printed = documents(["shop", "ledger", "shop"]);

		expect(printed.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
			"Role ledger/sluice",
			"RoleBinding ledger/sluice",
			"Role ledger/sluice-enrolment",
			"RoleBinding ledger/sluice-enrolment",
			"Role shop/sluice",
			"RoleBinding shop/sluice",
			"Role shop/sluice-enrolment",
			"RoleBinding shop/sluice-enrolment",
		]);
	});

	it("given the list, the Roles say all of it and nothing else", () => {
		const said = documents(["shop"]).flatMap(({ metadata, rules = [] }) =>
			rules.map(({ resources, verbs }) => `${metadata.name} ${resources.join()} ${verbs.join()}`),
		);

		expect(said.toSorted()).toEqual(
			clusterPermissions.map(({ group, resource, verbs }) => `${group} ${resource} ${verbs.join()}`).toSorted(),
		);
	});

	it("given something that nobody may do, names no group", () => {
		expect(groupsThatMay("get", "secrets")).toEqual([]);
		expect(groupsThatMay("delete", "deployments")).toEqual(["sluice-enrolment"]);
	});
});
