import { describe, expect, it } from "vitest";
import type { BusEvent } from "../../../simulator/events/bus-event.ts";
import { VirtualClock } from "../../../simulator/kernel/timers.ts";
import { Story } from "../../../simulator/scenarios/story.ts";
import { startEpochMs } from "../../../simulator/system/make-system.ts";

const envelope = (source: string, detailType: string, detail: object): BusEvent => ({
	version: "0",
	id: "00000000-0000-0000-0000-000000000000",
	"detail-type": detailType,
	source,
	account: "111122223333",
	time: "2026-01-05T09:00:00Z",
	region: "eu-central-1",
	resources: [],
	detail,
});

const stage = () => {
	const clock = new VirtualClock(startEpochMs);
	let isTrialOpen = false;
	const story = new Story(
		{ service: "checkout", alarmNames: ["orders-failed"], repositoryName: "shop/checkout" },
		() => {},
	);
	story.follow({ clock }, []);
	story.watch(
		() => ({ stable: { good: 1, bad: 0 }, canary: { good: 0, bad: 0 } }),
		() => isTrialOpen,
	);
	/** Says it when that many seconds have passed. */
	const at = (seconds: number, event: (epochMs: number) => BusEvent): void =>
		void clock.after(seconds * 1_000, () => story.hear(event(clock.nowEpochMs())));
	const lifecycle =
		(kind: string, more: object, service = "checkout") =>
		(atEpochMs: number) => {
			const rolloutId = `${service}-1`;
			return envelope("sluice", kind, { eventId: `${rolloutId}/${kind}`, service, rolloutId, atEpochMs, ...more });
		};
	const shifted = (toPercent: number) => lifecycle("rollout.shifted.v1", { fromPercent: 0, toPercent });
	const rolledBack = (triggeredAtSeconds: number) => (atEpochMs: number) =>
		lifecycle("rollout.rolled-back.v1", {
			cause: "alarm",
			explanation: "red",
			triggeredAtEpochMs: startEpochMs + triggeredAtSeconds * 1_000,
			zeroConfirmedAtEpochMs: atEpochMs,
			counts: null,
		})(atEpochMs);
	const alarm = (alarmName: string, value: string) => () =>
		envelope("aws.cloudwatch", "CloudWatch Alarm State Change", { alarmName, state: { value, reason: "because" } });
	const judged = (verdict: string) =>
		lifecycle("rollout.judged.v1", { verdict, weightPercent: 5, reasons: ["canary: 5 % errors"] });
	const execution = (name: string, status: string) => () =>
		envelope("aws.states", "Step Functions Execution Status Change", { name, status });
	const finish = async () => {
		await clock.run(startEpochMs + 3_600_000);
		return story;
	};
	const leaveTrialOpen = () => {
		isTrialOpen = true;
	};
	const verdictHeld = (seconds: number, rolloutId: string | null): void =>
		void clock.after(seconds * 1_000, () => story.hearVerdict(rolloutId));
	return { at, shifted, rolledBack, alarm, judged, verdictHeld, execution, lifecycle, finish, leaveTrialOpen };
};

describe("a story", () => {
	it("given a rollback, measures from the trigger that Sluice names to the zero that it confirmed", async () => {
		const { at, shifted, rolledBack, finish } = stage();
		at(10, shifted(5));
		at(60, rolledBack(58.5));

		const { rollback, weightAtRollbackPercent, broken } = await finish();

		expect(rollback).toEqual({
			triggeredAtSeconds: 58.5,
			zeroConfirmedAtSeconds: 60,
			zeroObservedAtSeconds: null,
			seconds: 1.5,
		});
		expect(weightAtRollbackPercent).toBe(5);
		expect(broken).toEqual([]);
	});

	it.each(["alarm", "verdict", "lost execution"] as const)(
		"given an earlier %s than the trigger that Sluice names, measures from there",
		async (reason) => {
			const { at, shifted, rolledBack, alarm, verdictHeld, execution, finish } = stage();
			at(10, shifted(5));
			if (reason === "alarm") at(20, alarm("orders-failed", "ALARM"));
			if (reason === "verdict") verdictHeld(20, "checkout-1");
			if (reason === "lost execution") at(20, execution("checkout-1", "ABORTED"));
			at(60, rolledBack(58.5));

			const { rollback } = await finish();

			expect(rollback).toMatchObject({ triggeredAtSeconds: 20, seconds: 40 });
		},
	);

	it.each(["an alarm of others", "an alarm before exposure", "a good verdict", "another's execution"] as const)(
		"given %s, that is no reason",
		async (what) => {
			const { at, shifted, rolledBack, alarm, judged, verdictHeld, execution, finish } = stage();
			const noReasons = {
				"an alarm of others": { seconds: 20, event: alarm("elsewhere", "ALARM") },
				"an alarm before exposure": { seconds: 5, event: alarm("orders-failed", "ALARM") },
				"a good verdict": { seconds: 20, event: judged("pass") },
				"another's execution": { seconds: 20, event: execution("checkout-search-1", "FAILED") },
			};
			const { seconds, event } = noReasons[what];
			at(10, shifted(5));
			at(seconds, event);
			verdictHeld(seconds, null);
			verdictHeld(seconds, "search-1");
			at(60, rolledBack(58.5));

			const { rollback } = await finish();

			expect(rollback).toMatchObject({ triggeredAtSeconds: 58.5 });
		},
	);

	it("given alarms, only the service's own turns the story's alarm red", async () => {
		const { at, alarm, finish } = stage();
		at(1, alarm("elsewhere", "ALARM"));
		at(2, alarm("orders-failed", "OK"));

		expect((await finish()).alarmTurnedRed).toBe(false);
	});

	it("given zero that is said to be confirmed while the trial rule is there, the promise is broken", async () => {
		const { at, shifted, rolledBack, finish, leaveTrialOpen } = stage();
		leaveTrialOpen();
		at(10, shifted(5));
		at(60, rolledBack(58.5));

		expect((await finish()).broken).toEqual(["Zero was said to be confirmed while the trial rule was there."]);
	});

	it("given another service's rollout, does not tell it", async () => {
		const { at, lifecycle, finish } = stage();
		at(10, lifecycle("rollout.shifted.v1", { fromPercent: 0, toPercent: 5 }, "search"));

		expect((await finish()).timeline).toEqual([]);
	});
});
