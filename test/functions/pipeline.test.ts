import type { Context } from "aws-lambda";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { InvalidEventError, type Invocation, parseEvent, pipeline, refusing } from "../../functions/pipeline.ts";
import { InvalidRolloutIdError } from "../../lib/domain/rollout-id.ts";
import { InvalidError, UnavailableError } from "../../lib/ports/errors.ts";
import { fakeTelemetry } from "../../simulator/fakes/telemetry.ts";

const recorded = () => {
	const telemetry = fakeTelemetry(() => 0);
	let flushes = 0;
	return { ...telemetry, flush: () => flushes++, flushCount: () => flushes };
};

const contextWith = (remainingMs: number): Context => ({ getRemainingTimeInMillis: () => remainingMs }) as Context;

const throwing = (error: unknown) => async (): Promise<never> => {
	throw error;
};

describe("parseEvent", () => {
	const schema = z.object({ v: z.literal(1), detail: z.object({ service: z.string() }) });

	it("given an event of the right shape, answers it without what nobody asked for", () => {
		const parsed = parseEvent(schema, { v: 1, detail: { service: "checkout", more: true } });

		expect(parsed).toEqual({ v: 1, detail: { service: "checkout" } });
	});

	it("given several faults, names each path", () => {
		const parse = () => parseEvent(schema, { v: 3, detail: { service: 7 } });

		expect(parse).toThrow(InvalidEventError);
		expect(parse).toThrow(/^Event is not valid: v: .+; detail\.service: .+\.$/);
	});

	it("given something that is no object, says so of the event as a whole", () => {
		expect(() => parseEvent(schema, null)).toThrow(/^Event is not valid: event: /);
	});
});

describe("pipeline", () => {
	it("given work that is nearly out of time, lets it end: answering early would leave its calls behind", async () => {
		const wait = () => new Promise((resolve) => setTimeout(resolve, 20));
		const handle = pipeline(recorded(), async () => {
			await wait();
			return "done";
		});

		// Middy would give up five milliseconds before the end, if it were let.
		await expect(handle({}, contextWith(6))).resolves.toBe("done");
	});

	it("given a run that succeeds, answers its output and flushes telemetry once", async () => {
		const telemetry = recorded();

		const answer = await pipeline(telemetry, async () => "done")({}, contextWith(1_000));

		expect(answer).toBe("done");
		expect(telemetry.flushCount()).toBe(1);
		expect(telemetry.lines).toEqual([]);
	});

	it("given a run that fails, logs and flushes, and throws the very error that the machines know by name", async () => {
		const telemetry = recorded();
		const error = new UnavailableError("silent");

		const run = pipeline(telemetry, throwing(error))({}, contextWith(1_000));

		await expect(run).rejects.toBe(error);
		expect(telemetry.lines).toMatchObject([{ level: "error", fields: { errorMessage: "silent" } }]);
		expect(telemetry.flushCount()).toBe(1);
		expect([...telemetry.counters]).toEqual([]);
	});

	it.each([new InvalidEventError("wrong"), new InvalidRolloutIdError("wrong")])(
		"given an error that no retry can help ($name), counts it",
		async (error) => {
			const telemetry = recorded();

			await expect(pipeline(telemetry, throwing(error))({}, contextWith(1_000))).rejects.toBe(error);

			expect([...telemetry.counters]).toEqual([[`InvalidInput{error=${error.name}}`, 1]]);
		},
	);

	it("given exactly as much time as is needed, lets the run go on; given less, throws", async () => {
		const telemetry = recorded();
		const handler = pipeline(telemetry, async (_event, invocation: Invocation) => {
			invocation.ensureTimeLeft(2_000);
			return invocation.remainingMs();
		});

		await expect(handler({}, contextWith(2_000))).resolves.toBe(2_000);
		await expect(handler({}, contextWith(1_999))).rejects.toMatchObject({
			name: "DeadlineUnavailableError",
			message: "1999 ms are left, 2000 ms are needed to act and see it through.",
		});
	});
});

describe("refusing", () => {
	const invocation: Invocation = { remainingMs: () => 1_000, ensureTimeLeft: () => {} };

	it.each([new InvalidEventError("what is this"), new InvalidRolloutIdError("checkout")])(
		"given an event that cannot be understood ($name), answers, logs and counts instead of throwing",
		async (error) => {
			const telemetry = recorded();

			const answer = await refusing(telemetry, throwing(error))({}, invocation);

			expect(answer).toEqual({ v: 1, kind: "refused", reason: error.message });
			expect([...telemetry.counters]).toEqual([[`Refused{error=${error.name}}`, 1]]);
			expect(telemetry.lines).toMatchObject([{ level: "warn", message: "refused" }]);
		},
	);

	it.each([new InvalidError("access denied"), new UnavailableError("silent"), new Error("a fault of ours")])(
		"given a good event that could not be acted on ($message), throws, so that the event is not lost",
		async (error) => {
			const telemetry = recorded();

			await expect(refusing(telemetry, throwing(error))({}, invocation)).rejects.toBe(error);

			expect([...telemetry.counters]).toEqual([]);
		},
	);
});
