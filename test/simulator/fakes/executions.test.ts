import { describe, expect, it } from "vitest";
import { ExecutionsUnavailableError } from "../../../lib/ports/executions.ts";
import { createEngine } from "../../../simulator/asl/engine.ts";
import { loadStateMachine } from "../../../simulator/asl/state-machine.ts";
import { fakeExecutions } from "../../../simulator/fakes/executions.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { executionsContract } from "../../contracts/executions.contract.ts";
import { makeStage } from "./stage.ts";

const machineArn = "arn:aws:states:eu-central-1:111122223333:stateMachine:rollout";
const askingMachineArn = "arn:aws:states:eu-central-1:111122223333:stateMachine:asking";
const roleArn = "arn:aws:iam::111122223333:role/machine";
const functionArn = "arn:aws:lambda:eu-central-1:111122223333:function:await-person";
const lapseSeconds = 100;
const timeoutSeconds = 10_000;

/** A machine that hands out a token and waits for its answer. */
const askingMachine = (taskSeconds: number) => ({
	QueryLanguage: "JSONata",
	StartAt: "Ask",
	TimeoutSeconds: timeoutSeconds,
	States: {
		Ask: {
			Type: "Task",
			Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
			Arguments: {
				FunctionName: functionArn,
				Payload: { token: "{% $states.context.Task.Token %}", execution: "{% $states.context.Execution.Id %}" },
			},
			TimeoutSeconds: taskSeconds,
			End: true,
		},
	},
});

const makeSetup = async () => {
	const { clock, caller } = makeStage();
	const tokens = new Map<string, string>();
	const executionOf = new Map<string, string>();
	const engine = createEngine({
		timers: clock,
		random: randomOf(1),
		hooks: {
			invokeFunction: async ({ payload, executionArn }) => {
				const { token } = payload as { readonly token: string };
				tokens.set(executionArn, token);
				executionOf.set(token, executionArn);
				return {};
			},
			authorize: () => {},
			onStatusChange: () => {},
			latencyMs: () => 1,
		},
	});
	engine.register(loadStateMachine(machineArn, roleArn, askingMachine(2 * timeoutSeconds)));
	engine.register(loadStateMachine(askingMachineArn, roleArn, askingMachine(lapseSeconds)));
	const pass = (seconds: number) => clock.run(clock.nowEpochMs() + seconds * 1_000);
	let asked = 0;
	return {
		executions: fakeExecutions(engine, caller),
		machineArn,
		end: async (executionArn: string, status: "succeeded" | "failed" | "timed-out") => {
			await pass(1);
			const token = tokens.get(executionArn) ?? "";
			if (status === "succeeded") engine.sendTaskSuccess(token, {});
			if (status === "failed") engine.sendTaskFailure(token, "Broken", "as the test asked");
			await pass(status === "timed-out" ? timeoutSeconds : 1);
		},
		beginWait: async () => {
			const { executionArn } = engine.start({ machineArn: askingMachineArn, name: `ask-${++asked}`, input: {} });
			await pass(1);
			return tokens.get(executionArn) ?? "";
		},
		lapse: async () => {
			await pass(lapseSeconds);
		},
		answerOf: async (token: string): Promise<unknown> => {
			await pass(1);
			return engine.describe(executionOf.get(token) ?? "")?.output;
		},
		silence: () => caller.silence(),
		caller,
	};
};

executionsContract("fakeExecutions on the interpreter", makeSetup);

describe("fakeExecutions makes the calls of the real adapter", () => {
	it("given one use of each method, makes one call each under the resource that IAM knows", async () => {
		const { executions, caller, beginWait } = await makeSetup();
		const token = await beginWait();

		const { executionArn } = await executions.start(machineArn, "checkout-7", {});
		await executions.status(executionArn);
		await executions.stop(executionArn, "rolled back");
		await executions.answer(token, {});

		expect(caller.calls.map(({ operation, resource }) => [operation, resource])).toEqual([
			["states:StartExecution", machineArn],
			["states:DescribeExecution", executionArn],
			["states:StopExecution", executionArn],
			["states:SendTaskSuccess", "*"],
		]);
	});

	it("given a machine that is not there, says that the call is invalid, not that it may pass", async () => {
		const { executions } = await makeSetup();

		const error = await executions.start(`${machineArn}-gone`, "checkout-7", {}).catch((reason: unknown) => reason);

		expect(error).toMatchObject({ name: "InvalidAwsCallError" });
		expect(error).not.toBeInstanceOf(ExecutionsUnavailableError);
	});
});
