import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BusesOptions, createBuses, InvalidBusError } from "../../../simulator/events/bus.ts";
import type { BusEvent } from "../../../simulator/events/bus-event.ts";
import type { DeadLetterReason, RuleTarget } from "../../../simulator/events/delivery.ts";
import { InvalidEventPatternError } from "../../../simulator/events/pattern.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { VirtualClock } from "../../../simulator/kernel/timers.ts";
import pushFixture from "../../fixtures/events/aws.ecr.image-push.json" with { type: "json" };
import scheduledFixture from "../../fixtures/events/aws.events.scheduled.json" with { type: "json" };

const startEpochMs = Date.UTC(2026, 0, 31, 12);
const hourMs = 3_600_000;
const push = pushFixture as BusEvent;
const pushPattern = { source: ["aws.ecr"] };

interface Arrival {
	readonly targetId: string;
	readonly afterMs: number;
	readonly payload: unknown;
}

const world = (options: Partial<BusesOptions> = {}, seed = 1) => {
	const clock = new VirtualClock(startEpochMs);
	const arrivals: Arrival[] = [];
	const dead: { queueArn: string; payload: unknown; reason: DeadLetterReason }[] = [];
	const buses = createBuses({
		timers: clock,
		random: randomOf(seed),
		account: "123456789012",
		region: "eu-central-1",
		latencyMs: () => 80,
		onDeadLetter: (queueArn, payload, reason) => dead.push({ queueArn, payload, reason }),
		...options,
	});
	const target = (id: string, properties: Partial<RuleTarget> = {}, failures = 0): RuleTarget => {
		let left = failures;
		return {
			id,
			arn: `arn:aws:lambda:eu-central-1:123456789012:function:${id}`,
			retry: { maxAttempts: 185, maxAgeSeconds: 86_400 },
			deliver: async (payload) => {
				arrivals.push({ targetId: id, afterMs: clock.nowEpochMs() - startEpochMs, payload });
				if (left-- > 0) throw new Error("target is away");
			},
			...properties,
		};
	};
	const runHours = (hours: number): Promise<boolean> => clock.run(startEpochMs + hours * hourMs);
	return { clock, arrivals, dead, buses, target, runHours };
};

describe("createBuses", () => {
	it("given an event, delivers it after the latency to every target of every rule that matches, and to no other", async () => {
		const { arrivals, buses, target, runHours } = world();
		buses.addRule("default", { name: "one", pattern: pushPattern, targets: [target("a"), target("b")] });
		buses.addRule("default", { name: "two", pattern: { account: ["123456789012"] }, targets: [target("c")] });
		buses.addRule("default", { name: "other", pattern: { source: ["aws.s3"] }, targets: [target("d")] });
		buses.addRule("sluice", { name: "elsewhere", pattern: pushPattern, targets: [target("e")] });

		buses.put("default", push);
		await runHours(1);

		expect(arrivals).toEqual(["a", "b", "c"].map((targetId) => ({ targetId, afterMs: 80, payload: push })));
		expect(buses.pending()).toBe(0);
	});

	it("given a constant input, delivers it instead of the event", async () => {
		const { arrivals, buses, target, runHours } = world();
		buses.addRule("default", { name: "r", pattern: pushPattern, targets: [target("a", { input: null })] });

		buses.put("default", push);
		await runHours(1);

		expect(arrivals.map(({ payload }) => payload)).toEqual([null]);
	});

	it("given a target that changes its payload, other targets and later attempts see the event as it was put", async () => {
		const { buses, target, runHours } = world();
		const seen: unknown[] = [];
		const vandal = (id: string, failures: number): RuleTarget => {
			let left = failures;
			return target(id, {
				deliver: async (payload) => {
					seen.push(structuredClone(payload));
					Object.assign(payload as object, { source: "changed" });
					if (left-- > 0) throw new Error("again");
				},
			});
		};
		const event = structuredClone(push);
		buses.addRule("default", { name: "r", pattern: pushPattern, targets: [vandal("a", 2), vandal("b", 0)] });

		buses.put("default", event);
		Object.assign(event, { source: "changed by the sender" });
		await runHours(1);

		expect(seen).toEqual([push, push, push, push]);
	});

	it("given a target that fails three times, retries it with growing pauses until it accepts", async () => {
		const { arrivals, dead, buses, target, runHours } = world();
		buses.addRule("default", { name: "r", pattern: pushPattern, targets: [target("a", {}, 3)] });

		buses.put("default", push);
		await runHours(1);

		const pauses = arrivals.slice(1).map(({ afterMs }, index) => afterMs - (arrivals[index]?.afterMs ?? 0));
		expect(pauses).toHaveLength(3);
		expect(pauses.every((pauseMs, index) => pauseMs > 0 && pauseMs <= 1_001 * 2 ** index)).toBe(true);
		expect(dead).toEqual([]);
		expect(buses.pending()).toBe(0);
	});

	it("given retries are used up, hands the payload to the target's dead-letter queue with the reason", async () => {
		const { arrivals, dead, buses, target, runHours } = world();
		const retry = { maxAttempts: 2, maxAgeSeconds: 86_400 };
		const gone = target("a", { retry, deadLetterArn: "arn:queue" }, Number.POSITIVE_INFINITY);
		buses.addRule("default", { name: "r", pattern: pushPattern, targets: [gone] });

		buses.put("default", push);
		await runHours(1);

		const reason = {
			exhausted: "MaximumRetryAttempts",
			ruleName: "r",
			targetArn: gone.arn,
			attempts: 3,
			errorMessage: "Error: target is away",
		};
		expect(arrivals).toHaveLength(3);
		expect(dead).toEqual([{ queueArn: "arn:queue", payload: push, reason }]);
		expect(buses.pending()).toBe(0);
	});

	it("given the event grew too old, gives up before the attempts are used up", async () => {
		const { arrivals, dead, buses, target, runHours } = world();
		const retry = { maxAttempts: 185, maxAgeSeconds: 60 };
		const gone = target("a", { retry, deadLetterArn: "arn:queue" }, Number.POSITIVE_INFINITY);
		buses.addRule("default", { name: "r", pattern: pushPattern, targets: [gone] });

		buses.put("default", push);
		await runHours(1);

		expect(dead.map(({ reason }) => reason.exhausted)).toEqual(["MaximumEventAgeInSeconds"]);
		expect(arrivals.every(({ afterMs }) => afterMs <= 60_000)).toBe(true);
		expect(arrivals.length).toBeGreaterThan(3);
	});

	it("given AWS's default policy and a target that never comes back, tries for most of a day and then loses the event", async () => {
		const { arrivals, dead, buses, target, runHours } = world();
		buses.addRule("default", {
			name: "r",
			pattern: pushPattern,
			targets: [target("a", {}, Number.POSITIVE_INFINITY)],
		});

		buses.put("default", push);
		await runHours(48);

		expect(arrivals.length).toBeGreaterThan(100);
		expect(arrivals.length).toBeLessThanOrEqual(186);
		expect(arrivals.at(-1)?.afterMs).toBeGreaterThan(16 * hourMs);
		expect(arrivals.at(-1)?.afterMs).toBeLessThanOrEqual(24 * hourMs);
		expect(dead).toEqual([]);
		expect(buses.pending()).toBe(0);
	});

	it("given faults, an event can be lost, doubled or late, for one target and not for another", async () => {
		const faults: Record<string, object> = {
			lost: { drop: true },
			doubled: { duplicates: 2 },
			late: { delayMs: 5_000 },
		};
		const { arrivals, buses, target, runHours } = world({ interfere: ({ target: { id } }) => faults[id] ?? {} });
		const targets = ["lost", "doubled", "late", "well"].map((id) => target(id));
		buses.addRule("default", { name: "r", pattern: pushPattern, targets });

		buses.put("default", push);
		await runHours(1);

		const times = (id: string): readonly number[] =>
			arrivals.filter(({ targetId }) => targetId === id).map(({ afterMs }) => afterMs);
		expect(times("lost")).toEqual([]);
		expect(times("doubled")).toEqual([80, 80, 80]);
		expect(times("late")).toEqual([5_080]);
		expect(times("well")).toEqual([80]);
	});

	it("given a schedule, fires at its rate with AWS's event until it is taken back", async () => {
		const { clock, arrivals, buses, target, runHours } = world();
		const cancel = buses.addSchedule({ name: "reconcile-services", everySeconds: 60, targets: [target("a")] });

		await runHours(1);
		cancel();
		await clock.run(startEpochMs + 2 * hourMs);

		const gaps = arrivals.slice(1).map(({ afterMs }, index) => afterMs - (arrivals[index]?.afterMs ?? 0));
		const [first] = arrivals.map(({ payload }) => payload as BusEvent);
		expect(arrivals.length).toBeGreaterThanOrEqual(59);
		expect(arrivals.length).toBeLessThanOrEqual(61);
		expect(new Set(gaps)).toEqual(new Set([60_000]));
		expect(first).toEqual({ ...scheduledFixture, id: expect.any(String), time: expect.any(String) });
		expect(first?.time).toMatch(/^2026-01-31T12:0[01]:\d\dZ$/);
		expect(first?.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
	});

	it("given a bus that nobody made, refuses the event by the bus's name", () => {
		const { buses } = world();
		buses.addBus("sluice");

		expect(() => buses.put("sluise", push)).toThrow(InvalidBusError);
		expect(() => buses.put("sluise", push)).toThrow("known are default, sluice");
		expect(() => buses.put("sluice", push)).not.toThrow();
	});

	it("given a pattern it cannot match exactly, refuses the rule when it is added", () => {
		const { buses, target } = world();
		const rule = { name: "r", pattern: { a: [{ numeric: ["=", 1] }] }, targets: [target("a")] };

		expect(() => buses.addRule("default", rule)).toThrow(InvalidEventPatternError);
	});

	it("given any seed and any number of failures, delivers exactly once after them, and every run of a seed is the same", async () => {
		await fc.assert(
			fc.asyncProperty(fc.integer(), fc.nat(20), async (seed, failures) => {
				const runOnce = async (): Promise<readonly Arrival[]> => {
					const { arrivals, buses, target, runHours } = world({}, seed);
					buses.addRule("default", { name: "r", pattern: pushPattern, targets: [target("a", {}, failures)] });
					buses.put("default", push);
					await runHours(24);
					return arrivals;
				};

				const arrivals = await runOnce();

				expect(arrivals).toHaveLength(failures + 1);
				expect(await runOnce()).toEqual(arrivals);
			}),
			{ numRuns: 20 },
		);
	});
});
