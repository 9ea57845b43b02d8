import { describe, expect, it } from "vitest";
import { loadBalancerRouteOf } from "../../../lib/domain/traffic-route.ts";
import { objectKey } from "../../../simulator/world/cluster.ts";
import { usersGroupArnOf } from "../../../simulator/world/hosting.ts";
import { type Answer, blue, hosted, release, template, workload } from "./hosted.ts";

type Stage = ReturnType<typeof hosted>;

const enrolled = async (options: Parameters<typeof hosted>[0] = {}): Promise<Stage> => {
	const stage = hosted(options);
	expect(await stage.goOn()).toMatchObject({ kind: "done" });
	return stage;
};

/** Goes on giving back until something is so, and answers what is remembered by then. */
const giveBackUntil = async ({ ask, pass }: Stage, isSo: () => boolean): Promise<object | null> => {
	let memory: object | null = null;
	for (let steps = 0; steps < 200 && !isSo(); steps++) {
		const answer: Answer = await ask({ ...release, memory });
		memory = answer.memory ?? null;
		await pass(answer.waitSeconds ?? 1);
	}
	return memory;
};

const sharesOf = ({ world }: Stage) => world.traffic.of("checkout").shares.at(-1);

const basePriorityOf = ({ definition }: Stage): number => loadBalancerRouteOf(definition).basePriority;

describe("giving back, as the user's own pods really are", () => {
	it("given a Service that feeds the user's group with slot pods and pods of the user's that fail its checks, does not move", async () => {
		const stage = hosted({ progressDeadlineSeconds: 60 });
		const { world, definition, goOn } = stage;
		const group = usersGroupArnOf(definition);
		world.surroundings.change(template, { otherServices: [{ name: "alb", feedsTargetGroups: [group] }] });
		await goOn();
		const register = world.targetGroups.register.bind(world.targetGroups);
		world.targetGroups.register = (arn, id) => {
			register(arn, id);
			if (arn === group && id.startsWith(`${template}#`)) world.targetGroups.failChecks(arn, id);
		};

		expect(await goOn(release)).toMatchObject({ kind: "stuck", sentence: expect.stringContaining("0 of 4 targets") });

		expect(world.targetGroups.healthyIds(group).length).toBeGreaterThan(0);
		expect(sharesOf(stage)).toMatchObject({ blue: 1 });
	});

	it("given pods of the user's that all crash after they took over, serves from the slot again until they are back", async () => {
		const stage = await enrolled();
		const { world, goOn } = stage;
		const memory = await giveBackUntil(stage, () => sharesOf(stage)?.users === 1);
		world.cluster.deployment(template)?.crashReady();

		await giveBackUntil(stage, () => sharesOf(stage)?.blue === 1);
		expect(sharesOf(stage)).toMatchObject({ blue: 1 });

		expect(await goOn({ ...release, memory })).toMatchObject({ kind: "done" });
		expect(sharesOf(stage)).toMatchObject({ users: 1 });
		expect(world.cluster.deployment(blue)).toBeNull();
	});

	it("given pods that are ready for moments only, leaves callers in the cluster with the slot", async () => {
		const stage = await enrolled({ progressDeadlineSeconds: 120 });
		const { world, ask, pass, definition } = stage;
		const group = usersGroupArnOf(definition);
		const callers = objectKey(workload, "checkout");
		const seen = new Set<string | null | undefined>();
		let memory: object | null = null;
		let answer: Answer = { kind: "continue" };
		for (let steps = 0; steps < 300 && (steps === 0 || memory !== null); steps++) {
			answer = await ask({ ...release, memory });
			memory = answer.memory ?? null;
			seen.add(world.cluster.service(callers)?.slot);
			const users = world.cluster.deployment(template);
			for (const id of users?.readyPodIds ?? []) world.targetGroups.failChecks(group, id);
			await pass(answer.waitSeconds ?? 1);
			if (steps % 8 === 7) users?.crashReady();
		}

		expect(answer).toMatchObject({ kind: "stuck", isServed: true });
		expect([...seen]).toEqual(["blue"]);
	});

	it("given pods like that which only the in-cluster Service makes targets, ends refused with callers at the slot", async () => {
		const stage = await enrolled();
		const { world, ask, pass, definition } = stage;
		const group = usersGroupArnOf(definition);
		const callers = objectKey(workload, "checkout");
		world.surroundings.change(template, { inClusterFeeds: [group] });
		let memory: object | null = null;
		let answer: Answer = { kind: "continue" };
		for (let steps = 0; steps < 300 && (steps === 0 || memory !== null); steps++) {
			answer = await ask({ ...release, memory });
			memory = answer.memory ?? null;
			const users = world.cluster.deployment(template);
			for (const id of users?.readyPodIds ?? []) world.targetGroups.failChecks(group, id);
			if (world.cluster.service(callers)?.slot === null) users?.crashReady();
			await pass(answer.waitSeconds ?? 1);
		}

		expect(answer).toMatchObject({ kind: "refused", problems: [{ what: 'callers of in-cluster Service "checkout"' }] });
		expect(world.cluster.service(callers)?.slot).toBe("blue");
		expect(sharesOf(stage)).toMatchObject({ blue: 1 });
	});

	it("given an authentication that somebody put before the user's own rule, refuses before the base rule goes", async () => {
		const stage = await enrolled();
		const { world, goOn, definition } = stage;
		const { listenerArn } = loadBalancerRouteOf(definition);
		const rulesOf = world.loadBalancer.rulesOf.bind(world.loadBalancer);
		world.loadBalancer.rulesOf = (arn) =>
			rulesOf(arn).map((rule) =>
				rule.priority === 500 ? { ...rule, actions: ["authenticate-oidc", "forward"] } : rule,
			);

		expect(await goOn(release)).toMatchObject({
			kind: "refused",
			problems: [{ what: "actions of your own rule, at priority 500" }],
		});
		expect(world.loadBalancer.ruleAt(listenerArn, basePriorityOf(stage))).not.toBeNull();
	});
});
