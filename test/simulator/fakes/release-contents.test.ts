import { expect, it } from "vitest";
import { fakeReleaseContents } from "../../../simulator/fakes/release-contents.ts";
import { fakeWorkloads } from "../../../simulator/fakes/workloads.ts";
import { objectKey } from "../../../simulator/world/cluster.ts";
import type { PodContent } from "../../../simulator/world/pod-content.ts";
import { contractDefinition } from "../../contracts/contract-definition.ts";
import { releaseContentsContract } from "../../contracts/release-contents.contract.ts";
import { digestOf, makeStage } from "./stage.ts";

const target = contractDefinition().workload;
const references = [
	{ name: "settings", isOptional: false },
	{ name: "texts", isOptional: false },
	{ name: "extras", isOptional: true },
];

const makeSetup = async () => {
	const { clock, world, caller } = makeStage();
	const { cluster } = world;
	const { configMaps } = cluster;
	const users = objectKey(target, target.deployment);
	const templateOf = (template: string): PodContent => ({ contentHash: null, template, configMaps: references });
	cluster.createDeployment(users, digestOf("0"), null, 0, templateOf("first"));
	configMaps.put(objectKey(target, "settings"), { COLOUR: "red" });
	configMaps.put(objectKey(target, "texts"), { GREETING: "hello" });
	return {
		contents: fakeReleaseContents(world, caller),
		workloads: fakeWorkloads(world, caller),
		target,
		configure: async (name: string, data: Readonly<Record<string, string>> | null) => {
			if (data === null) configMaps.delete(objectKey(target, name));
			else configMaps.put(objectKey(target, name), data);
		},
		changeTemplate: async (mark: string) => cluster.deployment(users)?.setTemplate(digestOf("0"), templateOf(mark)),
		variablesIn: async (slot: string) => {
			const live = cluster.deployment(objectKey(target, `${target.deployment}-${slot}`));
			return live === null ? null : cluster.configurationOf(target, live.content);
		},
		configMapNames: async () =>
			configMaps.list(objectKey(target, "")).map(({ key }) => key.slice(objectKey(target, "").length)),
		pass: async (seconds: number) => {
			await clock.run(clock.nowEpochMs() + seconds * 1_000);
		},
		breakDown: async () => caller.silence(),
		caller,
	};
};

releaseContentsContract("fakeReleaseContents", makeSetup);

it("given a first capture and another, makes the calls of the real adapter", async () => {
	const { contents, caller } = await makeSetup();

	await contents.capture(target);
	const { length } = caller.operations;
	await contents.capture(target);

	const keep = ["kubernetes:get:configmaps", "kubernetes:create:configmaps"];
	const read = ["kubernetes:get:deployments", ...Array.from({ length: 4 }, () => "kubernetes:get:configmaps")];
	expect(caller.operations.slice(0, length)).toEqual(["eks:DescribeCluster", ...read, ...keep, ...keep, ...keep]);
	expect(caller.operations.slice(length)).toEqual(read);
});
