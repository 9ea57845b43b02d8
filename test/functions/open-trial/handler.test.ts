import { describe, expect, it } from "vitest";
import { contractDefinition } from "../../contracts/contract-definition.ts";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach, rollBack, type Station, stageAt } from "../rollout-journey.ts";

const open = (stage: FunctionStage, ports = stage.ports): Promise<unknown> =>
	stage.run(handlersOf(ports).openTrial, payload());

/** A router beside which something happens once the rule is open. */
const afterOpening = (stage: FunctionStage, happen: () => Promise<unknown>) => {
	const { open: really } = stage.ports.router;
	const router = {
		...stage.ports.router,
		open: async (...request: Parameters<typeof really>) => {
			const opened = await really(...request);
			await happen();
			return opened;
		},
	};
	return { ...stage.ports, router };
};

const previewed = () => {
	const { route } = contractDefinition();
	return functionStage({ route: { ...route, preview: { header: { name: "X-Preview", value: "checkout" } } } });
};

describe("opening a trial for testers, too", () => {
	it("given a canary that is ready, shows it to testers and to no user", async () => {
		const stage = previewed();

		await reach(stage, "opened");

		expect(await stage.rules()).toMatchObject({
			trial: { weights: { blue: 100, green: 0 } },
			preview: { rolloutId: "checkout-1", weights: { blue: 0, green: 100 } },
		});
	});

	it("given a rollback that begins while the rules are opened, shows nothing to anybody and leaves nothing", async () => {
		const stage = previewed();
		await reach(stage, "prepared");
		const ports = afterOpening(stage, () => rollBack(stage));

		await expect(open(stage, ports)).rejects.toMatchObject({ name: "StoreConflictError" });

		expect(await stage.rules()).toEqual({ base: { blue: 100, green: 0 }, trial: null });
		expect(stage.caller.operations).not.toContain("elasticloadbalancing:ModifyRule");
	});
});

describe("opening a trial", () => {
	it("given a canary that is ready, opens the rule at weight 0, records it and says so", async () => {
		const stage = await stageAt("prepared");

		await expect(open(stage)).resolves.toEqual({ v: 1, kind: "opened" });

		const { trial } = await stage.rules();
		expect(trial).toMatchObject({ rolloutId: "checkout-1", weights: { blue: 100, green: 0 } });
		expect(stage.state()).toMatchObject({ phase: "preparing", trialRuleArn: trial?.ruleArn });
		expect(stage.said.at(-1)?.kind).toBe("rollout.opened.v1");
	});

	it("given the same call again, opens no second rule", async () => {
		const stage = await stageAt("opened");
		const before = await stage.rules();

		await expect(open(stage)).resolves.toMatchObject({ kind: "opened" });

		expect(await stage.rules()).toEqual(before);
	});

	it("given a rule of somebody else at the trial priority, leaves it and says whose it is", async () => {
		const stage = await stageAt("prepared");
		const { listenerArn, trialPriority, targetGroupArns } = stage.definition.route;
		const weights = { [targetGroupArns.green]: 100 };
		stage.world.loadBalancer.createRule(listenerArn, { priority: trialPriority, conditions: [], weights, tags: {} });

		await expect(open(stage)).rejects.toMatchObject({ name: "TrafficConflictError" });

		expect((await stage.rules()).trial).toMatchObject({ rolloutId: null });
		expect(stage.state().trialRuleArn).toBeUndefined();
	});
});

describe("an opening that comes late", () => {
	it("given a rollback between opening and recording, deletes its own rule again", async () => {
		const stage = await stageAt("prepared");

		const answer = open(
			stage,
			afterOpening(stage, () =>
				stage.ports.store.write("checkout", { condition: {}, set: { epoch: 2, phase: "rolling-back" } }),
			),
		);

		await expect(answer).rejects.toMatchObject({ name: "StoreConflictError" });
		expect((await stage.rules()).trial).toBeNull();
	});

	it("given a rollback that is under way, leaves no rule behind", async () => {
		const stage = await stageAt("prepared");
		await rollBack(stage);

		await expect(open(stage)).rejects.toMatchObject({ name: "StoreConflictError" });

		expect(await stage.rules()).toEqual({ base: { blue: 100, green: 0 }, trial: null });
	});

	it("given a record that is silent, keeps the rule: nobody knows whether it was written", async () => {
		const stage = await stageAt("prepared");
		const isWrite = (operation: string): boolean => operation === "dynamodb:UpdateItem";
		stage.caller.failNext({ matches: isWrite, moment: "after-effect" });

		await expect(open(stage)).rejects.toMatchObject({ name: "StoreUnavailableError" });

		expect((await stage.rules()).trial?.ruleArn).toBe(stage.state().trialRuleArn);
		await expect(open(stage)).resolves.toMatchObject({ kind: "opened" });
	});

	it.each<Station>(["exposed", "promoted"])(
		"given a rollout that has long been %s, does not delete the rule that serves it",
		async (station) => {
			const stage = await stageAt(station);
			const before = await stage.rules();

			await expect(open(stage)).rejects.toMatchObject({ name: "StoreConflictError" });

			expect(await stage.rules()).toEqual(before);
		},
	);
});
