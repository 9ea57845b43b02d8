import { describe, expect, it } from "vitest";
import { type DeployedFunction, LambdaService } from "../../../simulator/kernel/lambda-service.ts";
import { type Code, deployedFunction, sandboxStage } from "./sandbox-stage.ts";

const coldMs = 400;
const warmMs = 10;

const sleeping: Code = (caller) => {
	let invocations = 0;
	return async (event) => {
		invocations++;
		await caller.sleep(1_000);
		return { invocations, event };
	};
};

const failing: Code = () => async (event) => {
	(event as { seen?: number }).seen = 1;
	throw new Error("it cannot");
};

const stage = (code: Code, functions: readonly DeployedFunction[]) => {
	const { host, now, pass, watch } = sandboxStage(code);
	const invocations: string[] = [];
	const deadLetters: string[] = [];
	const lambda = new LambdaService({
		timers: host.timers,
		coldStartMs: () => coldMs,
		overheadMs: () => warmMs,
		hostFor: () => host,
		onInvocation: ({ functionName, isCold, failure }) =>
			invocations.push(`${functionName} ${isCold ? "cold" : "warm"} ${failure?.errorType ?? "fine"}@${now()}`),
		onDeadLetter: ({ name }, queueArn, payload) =>
			deadLetters.push(`${name} ${queueArn} ${JSON.stringify(payload)}@${now()}`),
	});
	for (const deployed of functions) lambda.register(deployed);
	return { lambda, invocations, deadLetters, pass, watch };
};

const act = deployedFunction();
const other = deployedFunction({ name: "other", arn: `${act.arn}-other` });

describe("the Lambda service", () => {
	it("given two invocations one after the other, starts cold once and keeps the process", async () => {
		const { lambda, invocations, pass, watch } = stage(sleeping, [act]);
		const first = watch(lambda.invoke(act.arn, "a"));
		await pass(5_000);

		const second = watch(lambda.invoke(act.arn, "b"));
		await pass(5_000);

		expect(first.ended).toBe('answer:{"invocations":1,"event":"a"}@1400');
		expect(second.ended).toBe('answer:{"invocations":2,"event":"b"}@6010');
		expect(invocations).toEqual(["act cold fine@1400", "act warm fine@6010"]);
	});

	it("given two invocations at once, uses two processes", async () => {
		const { lambda, pass, watch } = stage(sleeping, [act]);
		const both = ["a", "b"].map((event) => watch(lambda.invoke(act.arn, event)));

		await pass(5_000);

		expect(both.map(({ ended }) => ended)).toEqual([
			'answer:{"invocations":1,"event":"a"}@1400',
			'answer:{"invocations":1,"event":"b"}@1400',
		]);
	});

	it("given a process that died of its timeout, starts a new one", async () => {
		const { lambda, invocations, pass } = stage(
			(caller) => async () => caller.sleep(10_000),
			[deployedFunction({ timeoutMs: 500 })],
		);
		void lambda.invoke(act.arn, {}).catch(() => {});
		await pass(2_000);

		void lambda.invoke(act.arn, {}).catch(() => {});
		await pass(2_000);

		expect(invocations).toEqual(["act cold Sandbox.Timedout@900", "act cold Sandbox.Timedout@2900"]);
	});

	it("given all reserved concurrency in use, refuses as Lambda does, and serves again afterwards", async () => {
		const { lambda, pass, watch } = stage(sleeping, [deployedFunction({ reservedConcurrency: 2 })]);
		const outcomes = [1, 2, 3].map((event) => watch(lambda.invoke(act.arn, event)));
		await pass(0);
		const whileBusy = outcomes.map(({ ended }) => ended);

		await pass(5_000);
		const later = watch(lambda.invoke(act.arn, 4));
		await pass(5_000);

		expect(whileBusy).toEqual([null, null, "Lambda.TooManyRequestsException@0"]);
		expect(later.ended).toBe('answer:{"invocations":2,"event":4}@6010');
	});

	it("given what is reserved, the other functions share the rest of the account's thousand", async () => {
		const reserved = deployedFunction({ name: "kept", arn: `${act.arn}-kept`, reservedConcurrency: 900 });
		const { lambda, pass, watch } = stage(sleeping, [act, other, reserved]);
		const outcomes = Array.from({ length: 101 }, (_, index) =>
			watch(lambda.invoke(index % 2 === 0 ? act.arn : other.arn, index)),
		);
		const kept = watch(lambda.invoke(reserved.arn, "kept"));

		await pass(5_000);

		expect(outcomes.filter(({ ended }) => ended?.startsWith("answer:"))).toHaveLength(100);
		expect(outcomes.at(-1)?.ended).toBe("Lambda.TooManyRequestsException@0");
		expect(kept.ended).toBe('answer:{"invocations":1,"event":"kept"}@1400');
	});

	it("given a function that does not exist, says so", async () => {
		const { lambda, pass, watch } = stage(sleeping, []);
		const invocation = watch(lambda.invoke(act.arn, {}));

		await pass(0);

		expect(invocation.ended).toBe("Lambda.ResourceNotFoundException@0");
	});

	it("given an event and an answer, both travel as JSON: nobody shares objects", async () => {
		const event = { list: [1], gone: undefined };
		const { lambda, pass, watch } = stage(
			() => async (received) => {
				(received as typeof event).list.push(2);
				return { received, isThere: "gone" in (received as object) };
			},
			[act],
		);
		const invocation = watch(lambda.invoke(act.arn, event));

		await pass(5_000);

		expect(invocation.ended).toBe('answer:{"received":{"list":[1,2]},"isThere":false}@400');
		expect(event.list).toEqual([1]);
	});
});

describe("an asynchronous invocation", () => {
	const withQueue = (overrides: Partial<DeployedFunction["asyncInvoke"]> = {}) =>
		deployedFunction({ asyncInvoke: { maxRetries: 2, maxAgeSeconds: 3_600, deadLetterArn: "queue", ...overrides } });

	it("given a function that fails, tries again after one minute and after two, then gives the event up as it came", async () => {
		const { lambda, invocations, deadLetters, pass } = stage(failing, [withQueue()]);

		lambda.invokeLater(act.arn, { seen: 0 });
		await pass(3_600_000);

		expect(invocations).toEqual(["act cold Error@400", "act warm Error@60410", "act warm Error@180420"]);
		expect(deadLetters).toEqual(['act queue {"seen":0}@180420']);
	});

	it("given no retries, gives up at once", async () => {
		const { lambda, invocations, deadLetters, pass } = stage(failing, [withQueue({ maxRetries: 0 })]);

		lambda.invokeLater(act.arn, {});
		await pass(3_600_000);

		expect([invocations.length, deadLetters.length]).toEqual([1, 1]);
	});

	it("given an age that the next attempt would exceed, gives up before it", async () => {
		const { lambda, invocations, deadLetters, pass } = stage(failing, [withQueue({ maxAgeSeconds: 120 })]);

		lambda.invokeLater(act.arn, {});
		await pass(3_600_000);

		expect([invocations.length, deadLetters.length]).toEqual([2, 1]);
	});

	it("given no queue, an event that was given up is gone", async () => {
		const { lambda, deadLetters, pass } = stage(failing, [withQueue({ deadLetterArn: null })]);

		lambda.invokeLater(act.arn, {});
		await pass(3_600_000);

		expect(deadLetters).toEqual([]);
	});

	it("given a success at the second attempt, stops there", async () => {
		let attempts = 0;
		const { lambda, deadLetters, pass } = stage(
			() => async () => {
				if (++attempts === 1) throw new Error("not yet");
			},
			[withQueue()],
		);

		lambda.invokeLater(act.arn, {});
		await pass(3_600_000);

		expect([attempts, deadLetters]).toEqual([2, []]);
	});

	it("given no free concurrency, waits longer and longer without spending its retries", async () => {
		const busy = deployedFunction({
			reservedConcurrency: 1,
			timeoutMs: 900_000,
			asyncInvoke: { maxRetries: 0, maxAgeSeconds: 3_600, deadLetterArn: "queue" },
		});
		const { lambda, invocations, deadLetters, pass } = stage((caller) => async () => caller.sleep(20_000), [busy]);

		void lambda.invoke(act.arn, {});
		lambda.invokeLater(act.arn, {});
		await pass(3_600_000);

		// The first is busy until 20.4 s; the other asks after 1, 3, 7, 15 and 31 s.
		expect(invocations).toEqual(["act cold fine@20400", "act warm fine@51010"]);
		expect(deadLetters).toEqual([]);
	});

	it("given concurrency that never comes, its age ends it", async () => {
		const { lambda, invocations, deadLetters, pass } = stage(sleeping, [
			deployedFunction({
				reservedConcurrency: 0,
				asyncInvoke: { maxRetries: 2, maxAgeSeconds: 60, deadLetterArn: "queue" },
			}),
		]);

		lambda.invokeLater(act.arn, {});
		await pass(3_600_000);

		expect(invocations).toEqual([]);
		expect(deadLetters).toEqual(["act queue {}@31000"]);
	});
});
