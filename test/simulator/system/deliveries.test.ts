import { describe, expect, it } from "vitest";
import { authorityOf } from "../../../simulator/system/authority.ts";
import { type Receivers, targetsOf } from "../../../simulator/system/deliveries.ts";
import { makeSystem } from "../../../simulator/system/make-system.ts";
import type { DeployedRule, Deployment } from "../../../simulator/template/deployment.ts";
import type { EditableStacks } from "../editable-stacks.ts";
import { rehearse } from "../rehearsal.ts";

/** A deployed system, and what its rules delivered to topics. */
const stage = async (change: (stacks: EditableStacks) => void = () => {}) => {
	const prepared = await rehearse(change);
	const { deployment } = prepared;
	const { clock, engine, lambda } = makeSystem(prepared, 1);
	const notified: string[] = [];
	const receivers: Receivers = {
		deployment,
		authority: authorityOf(deployment),
		engine,
		lambda,
		onNotification: (topicName) => notified.push(topicName),
	};
	return { clock, engine, receivers, notified, deployment };
};

const ruleOf = ({ rules }: Deployment, idBegins: string): DeployedRule => {
	const rule = rules.find(({ name }) => name.includes(idBegins));
	if (rule === undefined)
		throw new RangeError(`No rule ${idBegins}; there are ${rules.map(({ name }) => name).join()}.`);
	return rule;
};

const deliver = async (receivers: Receivers, idBegins: string, payload: unknown = { source: "aws.test" }) => {
	for (const target of targetsOf(receivers, ruleOf(receivers.deployment, idBegins))) await target.deliver(payload);
};

describe("a delivery", () => {
	it("given a state machine and a role that may start it, starts an execution with the event as input", async () => {
		const { receivers, engine } = await stage();

		await deliver(receivers, "TriggersAlarmTurnedRed", { hello: "machine" });

		expect(engine.list().map(({ machineName, input }) => [machineName, input])).toEqual([
			["sluice-production-rollback", { hello: "machine" }],
		]);
	});

	it("given a role that may not start it, is refused and starts nothing", async () => {
		const { receivers, engine } = await stage((stacks) =>
			stacks.forbid("RollbackMachineEventsRole", "states:StartExecution"),
		);

		await expect(deliver(receivers, "TriggersAlarmTurnedRed")).rejects.toThrow(/may not states:StartExecution/);

		expect(engine.list()).toEqual([]);
	});

	it("given a function that this rule may invoke, is accepted at once: what the function does is its own business", async () => {
		const { receivers } = await stage();

		await expect(deliver(receivers, "TriggersImagePushed")).resolves.toBeUndefined();
	});

	it("given a function that only another rule may invoke, is refused", async () => {
		const { receivers } = await stage((stacks) => stacks.remove("AWS::Lambda::Permission", "TriggersImagePushedAllow"));

		await expect(deliver(receivers, "TriggersImagePushed")).rejects.toThrow(/may not invoke .*admit-release/);
		await expect(deliver(receivers, "TriggersRolloutEnded")).resolves.toBeUndefined();
	});

	it("given a topic and a role that may publish, tells people", async () => {
		const { receivers, notified } = await stage();

		await deliver(receivers, "TidingsNeedsAttention");

		expect(notified).toEqual(["sluice-production-pages"]);
	});

	it("given a topic and a role that may not publish, is refused", async () => {
		const { receivers, notified } = await stage((stacks) => stacks.forbid("PagesPublisher", "sns:Publish"));

		await expect(deliver(receivers, "TidingsNeedsAttention")).rejects.toThrow(/may not sns:Publish/);

		expect(notified).toEqual([]);
	});

	it("given a target that is nothing of the template, refuses the rule by name", async () => {
		const { receivers, deployment } = await stage();
		const rule = ruleOf(deployment, "TriggersImagePushed");
		const strange = { ...rule, targets: rule.targets.map((target) => ({ ...target, arn: "arn:aws:sqs:::elsewhere" })) };

		expect(() => targetsOf(receivers, strange)).toThrow(
			/TriggersImagePushed\w*: target arn:aws:sqs:::elsewhere is not simulated/,
		);
	});
});
