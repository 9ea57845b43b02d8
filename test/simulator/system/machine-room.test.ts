import { describe, expect, it } from "vitest";
import { makeSystem } from "../../../simulator/system/make-system.ts";
import type { EditableStacks } from "../editable-stacks.ts";
import { rehearse } from "../rehearsal.ts";

/** Runs a system in which a function is invoked asynchronously with an event that it cannot handle. */
const undone = async (change: (stacks: EditableStacks) => void = () => {}) => {
	const prepared = await rehearse((stacks) => {
		stacks.unset("Functionsapplycommand", "SERVICE_TABLE");
		change(stacks);
	});
	const queues: string[] = [];
	const invocations: string[] = [];
	const alarms: string[] = [];
	const system = makeSystem(prepared, 1, {
		onDeadLetter: (queueName) => queues.push(queueName),
		onInvocation: ({ functionName, failure }) => {
			if (functionName.endsWith("apply-command")) invocations.push(failure?.errorType ?? "fine");
		},
		onEvent: (_busName, event) => {
			const { alarmName, state } = event.detail as { alarmName?: string; state?: { value: string } };
			if (state?.value === "ALARM") alarms.push(String(alarmName));
		},
	});
	const [busName = ""] = prepared.deployment.busNames;
	system.emit(busName, {
		source: "people/ana",
		detailType: "command.abort.v1",
		account: prepared.deployment.account,
		region: prepared.deployment.region,
		detail: {},
		atEpochMs: system.clock.nowEpochMs(),
	});
	await system.clock.run(system.clock.nowEpochMs() + 900_000);
	system.stop();
	return { queues, invocations, alarms };
};

describe("the functions of a deployment", () => {
	it("given one whose variables are incomplete, fails at init, is retried, ends as dead letter and turns its alarm red", async () => {
		const { queues, invocations, alarms } = await undone();

		expect(invocations).toHaveLength(3);
		expect(invocations).not.toContain("fine");
		expect(queues).toEqual(["sluice-production-unhandled"]);
		expect(alarms).toEqual(["sluice-production-unhandled"]);
	});

	it("given a role that may not write to the queue, the dead letter is lost", async () => {
		const { queues } = await undone((stacks) => stacks.forbid("Functionsapplycommand", "sqs:SendMessage"));

		expect(queues).toEqual([]);
	});

	it("given an entry that is no function of ours, refuses the deployment by name", async () => {
		const astray = rehearse((stacks) => {
			const { Metadata } = stacks.resource("AWS::Lambda::Function", "Functionsplanstep");
			(Metadata as Record<string, unknown>)["sluice:entry"] = "../elsewhere";
		});

		await expect(astray).rejects.toThrow('Function entry "../elsewhere" is not valid; allowed is functions/<name>');
	});
});
