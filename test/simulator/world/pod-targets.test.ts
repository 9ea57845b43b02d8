import { describe, expect, it } from "vitest";
import { releaseOf } from "../../../lib/domain/release.ts";
import { fakeUserWorkload } from "../../../simulator/fakes/user-workload.ts";
import { fakeWorkloads } from "../../../simulator/fakes/workloads.ts";
import { objectKey } from "../../../simulator/world/cluster.ts";
import { usersGroupArnOf } from "../../../simulator/world/hosting.ts";
import { digestOf, makeStage } from "../fakes/stage.ts";

const hosted = (
	otherServices: (group: string) => readonly { name: string; feedsTargetGroups: readonly string[] }[],
) => {
	const stage = makeStage();
	const { world, caller, definition } = stage;
	const { workload } = definition;
	world.host(definition, { imageDigest: digestOf("a"), replicas: 4, requestsPerSecond: 100, rulePriority: 500 });
	const group = usersGroupArnOf(definition);
	world.surroundings.change(objectKey(workload, workload.deployment), { otherServices: otherServices(group) });
	const slot = objectKey(workload, `${workload.deployment}-blue`);
	/** Makes blue run, bound to no target group of its own. */
	const start = async (): Promise<void> => {
		await fakeWorkloads(world, caller).deploy(workload, "blue", releaseOf(digestOf("a")), 1);
		await stage.pass(120);
	};
	const slotTargets = () => world.targetGroups.healthyIds(group).filter((id) => id.startsWith(`${slot}#`));
	return { ...stage, workload, slot, start, slotTargets };
};

describe("pods of a slot beside the user's own", () => {
	it("given a Service of the user's that feeds the user's target group, are targets there and answer its requests", async () => {
		const { start, slotTargets, world, slot, workload, pass } = hosted((group) => [
			{ name: "alb", feedsTargetGroups: [group] },
		]);

		await start();
		const ready = world.cluster.deployment(slot)?.readyReplicas ?? 0;
		expect(ready).toBeGreaterThan(0);
		expect(slotTargets()).toHaveLength(ready);

		world.cluster.deployment(objectKey(workload, workload.deployment))?.scale(0);
		const before = world.traffic.of("checkout").totals().byDigest.get(digestOf("a"))?.good ?? 0;
		await pass(60);
		expect(world.traffic.of("checkout").totals().byDigest.get(digestOf("a"))?.good).toBeGreaterThan(before);

		world.cluster.deployment(slot)?.scale(0);
		expect(slotTargets()).toEqual([]);
	});

	it.each([
		["no such Service", () => []],
		["one that feeds another group", () => [{ name: "alb", feedsTargetGroups: ["another"] }]],
	])("given %s, are no targets there", async (_, otherServices) => {
		const { start, slotTargets } = hosted(otherServices);

		await start();

		expect(slotTargets()).toEqual([]);
	});
});

describe("the user's own pods as they are told of", () => {
	it("given targets of both, are told by their addresses alone", async () => {
		const { start, world, caller, workload, slotTargets } = hosted((group) => [
			{ name: "alb", feedsTargetGroups: [group] },
		]);
		await start();

		const { users } = await fakeUserWorkload(world, caller).inspect(workload);

		expect(users?.podAddresses).toHaveLength(4);
		expect(slotTargets().some((id) => users?.podAddresses.includes(id))).toBe(false);
	});
});
