import { describe, expect, it } from "vitest";
import {
	ExecutionExistsConflictError,
	type Executions,
	ExecutionsUnavailableError,
	executionArnOf,
	TokenGoneConflictError,
} from "../../lib/ports/executions.ts";

/** A state machine without executions and what a test may do to it. */
export interface ExecutionsSetup {
	readonly executions: Executions;
	/** A machine that exists; its executions run until `end` or `stop`. */
	readonly machineArn: string;
	/** Ends a running execution as the machine itself would. */
	end(executionArn: string, status: "succeeded" | "failed" | "timed-out"): Promise<void>;
	/** A state begins to wait for an answer. Answers its token. */
	beginWait(): Promise<string>;
	/** A waiting state gives up, as at its timeout. */
	lapse(token: string): Promise<void>;
	/** What a waiting state was answered; undefined while it waits. */
	answerOf(token: string): Promise<unknown>;
	/** From now on the product answers nothing. */
	silence(): void;
}

const input = { v: 1, rolloutId: "checkout-7" };

const starts = (make: () => Promise<ExecutionsSetup>): void => {
	it("given a new name, starts an execution under the ARN that the name gives it", async () => {
		const { executions, machineArn } = await make();

		const { executionArn } = await executions.start(machineArn, "checkout-7", input);

		expect(executionArn).toBe(executionArnOf(machineArn, "checkout-7"));
		expect(await executions.status(executionArn)).toBe("running");
	});

	it("given the same name and input while it runs, answers the running one", async () => {
		const { executions, machineArn } = await make();

		const first = await executions.start(machineArn, "checkout-7", input);
		const second = await executions.start(machineArn, "checkout-7", input);

		expect(second).toEqual(first);
	});

	it("given the same name with another input, refuses by name", async () => {
		const { executions, machineArn } = await make();
		await executions.start(machineArn, "checkout-7", input);

		const other = executions.start(machineArn, "checkout-7", { ...input, v: 2 });

		await expect(other).rejects.toThrow(ExecutionExistsConflictError);
	});

	it("given the same name and input after it ended, refuses by name", async () => {
		const { executions, machineArn, end } = await make();
		const { executionArn } = await executions.start(machineArn, "checkout-7", input);
		await end(executionArn, "succeeded");

		const again = executions.start(machineArn, "checkout-7", input);

		await expect(again).rejects.toThrow(ExecutionExistsConflictError);
	});
};

const ends = (make: () => Promise<ExecutionsSetup>): void => {
	it.each(["succeeded", "failed", "timed-out"] as const)("given an execution that %s, says so", async (status) => {
		const { executions, machineArn, end } = await make();
		const { executionArn } = await executions.start(machineArn, "checkout-7", input);

		await end(executionArn, status);

		expect(await executions.status(executionArn)).toBe(status);
	});

	it("given a running execution, stops it, and stopping it again is success", async () => {
		const { executions, machineArn } = await make();
		const { executionArn } = await executions.start(machineArn, "checkout-7", input);

		await executions.stop(executionArn, "rolled back");
		await executions.stop(executionArn, "rolled back");

		expect(await executions.status(executionArn)).toBe("aborted");
	});

	it("given an execution that ended by itself, stopping it changes nothing", async () => {
		const { executions, machineArn, end } = await make();
		const { executionArn } = await executions.start(machineArn, "checkout-7", input);
		await end(executionArn, "failed");

		await executions.stop(executionArn, "rolled back");

		expect(await executions.status(executionArn)).toBe("failed");
	});

	it("given an execution that never was, stops it with success and knows no status", async () => {
		const { executions, machineArn } = await make();
		const executionArn = executionArnOf(machineArn, "checkout-8");

		await executions.stop(executionArn, "rolled back");

		expect(await executions.status(executionArn)).toBe("unknown");
	});
};

const answers = (make: () => Promise<ExecutionsSetup>): void => {
	it("given a waiting state, hands it the answer", async () => {
		const { executions, beginWait, answerOf } = await make();
		const token = await beginWait();

		await executions.answer(token, { verb: "approve", by: "ana" });

		expect(await answerOf(token)).toEqual({ verb: "approve", by: "ana" });
	});

	it("given a token that was answered, has lapsed or never was, refuses by name", async () => {
		const { executions, beginWait, lapse, answerOf } = await make();
		const [answered, lapsed] = [await beginWait(), await beginWait()];
		await executions.answer(answered, { verb: "approve" });
		await lapse(lapsed);

		await expect(executions.answer(answered, { verb: "abort" })).rejects.toThrow(TokenGoneConflictError);
		await expect(executions.answer(lapsed, { verb: "abort" })).rejects.toThrow(TokenGoneConflictError);
		await expect(executions.answer("no-such-token", { verb: "abort" })).rejects.toThrow(TokenGoneConflictError);
		expect(await answerOf(answered)).toEqual({ verb: "approve" });
	});
};

/** What every Executions promises, whatever runs the state machines. */
export const executionsContract = (name: string, make: () => Promise<ExecutionsSetup>): void => {
	describe(`${name} as Executions`, () => {
		starts(make);
		ends(make);
		answers(make);

		it("given a product that does not answer, says that it is unavailable", async () => {
			const { executions, machineArn, beginWait, silence } = await make();
			const token = await beginWait();
			const executionArn = executionArnOf(machineArn, "checkout-7");
			silence();

			await expect(executions.start(machineArn, "checkout-7", input)).rejects.toThrow(ExecutionsUnavailableError);
			await expect(executions.stop(executionArn, "rolled back")).rejects.toThrow(ExecutionsUnavailableError);
			await expect(executions.status(executionArn)).rejects.toThrow(ExecutionsUnavailableError);
			await expect(executions.answer(token, {})).rejects.toThrow(ExecutionsUnavailableError);
		});
	});
};
