import { SFNClient } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { stepFunctionsExecutions } from "../../lib/adapters/step-functions-executions.ts";
import { InvalidAwsCallError } from "../../lib/ports/errors.ts";
import { ExecutionsUnavailableError, executionArnOf, TokenGoneConflictError } from "../../lib/ports/executions.ts";
import { executionsContract } from "../contracts/executions.contract.ts";
import { refusalAnswer } from "./wire/json-product.ts";
import { SfnProduct } from "./wire/sfn-product.ts";
import { clientOptions, wireTo } from "./wire/wire.ts";

const machineArn = "arn:aws:states:eu-central-1:111122223333:stateMachine:rollout";

const setup = (options: { readonly maxAttempts?: number } = {}) => {
	const product = new SfnProduct(machineArn);
	const wire = wireTo(product.answer);
	const executions = stepFunctionsExecutions(new SFNClient({ ...clientOptions(wire), ...options }));
	return { product, wire, executions };
};

const spelling = { succeeded: "SUCCEEDED", failed: "FAILED", "timed-out": "TIMED_OUT" } as const;

executionsContract("stepFunctionsExecutions", async () => {
	const { product, wire, executions } = setup();
	return {
		executions,
		machineArn,
		end: async (executionArn, status) => product.end(executionArn, spelling[status]),
		beginWait: async () => product.beginWait(),
		lapse: async (token) => product.lapse(token),
		answerOf: async (token) => {
			const output = product.outputOf(token);
			return output === undefined ? undefined : JSON.parse(output);
		},
		silence: () => wire.silence(),
	};
});

describe("stepFunctionsExecutions", () => {
	it("given a start whose answer is lost, answers the running execution when the SDK tries again", async () => {
		const { wire, executions } = setup({ maxAttempts: 2 });
		wire.loseNextAnswer();

		const { executionArn } = await executions.start(machineArn, "checkout-7", { v: 1 });

		expect(executionArn).toBe(executionArnOf(machineArn, "checkout-7"));
		expect(wire.requests).toHaveLength(2);
	});

	it("given a cause longer than Step Functions takes, cuts it", async () => {
		const { wire, executions } = setup();

		await executions.stop(executionArnOf(machineArn, "checkout-7"), "x".repeat(40_000));

		expect(JSON.parse(wire.requests[0]?.body ?? "").cause).toHaveLength(32_768);
	});

	it.each(["TaskDoesNotExist", "TaskTimedOut", "InvalidToken"])(
		"given %s, keeps the token out of the message",
		async (type) => {
			const { wire, executions } = setup();
			wire.answerNext(refusalAnswer(type, "gone"));

			const error: unknown = await executions.answer("secret-token", {}).catch((reason: unknown) => reason);

			expect(error).toBeInstanceOf(TokenGoneConflictError);
			expect(String(error)).not.toContain("secret-token");
		},
	);

	it("given a status that AWS did not have when this was written, does not take the execution for gone", async () => {
		const { product, executions } = setup();
		const { executionArn } = await executions.start(machineArn, "checkout-7", {});
		product.end(executionArn, "SUSPENDED");

		await expect(executions.status(executionArn)).rejects.toThrow(InvalidAwsCallError);
	});

	it.each([
		["ThrottlingException", 400, ExecutionsUnavailableError],
		["ExecutionLimitExceeded", 400, ExecutionsUnavailableError],
		["InternalServerException", 500, ExecutionsUnavailableError],
		["StateMachineDoesNotExist", 400, InvalidAwsCallError],
		["AccessDeniedException", 400, InvalidAwsCallError],
	])("given %s, throws the family that says whether to retry", async (type, status, family) => {
		const { wire, executions } = setup();
		const refusal = refusalAnswer(type, "no", {}, status);
		for (let call = 0; call < 4; call++) wire.answerNext(refusal);
		const executionArn = executionArnOf(machineArn, "checkout-7");

		await expect(executions.start(machineArn, "checkout-7", {})).rejects.toThrow(family);
		await expect(executions.stop(executionArn, "rolled back")).rejects.toThrow(family);
		await expect(executions.status(executionArn)).rejects.toThrow(family);
		await expect(executions.answer("token", {})).rejects.toThrow(family);
	});
});
