import { JsonRefusal, jsonProduct } from "./json-product.ts";
import type { WireAnswer, WireRequest } from "./wire.ts";

interface Execution {
	readonly input: string;
	status: string;
	output?: string;
}

/** Step Functions as it looks from the wire: one machine, executions that run until told, tokens that wait. */
export class SfnProduct {
	readonly #machineArn: string;
	readonly #executions = new Map<string, Execution>();
	readonly #waiting = new Set<string>();
	readonly #outputs = new Map<string, string>();
	readonly answer: (request: WireRequest) => WireAnswer;

	constructor(machineArn: string) {
		this.#machineArn = machineArn;
		this.answer = jsonProduct("AWSStepFunctions", "1.0", {
			StartExecution: (input) => this.#start(input as { stateMachineArn: string; name: string; input: string }),
			StopExecution: (input) => this.#stop(String(input.executionArn)),
			DescribeExecution: (input) => this.#describe(String(input.executionArn)),
			SendTaskSuccess: (input) => this.#sendTaskSuccess(String(input.taskToken), String(input.output)),
		});
	}

	/** Ends a running execution as its machine would, with a status in AWS's spelling. */
	end(executionArn: string, status: string, output?: string): void {
		Object.assign(this.#find(executionArn), { status, ...(output !== undefined && { output }) });
	}

	/** A state begins to wait for a token that nobody waited for before. */
	beginWait(): string {
		const token = `AAAAKgAAAAIAAAAAAAAA${this.#waiting.size + this.#outputs.size}==`;
		this.#waiting.add(token);
		return token;
	}

	/** A waiting state gives up; its token stays known as timed out. */
	lapse(token: string): void {
		this.#waiting.delete(token);
		this.#outputs.set(token, "");
	}

	/** The JSON that a waiting state was answered; undefined while it waits. */
	outputOf(token: string): string | undefined {
		return this.#outputs.get(token);
	}

	#start({ stateMachineArn, name, input }: { stateMachineArn: string; name: string; input: string }): object {
		if (stateMachineArn !== this.#machineArn) throw new JsonRefusal("StateMachineDoesNotExist", stateMachineArn);
		if (!/^[A-Za-z0-9-_]{1,80}$/.test(name)) throw new JsonRefusal("InvalidName", `Invalid Name: '${name}'`);
		const executionArn = `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
		const present = this.#executions.get(executionArn);
		if (present !== undefined && (present.input !== input || present.status !== "RUNNING"))
			throw new JsonRefusal("ExecutionAlreadyExists", `Execution Already Exists: '${executionArn}'`);
		if (present === undefined) this.#executions.set(executionArn, { input, status: "RUNNING" });
		return { executionArn, startDate: 1_700_000_000 };
	}

	#stop(executionArn: string): object {
		const execution = this.#find(executionArn);
		if (execution.status === "RUNNING") execution.status = "ABORTED";
		return { stopDate: 1_700_000_001 };
	}

	#describe(executionArn: string): object {
		const { input, status, output } = this.#find(executionArn);
		return { executionArn, stateMachineArn: this.#machineArn, input, status, output, startDate: 1_700_000_000 };
	}

	#sendTaskSuccess(token: string, output: string): object {
		if (this.#outputs.has(token))
			throw new JsonRefusal("TaskTimedOut", "Task Timed Out: 'Provided task does not exist'");
		if (!this.#waiting.delete(token)) throw new JsonRefusal("InvalidToken", "Invalid Token: 'Invalid token'");
		this.#outputs.set(token, output);
		return {};
	}

	#find(executionArn: string): Execution {
		const execution = this.#executions.get(executionArn);
		if (execution === undefined)
			throw new JsonRefusal("ExecutionDoesNotExist", `Execution Does Not Exist: '${executionArn}'`);
		return execution;
	}
}
