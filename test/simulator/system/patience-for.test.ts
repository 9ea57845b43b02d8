import { describe, expect, it } from "vitest";
import { clusterPatience, criticalPath, patient } from "../../../lib/ports/patience.ts";
import { patienceFor } from "../../../simulator/system/patience-for.ts";

describe("patienceFor", () => {
	it.each([
		["dynamodb:GetItem", patient],
		["eks:DescribeCluster", patient],
		["kubernetes:patch:deployments", clusterPatience],
		["kubernetes:patch:httproutes", criticalPath],
		["kubernetes:list:endpointslices", criticalPath],
	])("given %s in a function that is patient, waits as its client does", (operation, patience) => {
		expect(patienceFor(operation, patient)).toEqual(patience);
	});
});
