import { describe, expect, it } from "vitest";
import { usersGroupArnOf } from "../../../simulator/world/hosting.ts";
import { Refusal } from "../../../simulator/world/refusal.ts";
import { hosted, template } from "./hosted.ts";

describe("what enrol-service refuses", () => {
	it("given a rule of another service's, names its targets and changes nothing", async () => {
		const { ask, world, definition, writes } = hosted();
		const { listenerArn, targetGroupArns } = definition.route;
		const others = targetGroupArns.blue.replace("checkout-blue", "search-own");
		world.targetGroups.create(others);
		world.targetGroups.seed(others, "search-pod", "healthy");
		const conditions = [{ field: "host-header", values: ["search.example"] }];
		world.loadBalancer.createRule(listenerArn, { priority: 600, conditions, weights: { [others]: 1 }, tags: {} });

		const { kind, problems } = await ask({ fromPriority: 600 });

		expect(kind).toBe("refused");
		expect(problems?.map(({ what }) => what)).toEqual([expect.stringContaining(others)]);
		expect(writes().filter((operation) => !operation.includes("Describe"))).toEqual([]);
	});

	it("given a second way to the user's pods that somebody makes after traffic has moved, keeps them until it is gone", async () => {
		const { ask, goOn, pass, world, definition } = hosted();
		const { listenerArn, basePriority } = definition.route;
		const usersGroup = usersGroupArnOf(definition);
		const hasMoved = () => (world.loadBalancer.ruleAt(listenerArn, basePriority)?.weights[usersGroup] ?? 1) === 0;
		for (let memory: object | null = null; !hasMoved(); ) {
			const answer = await ask({ memory });
			memory = answer.memory ?? null;
			await pass(answer.waitSeconds ?? 0);
		}
		world.loadBalancer.setDefault(listenerArn, { [usersGroup]: 1 });

		const { kind, problems, isBegun } = await goOn();

		expect({ kind, isBegun }).toEqual({ kind: "refused", isBegun: true });
		expect(problems?.map(({ what }) => what)).toEqual([`the default action of listener ${listenerArn}`]);
		expect(world.cluster.deployment(template)?.readyReplicas).toBe(4);
		world.loadBalancer.setDefault(listenerArn, {});
		expect(await goOn()).toMatchObject({ kind: "done" });
		expect(world.cluster.deployment(template)?.replicas).toBe(0);
	});

	it("given a write that the cluster does not take, ends refused by step and reason; one that is denied is tried again", async () => {
		const refusedWith = async (code: "NotFound" | "AccessDenied") => {
			const { goOn, world } = hosted();
			world.cluster.patchVersion = () => {
				throw new Refusal(code, "The webhook says no.");
			};
			return await goOn();
		};

		expect(await refusedWith("NotFound")).toMatchObject({
			kind: "refused",
			isBegun: true,
			problems: [
				{ what: expect.stringContaining("Mark Deployment"), value: expect.stringContaining("does not exist") },
			],
		});
		await expect(refusedWith("AccessDenied")).rejects.toMatchObject({ name: "InvalidClusterAccessError" });
	});
});
