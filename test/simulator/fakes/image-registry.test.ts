import { fakeImageRegistry } from "../../../simulator/fakes/image-registry.ts";
import { imageRegistryContract } from "../../contracts/image-registry.contract.ts";
import { makeStage } from "./stage.ts";

imageRegistryContract("fakeImageRegistry", async () => {
	const { world, caller } = makeStage();
	world.registry.createRepository("shop/checkout");
	return {
		registry: fakeImageRegistry(world, caller),
		repositoryName: "shop/checkout",
		push: async (images) => {
			for (const { imageDigest, tags, pushedAtEpochMs } of images) {
				for (const tag of tags.length === 0 ? [null] : tags) {
					world.registry.push("shop/checkout", tag, imageDigest, pushedAtEpochMs);
				}
			}
		},
		failNextRead: () => caller.failNext({ matches: () => true, moment: "before-effect" }),
	};
});
