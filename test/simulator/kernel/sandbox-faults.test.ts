import { describe, expect, it } from "vitest";
import type { Fault } from "../../../simulator/kernel/sandbox-host.ts";
import { type Code, callTo, sandboxStage } from "./sandbox-stage.ts";

/** Puts once and answers how that went; asks the clock how much time was left then. */
const putting: Code = (caller) => async (_event, context) => {
	const fate = await caller.call(callTo("s3:PutObject"), () => "done").catch((error: Error) => error.name);
	return { fate, hasTimeLeft: context.getRemainingTimeInMillis() > 0 };
};

/** Only the first call fails. */
const once = (fault: Fault) => {
	let left = 1;
	return { faultFor: () => (left-- > 0 ? fault : null) };
};

describe("what goes wrong with one remote call", () => {
	it.each([
		["refused", { kind: "refused" }, "Refusal"],
		["throttled", { kind: "throttled" }, "ThrottlingException"],
	] as const)(
		"given a call that is %s, the caller is told after a round trip and the world is as it was",
		async (_name, fault, error) => {
			const { sandbox, effects, pass, watch } = sandboxStage(putting, once(fault));

			const invocation = watch(sandbox.invoke({}, 3_000, "event"));
			await pass(5_000);

			expect(invocation.ended).toBe(`answer:{"fate":"${error}","hasTimeLeft":true}@100`);
			expect(effects).toEqual([]);
		},
	);

	it.each([
		["never", null, []],
		["at once", 0, ["s3:PutObject@50"]],
		["a minute late", 60_000, ["s3:PutObject@60050"]],
	] as const)(
		"given an answer that does not come in time, the effect happens %s",
		async (_name, landsAfterMs, landed) => {
			const { sandbox, effects, pass, watch } = sandboxStage(putting, once({ kind: "timed-out", landsAfterMs }));

			const invocation = watch(sandbox.invoke({}, 3_000, "event"));
			await pass(120_000);

			expect(invocation.ended).toBe('answer:{"fate":"TimeoutError","hasTimeLeft":true}@1000');
			expect(effects).toEqual(landed);
		},
	);

	it("given a sandbox that freezes before a call, the next invocation thaws it, and only then the request leaves", async () => {
		const { sandbox, effects, pass, watch } = sandboxStage(putting, once({ kind: "frozen" }));

		const first = watch(sandbox.invoke({}, 3_000, "event"));
		await pass(60_000);
		const second = watch(sandbox.invoke({}, 3_000, "event"));
		await pass(1_000);

		expect(first.ended).toBe("Sandbox.Timedout@3000");
		expect(effects).toEqual(["s3:PutObject@60050", "s3:PutObject@60050"]);
		expect(second.ended).toBe('answer:{"fate":"done","hasTimeLeft":true}@60100');
		expect(sandbox.isFree).toBe(true);
	});

	it("given what is left of a frozen invocation ends in the next one, that one goes on", async () => {
		const twice: Code = (caller) => async (event) => {
			await caller.call(callTo("s3:PutObject"), () => {});
			if (event === "long") await caller.sleep(2_000);
			return event;
		};
		const { sandbox, pass, watch } = sandboxStage(twice, once({ kind: "frozen" }));

		void sandbox.invoke("short", 3_000, "event").catch(() => {});
		await pass(10_000);
		const second = watch(sandbox.invoke("long", 30_000, "event"));
		await pass(1_000);
		const wasFree = sandbox.isFree;
		await pass(5_000);

		expect(wasFree).toBe(false);
		expect(second.ended).toBe('answer:"long"@12100');
	});
});
