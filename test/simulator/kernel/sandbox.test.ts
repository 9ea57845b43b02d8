import { describe, expect, it } from "vitest";
import { type Code, callTo, sandboxStage } from "./sandbox-stage.ts";

const counting: Code = () => {
	let invocations = 0;
	return async () => ++invocations;
};

/** Calls once, and answers what came back. */
const calling: Code = (caller) => async () => caller.call(callTo("s3:PutObject"), () => "done");

/** Sends a call and answers without waiting for it; tells at the next invocation what came of the first. */
const forgetful: Code = (caller) => {
	const heard: string[] = [];
	return async (event) => {
		const before = [...heard];
		if (event === "send") void caller.call(callTo("s3:PutObject"), () => "late").then((answer) => heard.push(answer));
		else await caller.sleep(0);
		return { before, heard: [...heard] };
	};
};

describe("a sandbox", () => {
	it("given several invocations, is one process: what the module remembers stays", async () => {
		const { sandbox, pass, watch } = sandboxStage(counting);
		const first = watch(sandbox.invoke({}, 3_000, "event"));
		await pass(10);

		const second = watch(sandbox.invoke({}, 3_000, "event"));
		await pass(10);

		expect([first.ended, second.ended]).toEqual(["answer:1@0", "answer:2@10"]);
		expect(sandbox.isWarm).toBe(true);
	});

	it("given a call, it takes effect half-way and is answered after the whole latency", async () => {
		const { sandbox, effects, pass, watch } = sandboxStage(calling);
		const invocation = watch(sandbox.invoke({}, 3_000, "event"));

		await pass(200);

		expect(effects).toEqual(["s3:PutObject@50"]);
		expect(invocation.ended).toBe('answer:"done"@100');
	});

	it("given a handler that takes too long, dies at its timeout and does nothing more", async () => {
		const { sandbox, effects, pass, watch } = sandboxStage((caller) => async () => {
			await caller.sleep(2_000);
			await caller.call(callTo("s3:PutObject"), () => {});
		});
		const invocation = watch(sandbox.invoke({}, 1_000, "event"));

		await pass(10_000);

		expect(invocation.ended).toBe("Sandbox.Timedout@1000");
		expect(sandbox.isDead).toBe(true);
		expect(effects).toEqual([]);
	});

	it("given a timeout while a call is on its way, the call still takes effect, and nobody hears of it", async () => {
		let isHeard = false;
		const { sandbox, effects, pass, watch } = sandboxStage(
			(caller) => async () => {
				await caller.call(callTo("elasticloadbalancing:ModifyRule"), () => {});
				isHeard = true;
			},
			{ latencyMs: 120_000 },
		);
		// The client gives up after a second, the process dies before that; the request arrives a minute later.
		const invocation = watch(sandbox.invoke({}, 500, "event"));

		await pass(300_000);

		expect(invocation.ended).toBe("Sandbox.Timedout@500");
		expect(effects).toEqual(["elasticloadbalancing:ModifyRule@60000"]);
		expect(isHeard).toBe(false);
	});

	it("given an answer later than the client waits, rejects with TimeoutError although the call takes effect", async () => {
		const { sandbox, effects, pass, watch } = sandboxStage(calling, { latencyMs: 2_500 });
		const invocation = watch(sandbox.invoke({}, 3_000, "event"));

		await pass(5_000);

		expect(invocation.ended).toBe("TimeoutError@1000");
		expect(effects).toEqual(["s3:PutObject@1250"]);
		expect(sandbox.isDead).toBe(false);
	});

	it("given a call pending at the end of an invocation, its answer waits frozen until the next one thaws it", async () => {
		const { sandbox, effects, pass, watch } = sandboxStage(forgetful);
		const first = watch(sandbox.invoke("send", 3_000, "event"));
		await pass(60_000);

		const second = watch(sandbox.invoke("look", 3_000, "event"));
		await pass(10);

		expect(first.ended).toBe('answer:{"before":[],"heard":[]}@0');
		expect(effects).toEqual(["s3:PutObject@50"]);
		expect(second.ended).toBe('answer:{"before":[],"heard":["late"]}@60000');
	});

	it("given a sleep that was frozen, it goes on with the next invocation, however late", async () => {
		const woken: number[] = [];
		const { sandbox, now, pass } = sandboxStage((caller) => async () => {
			void caller.sleep(100).then(() => woken.push(now()));
		});
		void sandbox.invoke({}, 3_000, "event");
		await pass(5_000);

		const before = [...woken];
		void sandbox.invoke({}, 3_000, "event");
		await pass(10);

		expect(before).toEqual([]);
		expect(woken).toEqual([5_000]);
	});

	it("given a crash before a call, nothing reaches the world, nor what stands beside that call", async () => {
		const { sandbox, effects, pass, watch } = sandboxStage(
			(caller) => async () =>
				Promise.all([caller.call(callTo("s3:PutObject"), () => {}), caller.call(callTo("s3:GetObject"), () => {})]),
			{ faultFor: ({ operation }) => (operation === "s3:PutObject" ? { kind: "crashed", when: "before" } : null) },
		);
		const invocation = watch(sandbox.invoke({}, 3_000, "event"));

		await pass(10_000);

		expect(invocation.ended).toBe("Runtime.ExitError@0");
		expect(effects).toEqual([]);
		expect(sandbox.isDead).toBe(true);
	});

	it("given a crash after a call, it took effect and nothing followed", async () => {
		const { sandbox, effects, pass, watch } = sandboxStage(
			(caller) => async () => {
				await caller.call(callTo("s3:PutObject"), () => {});
				await caller.call(callTo("s3:GetObject"), () => {});
			},
			{ faultFor: () => ({ kind: "crashed", when: "after" }) },
		);
		const invocation = watch(sandbox.invoke({}, 3_000, "event"));

		await pass(10_000);

		expect(invocation.ended).toBe("Runtime.ExitError@50");
		expect(effects).toEqual(["s3:PutObject@50"]);
	});

	it("given a crash after a call that is still pending in a frozen process, the next invocation dies of it", async () => {
		const { sandbox, pass, watch } = sandboxStage(forgetful, { faultFor: () => ({ kind: "crashed", when: "after" }) });
		const first = watch(sandbox.invoke("send", 3_000, "event"));
		await pass(1_000);

		const wasFree = sandbox.isFree;
		const second = watch(sandbox.invoke("look", 3_000, "event"));
		await pass(10);

		expect(first.ended).toBe('answer:{"before":[],"heard":[]}@0');
		expect(wasFree).toBe(true);
		expect(second.ended).toBe("Runtime.ExitError@1000");
	});

	it("given a process that is dead, an invocation fails and does not raise it", async () => {
		const { sandbox, pass, watch } = sandboxStage(counting);
		sandbox.reserve();
		sandbox.crash("gone while an invocation was on its way");

		const invocation = watch(sandbox.invoke({}, 3_000, "event"));
		await pass(10);

		expect(invocation.ended).toBe("Runtime.ExitError@0");
		expect(sandbox.isDead).toBe(true);
	});

	it("given a call that is denied, changes nothing and rejects", async () => {
		let changed = 0;
		const { sandbox, effects, pass, watch } = sandboxStage(
			(caller) => async () => caller.call(callTo("s3:PutObject"), () => ++changed),
			{ denied: ({ operation }) => `no ${operation}` },
		);
		const invocation = watch(sandbox.invoke({}, 3_000, "event"));

		await pass(1_000);

		expect(invocation.ended).toBe("Refusal@100");
		expect([changed, effects]).toEqual([0, []]);
	});

	it("given an effect that refuses, hands the refusal to the caller after the whole latency", async () => {
		const { sandbox, pass, watch } = sandboxStage((caller) => async () => {
			try {
				await caller.call(callTo("s3:GetObject"), () => {
					throw new RangeError("no such object");
				});
			} catch (error) {
				return String(error);
			}
		});
		const invocation = watch(sandbox.invoke({}, 3_000, "event"));

		await pass(1_000);

		expect(invocation.ended).toBe('answer:"RangeError: no such object"@100');
	});

	it("given a handler that throws, fails by the error's name and lives on", async () => {
		class SlotEpochConflictError extends Error {
			override readonly name = "SlotEpochConflictError";
		}
		const { sandbox, pass, watch } = sandboxStage(() => async (event) => {
			if (event === "fail") throw new SlotEpochConflictError("older");
			return "fine";
		});
		const first = watch(sandbox.invoke("fail", 3_000, "event"));
		await pass(10);

		const second = watch(sandbox.invoke("go on", 3_000, "event"));
		await pass(10);

		expect(first.ended).toBe("SlotEpochConflictError@0");
		expect(second.ended).toBe('answer:"fine"@10');
	});

	it("given an init that throws, fails each invocation and stays cold", async () => {
		const { sandbox, pass, watch } = sandboxStage(() => {
			throw new TypeError("SERVICE_TABLE is missing");
		});
		const invocation = watch(sandbox.invoke({}, 3_000, "event"));

		await pass(10);

		expect(invocation.ended).toBe("TypeError@0");
		expect(sandbox.isWarm).toBe(false);
	});

	it("given time that passed, says how much is left", async () => {
		const { sandbox, pass, watch } = sandboxStage((caller) => async (_event, context) => {
			const atFirst = context.getRemainingTimeInMillis();
			await caller.sleep(400);
			return [atFirst, context.getRemainingTimeInMillis()];
		});
		const invocation = watch(sandbox.invoke({}, 3_000, "event"));

		await pass(1_000);

		expect(invocation.ended).toBe("answer:[3000,2600]@400");
	});
});
