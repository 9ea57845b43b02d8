import { describe, expect, it } from "vitest";
import { loadBalancerRouteOf } from "../../../lib/domain/traffic-route.ts";
import { objectKey } from "../../../simulator/world/cluster.ts";
import { type Answer, blue, hosted, release, template, workload } from "./hosted.ts";

type Stage = ReturnType<typeof hosted>;

const sharesOf = ({ world }: Stage) => world.traffic.of("checkout").shares.at(-1);

const baseOf = ({ world, definition }: Stage) => {
	const { listenerArn, basePriority } = loadBalancerRouteOf(definition);
	return world.loadBalancer.ruleAt(listenerArn, basePriority);
};

/** Goes on enrolling until something is so. @returns what is remembered by then. */
const enrolUntil = async (
	{ ask, pass }: Stage,
	isSo: () => boolean,
	from: object | null = null,
	fromPriority: number | null = 500,
): Promise<object | null> => {
	let memory = from;
	for (let steps = 0; steps < 300 && !isSo(); steps++) {
		const answer: Answer = await ask({ memory, fromPriority });
		if (answer.memory === undefined) throw new RangeError(`It ended: ${JSON.stringify(answer)}`);
		memory = answer.memory;
		await pass(answer.waitSeconds ?? 1);
	}
	return memory;
};

describe("enrolling again a service that somebody else has changed", () => {
	it("given GitOps that put replicas and the Service's selector back, ends refused and names the Service", async () => {
		const { goOn, world } = hosted();
		await goOn();
		world.cluster.deployment(template)?.scale(4);
		world.cluster.putService(objectKey(workload, "checkout"), null, 1);

		expect(await goOn()).toMatchObject({ kind: "refused", problems: [{ what: 'in-cluster Service "checkout"' }] });
	});

	it("given a base rule that somebody deleted, ends refused and names it", async () => {
		const stage = hosted();
		await stage.goOn();
		stage.world.cluster.deployment(template)?.scale(4);
		stage.world.loadBalancer.deleteRule(baseOf(stage)?.ruleArn ?? "");

		expect(await stage.goOn()).toMatchObject({ kind: "refused", problems: [{ value: "gone" }] });
	});

	it("given a slot that somebody scaled to zero before the service was recorded, starts it again and goes on", async () => {
		const stage = hosted();
		const { world, goOn } = stage;
		const memory = await enrolUntil(stage, () => (world.cluster.deployment(blue)?.readyReplicas ?? 0) > 0);
		world.cluster.deployment(blue)?.scale(0);

		expect(await goOn({ memory })).toMatchObject({ kind: "done" });
		expect(world.table.get("checkout")).toMatchObject({ epoch: 2 });
	});

	it("given somebody who writes in between each time, ends stuck and says what it could not do", async () => {
		const stage = hosted({ progressDeadlineSeconds: 60 });
		const { world, goOn } = stage;
		await goOn();
		world.cluster.deployment(template)?.scale(4);
		const patchVersion = world.cluster.patchVersion.bind(world.cluster);
		let replicas = 5;
		world.cluster.patchVersion = (key, version, change) => {
			world.cluster.deployment(template)?.scale(replicas++);
			patchVersion(key, version, change);
		};

		const { kind, sentence, isServed } = await goOn();

		expect({ kind, isServed }).toEqual({ kind: "stuck", isServed: true });
		expect(sentence).toMatch(/^For \d+ s this was tried over and over.*Scale Deployment/);
	});

	it("given a write that changes nothing, waits between two tries and ends stuck", async () => {
		const stage = hosted({ progressDeadlineSeconds: 60 });
		stage.world.surroundings.addService = () => {};
		stage.world.surroundings.bind = () => {};

		expect(await stage.goOn()).toMatchObject({ kind: "stuck", sentence: expect.stringContaining("slot blue") });
	});
});

describe("what else sends requests to the user's own target group", () => {
	const asked = ({ caller }: Stage): number =>
		caller.operations.filter((operation) => operation.endsWith("DescribeListeners")).length;

	it("is asked while the user's pods are still to be stopped, and neither afterwards nor in giving back", async () => {
		const stage = hosted();
		const { ask, goOn } = stage;
		await ask();
		expect(asked(stage)).toBeGreaterThan(0);
		await goOn();
		const before = asked(stage);

		await ask();
		await goOn(release);

		expect(asked(stage)).toBe(before);
	});
});

describe("a slot that fails once it has everything", () => {
	it("given the user's own pods that still run, serves from them again and moves by another rule once it can", async () => {
		const stage = hosted();
		const { world, goOn } = stage;
		const memory = await enrolUntil(stage, () => sharesOf(stage)?.blue === 1);
		const first = baseOf(stage)?.ruleArn;
		world.cluster.deployment(blue)?.crashReady();

		const later = await enrolUntil(stage, () => sharesOf(stage)?.users === 1, memory, null);
		expect(baseOf(stage)?.ruleArn).not.toBe(first);

		expect(await goOn({ memory: later, fromPriority: null })).toMatchObject({ kind: "done" });
		expect(sharesOf(stage)).toMatchObject({ blue: 1 });
		expect(world.loadBalancer.rule(first ?? "")).toBeNull();
	});

	it("given a deletion that is lost and a slot that is back by then, deletes the rule all the same", async () => {
		const stage = hosted();
		const { ask, world, goOn } = stage;
		const memory = await enrolUntil(stage, () => sharesOf(stage)?.blue === 1);
		const first = baseOf(stage)?.ruleArn ?? "";
		const blueHealth = world.cluster.deployment(blue);
		blueHealth?.crashReady();
		const { memory: freed } = await ask({ memory });
		const decided = await ask({ memory: freed });
		expect(decided).toMatchObject({ kind: "continue", memory: { givenUpRuleArn: first } });
		expect(baseOf(stage)?.ruleArn).toBe(first);
		await stage.pass(120);
		expect(blueHealth?.readyReplicas).toBeGreaterThan(0);

		expect(await goOn({ memory: decided.memory })).toMatchObject({ kind: "done" });

		expect(world.loadBalancer.rule(first)).toBeNull();
	});

	it("given pods that die each time they have everything, serves from the user's own and ends refused", async () => {
		const stage = hosted();
		const { ask, pass, world } = stage;
		let memory: object | null = null;
		let answer: Answer = { kind: "continue" };
		for (let steps = 0; steps < 600 && (steps === 0 || memory !== null); steps++) {
			answer = await ask({ memory });
			memory = answer.memory ?? null;
			await pass(answer.waitSeconds ?? 1);
			if (sharesOf(stage)?.blue === 1) world.cluster.deployment(blue)?.crashReady();
		}

		expect(answer).toMatchObject({ kind: "refused", problems: [{ what: expect.stringContaining("the base rule") }] });
		expect(baseOf(stage)).toBeNull();
		expect(sharesOf(stage)).toMatchObject({ users: 1 });
		expect(world.cluster.service(objectKey(workload, "checkout"))?.slot).toBeNull();
	});

	it("given a ConfigMap that is missing by then, frees callers and deletes the rule before it refuses", async () => {
		const stage = hosted();
		const { goOn, world } = stage;
		const callers = objectKey(workload, "checkout");
		const memory = await enrolUntil(stage, () => world.cluster.service(callers)?.slot === "blue");
		world.cluster.deployment(blue)?.crashReady();
		world.surroundings.change(template, { missingConfigMaps: ["settings"] });

		expect(await goOn({ memory })).toMatchObject({ kind: "refused", problems: [{ what: 'ConfigMap "settings"' }] });
		expect(baseOf(stage)).toBeNull();
		expect(world.cluster.service(callers)?.slot).toBeNull();
	});
});

describe("a tool that takes the slot out of the in-cluster Service's selector", () => {
	it("given that it does so during each drain, ends refused while the user's pods still run", async () => {
		const stage = hosted();
		const { ask, pass, world } = stage;
		const callers = objectKey(workload, "checkout");
		let memory: object | null = null;
		let answer: Answer = { kind: "continue" };
		for (let steps = 0; steps < 300 && (steps === 0 || memory !== null); steps++) {
			answer = await ask({ memory });
			memory = answer.memory ?? null;
			await pass(answer.waitSeconds ?? 1);
			const { slot, epoch } = world.cluster.service(callers) ?? {};
			if (slot === "blue" && answer.kind === "wait") world.cluster.putService(callers, null, epoch ?? null);
		}

		expect(answer).toMatchObject({ kind: "refused", problems: [{ what: 'in-cluster Service "checkout"' }] });
		expect(world.cluster.deployment(template)?.readyReplicas).toBe(4);
	});
});
