import type { Workloads } from "../../../lib/ports/workloads.ts";
import { servesItsConfiguration } from "../../../simulator/checkers/serves-its-configuration.ts";
import { scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import type { System } from "../../../simulator/system/make-system.ts";
import type { PodContent } from "../../../simulator/world/pod-content.ts";
import { withPorts } from "./code-break.ts";
import type { Mutant } from "./mutant.ts";

/** A cluster in which what a slot is made of refers to the user's own ConfigMaps, which may be edited, and to no copies. */
const referringToLive = ({ world: { cluster } }: System): void => {
	const live = (slotKey: string, content: PodContent): PodContent => {
		const users = cluster.deployment(slotKey.replace(/-(?:blue|green)$/, ""));
		return { ...content, configMaps: users?.content.configMaps ?? [] };
	};
	const create = cluster.createDeployment.bind(cluster);
	cluster.createDeployment = (key, imageDigest, epoch, replicas, content) =>
		create(key, imageDigest, epoch, replicas, content && live(key, content));
	const patch = cluster.patchDeployment.bind(cluster);
	cluster.patchDeployment = (key, testEpoch, { content, ...change }) =>
		patch(key, testEpoch, content === undefined ? change : { ...change, content: live(key, content) });
};

/** Slots that are made of the user's Deployment as it is, and taken for what was asked for. */
const takenAsTheyAre = (workloads: Workloads): Workloads => {
	let asked: string | null = null;
	return {
		...workloads,
		deploy: (target, slot, { contentHash = null, ...image }, epoch) => {
			asked = contentHash;
			return workloads.deploy(target, slot, image, epoch);
		},
		read: async (target, slot) => ({ ...(await workloads.read(target, slot)), contentHash: asked }),
	};
};

/** Breaks of what makes configuration part of a release. */
export const mutantsOfConfiguration: readonly Mutant[] = [
	{
		what: "slots that refer to the user's own ConfigMaps, one of which is edited while its change is on trial",
		caughtBy: servesItsConfiguration,
		says: 'released was {"LOG_LEVEL":"debug"}',
		scenario: scenarioOf("config-change"),
		world: referringToLive,
		limitSeconds: 3_600,
	},
	{
		what: "a slot that is made of the user's Deployment as it is, of which nothing is kept",
		caughtBy: servesItsConfiguration,
		says: "is made of content none",
		scenario: scenarioOf("config-with-image"),
		code: { "prepare-canary": withPorts(({ workloads }) => ({ workloads: takenAsTheyAre(workloads) })) },
	},
];
