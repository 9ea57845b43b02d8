import { describe, expect, it } from "vitest";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { VirtualClock } from "../../../simulator/kernel/timers.ts";
import { LoadBalancer, type TargetGroupWeights } from "../../../simulator/world/load-balancer.ts";

const listenerArn = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener/app/shop/1/2";
const conditions = [{ field: "host-header", values: ["checkout.example"] }];
const stable = { blue: 100, green: 0 };

/** A base rule at priority 101, and everything that the data plane did since, with the time it took. */
const makeStage = (seed = 1) => {
	const clock = new VirtualClock(0);
	const uses: [string, boolean][] = [];
	const balancer = new LoadBalancer({
		timers: clock,
		random: randomOf(seed),
		onUseChange: (targetGroupArn, isInUse) => uses.push([targetGroupArn, isInUse]),
	});
	const base = balancer.createRule(listenerArn, { priority: 101, conditions, weights: stable, tags: {} });
	const followed: { readonly atEpochMs: number; readonly weights: TargetGroupWeights }[] = [];
	balancer.watch(listenerArn, conditions, (weights) => followed.push({ atEpochMs: clock.nowEpochMs(), weights }));
	const openTrial = (weights: TargetGroupWeights) =>
		balancer.createRule(listenerArn, { priority: 100, conditions, weights, tags: { owner: "sluice" } });
	const settle = async () => {
		await clock.run(clock.nowEpochMs() + 10_000);
		followed.splice(0, followed.length - 1);
	};
	return { clock, balancer, base, followed, uses, openTrial, settle };
};

describe("rules of a load balancer", () => {
	it("given a default action, follows it where no rule matches, and knows whom the group gets requests from", async () => {
		const { balancer, base, followed, uses, settle } = makeStage();
		const other = listenerArn.replace("/shop/1/", "/other/9/");
		balancer.setDefault(listenerArn, { own: 1 });
		balancer.setDefault(other, { own: 1 });
		const beside = balancer.configured(listenerArn, conditions);

		balancer.deleteRule(base.ruleArn);
		await settle();

		expect(beside).toEqual(stable);
		expect(followed.at(-1)?.weights).toEqual({ own: 1 });
		expect(
			balancer.listenersOf("arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/1"),
		).toEqual([listenerArn]);
		expect(balancer.loadBalancersOf("own")).toHaveLength(2);
		for (const arn of [listenerArn, other]) balancer.setDefault(arn, {});
		expect(balancer.loadBalancersOf("own")).toEqual([]);
		expect(uses.at(-1)).toEqual(["own", false]);
	});

	it("given a trial above the base rule, configures its weights; without it, the base rule's", () => {
		const { balancer, openTrial } = makeStage();

		const trial = openTrial({ blue: 95, green: 5 });
		const during = balancer.configured(listenerArn, conditions);
		balancer.deleteRule(trial.ruleArn);

		expect(during).toEqual({ blue: 95, green: 5 });
		expect(balancer.configured(listenerArn, conditions)).toEqual(stable);
	});

	it("given a rule for other requests, does not let it decide about these", () => {
		const { balancer } = makeStage();

		const others = [{ field: "host-header", values: ["other.example"] }];
		balancer.createRule(listenerArn, { priority: 1, conditions: others, weights: { other: 1 }, tags: {} });

		expect(balancer.configured(listenerArn, conditions)).toEqual(stable);
	});

	it("given a rule that asks for a header, lets it decide about requests that carry it, and about no others", () => {
		const { balancer } = makeStage();
		const testers = [...conditions, { field: "http-header", name: "X-Preview", values: ["a"] }];
		const before = balancer.configured(listenerArn, testers);

		balancer.createRule(listenerArn, { priority: 1, conditions: testers, weights: { green: 1 }, tags: {} });

		expect(before).toEqual(stable);
		expect(balancer.configured(listenerArn, testers)).toEqual({ green: 1 });
		expect(balancer.configured(listenerArn, conditions)).toEqual(stable);
	});

	it("given more than five values in its conditions, refuses the rule", () => {
		const { balancer } = makeStage();
		const many = [{ field: "host-header", values: ["a", "b", "c", "d", "e", "f"] }];

		expect(() =>
			balancer.createRule(listenerArn, { priority: 1, conditions: many, weights: { green: 1 }, tags: {} }),
		).toThrow(/allowed are 5/);
	});

	it("given a priority in use, refuses and changes nothing", () => {
		const { balancer, openTrial } = makeStage();
		const trial = openTrial(stable);

		expect(() => openTrial({ blue: 0, green: 100 })).toThrow(expect.objectContaining({ code: "PriorityInUse" }));

		expect(balancer.ruleAt(listenerArn, 100)).toEqual(trial);
	});

	it("given a deleted rule, refuses every later write, and never uses its name again", () => {
		const { balancer, openTrial } = makeStage();
		const first = openTrial(stable);
		balancer.deleteRule(first.ruleArn);

		const second = openTrial(stable);

		expect(second.ruleArn).not.toBe(first.ruleArn);
		const gone = expect.objectContaining({ code: "RuleNotFound" });
		expect(() => balancer.modifyRule(first.ruleArn, { green: 100 })).toThrow(gone);
		expect(() => balancer.deleteRule(first.ruleArn)).toThrow(gone);
		expect(balancer.configured(listenerArn, conditions)).toEqual(stable);
	});

	it.each([-1, 0.5, 1_000])("given a weight of %d, refuses", (weight) => {
		const { balancer, base } = makeStage();

		const modify = () => balancer.modifyRule(base.ruleArn, { green: weight });

		expect(modify).toThrow(expect.objectContaining({ code: "ValidationError" }));
	});

	it("given the last rule that names a target group, says that the group is no longer in use", () => {
		const { balancer, openTrial, uses } = makeStage();
		const trial = openTrial({ canary: 5, blue: 95 });

		balancer.deleteRule(trial.ruleArn);

		expect(uses.filter(([arn]) => arn === "canary").map(([, isInUse]) => isInUse)).toEqual([true, false]);
		expect(uses.filter(([arn]) => arn === "blue").every(([, isInUse]) => isInUse)).toBe(true);
	});
});

describe("the data plane of a load balancer", () => {
	it.each([1, 2, 3, 4, 5])("given seed %i and a change, lets requests follow within 0.2 to 2 s", async (seed) => {
		const { balancer, clock, base, followed, settle } = makeStage(seed);
		await settle();
		const changedAtEpochMs = clock.nowEpochMs();

		balancer.modifyRule(base.ruleArn, { blue: 0, green: 100 });
		await clock.run(changedAtEpochMs + 199);
		const early = followed.length;
		await clock.run(changedAtEpochMs + 2_001);

		expect(early).toBe(1);
		expect(followed.at(-1)?.weights).toEqual({ blue: 0, green: 100 });
	});

	it("given changes in quick succession, follows them in their order", async () => {
		const { balancer, base, followed, settle } = makeStage();
		await settle();

		for (const green of [5, 25, 50, 100]) balancer.modifyRule(base.ruleArn, { blue: 100 - green, green });
		balancer.modifyRule(base.ruleArn, stable);
		const before = followed.length;
		await settle();

		expect(before).toBe(1);
		expect(followed.at(-1)?.weights).toEqual(stable);
	});

	it("given a change that changes nothing for requests, stays as it is", async () => {
		const { clock, openTrial, followed, settle } = makeStage();
		await settle();

		openTrial(stable);
		await clock.run(clock.nowEpochMs() + 5_000);

		expect(followed).toHaveLength(1);
	});
});
