import { describe, expect, it } from "vitest";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { VirtualClock } from "../../../simulator/kernel/timers.ts";
import { TargetGroups } from "../../../simulator/world/target-groups.ts";

const arn = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/checkout-green/4";

const makeStage = () => {
	const clock = new VirtualClock(0);
	const healthy: number[] = [];
	const groups = new TargetGroups({
		timers: clock,
		random: randomOf(1),
		onRotationChange: (_arn, { targets }) => healthy.push(targets),
	});
	groups.create(arn, 300);
	return { clock, groups, healthy };
};

describe("a target group", () => {
	it("given a new target of a group in use, sends it requests after two checks and not before", async () => {
		const { clock, groups, healthy } = makeStage();
		groups.setInUse(arn, true);

		groups.register(arn, "pod-1");
		await clock.run(10_000);
		const early = groups.states(arn);
		await clock.run(23_000);

		expect(early).toEqual(["initial"]);
		expect(groups.states(arn)).toEqual(["healthy"]);
		expect(healthy).toEqual([1]);
	});

	it("given a group that no rule names, checks nobody until one does", async () => {
		const { clock, groups } = makeStage();
		groups.register(arn, "pod-1");
		await clock.run(600_000);
		const unused = groups.states(arn);

		groups.setInUse(arn, true);
		await clock.run(620_001);

		expect(unused).toEqual(["unused"]);
		expect(groups.states(arn)).toEqual(["healthy"]);
	});

	it("given the last rule gone, sends nobody requests and checks anew later", async () => {
		const { clock, groups, healthy } = makeStage();
		groups.setInUse(arn, true);
		groups.seed(arn, "pod-1", "healthy");

		groups.setInUse(arn, false);
		const without = groups.states(arn);
		groups.setInUse(arn, true);
		const atOnce = groups.states(arn);
		await clock.run(20_001);

		expect([without, atOnce, groups.states(arn)]).toEqual([["unused"], ["initial"], ["healthy"]]);
		expect(healthy).toEqual([1, 0, 1]);
	});

	it("given a deregistered target, drains it for the deregistration delay and forgets it", async () => {
		const { clock, groups, healthy } = makeStage();
		groups.setInUse(arn, true);
		groups.seed(arn, "pod-1", "healthy");

		groups.deregister(arn, "pod-1");
		await clock.run(299_000);
		const draining = groups.states(arn);
		await clock.run(300_000);

		expect(healthy).toEqual([1, 0]);
		expect(draining).toEqual(["draining"]);
		expect(groups.states(arn)).toEqual([]);
	});

	it("given a target that goes before its checks are done, never sends it requests", async () => {
		const { clock, groups, healthy } = makeStage();
		groups.setInUse(arn, true);
		groups.register(arn, "pod-1");

		groups.deregister(arn, "pod-1");
		await clock.run(60_000);

		expect(groups.states(arn)).toEqual(["draining"]);
		expect(healthy).toEqual([]);
	});

	it("given a group that was never created, refuses", () => {
		const { groups } = makeStage();

		expect(() => groups.states("other")).toThrow(expect.objectContaining({ code: "TargetGroupNotFound" }));
	});
});
