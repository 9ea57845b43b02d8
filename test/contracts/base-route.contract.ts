import { describe, expect, it } from "vitest";
import type { LoadBalancerRoute } from "../../lib/domain/service-definition.ts";
import type { BaseRoute } from "../../lib/ports/base-route.ts";
import { TrafficConflictError, TrafficUnavailableError } from "../../lib/ports/traffic-router.ts";

type Texts = Readonly<Record<string, string>>;
type Weights = Readonly<Record<string, number>>;

export interface BaseRouteSetup {
	/** Of environment "production", on a listener without rules. Both slots' groups and the user's exist. */
	readonly baseRoute: BaseRoute;
	readonly route: LoadBalancerRoute;
	/** ARN of the user's own target group. */
	readonly own: string;
	/** Makes a rule by hand. */
	place(priority: number, weights: Weights, tags?: Texts): Promise<void>;
	/** Sets by hand what becomes of requests that meet no rule of a listener, which is made if need be. */
	placeDefault(listenerArn: string, weights: Weights): Promise<void>;
	/** A rule as it is configured; null where there is none. */
	at(priority: number): Promise<{ readonly weights: Weights; readonly tags: Texts } | null>;
	/** From now on nothing arrives. */
	silence(): void;
}

/** What every BaseRoute promises, whatever it is made of. */
export const baseRouteContract = (name: string, make: () => BaseRouteSetup): void => {
	describe(`${name} keeps the contract of BaseRoute`, () => {
		describe("inspect", () => itInspects(make));
		describe("create", () => itMakesABase(make));
		describe("direct and remove", () => itDirects(make));
	});
};

const itInspects = (make: () => BaseRouteSetup): void => {
	it("given only a rule of the user's, finds it by the priority that was named, and the groups with their targets", async () => {
		const { baseRoute, route, own, place } = make();
		await place(500, { [own]: 1 });

		const facts = await baseRoute.inspect(route, 500);

		expect(facts).toMatchObject({ base: null, trial: null, users: { priority: 500, actions: ["forward"] } });
		expect(facts.users?.weights).toEqual({ [own]: 1 });
		expect(facts.groups[own]).toMatchObject({ targetType: "ip", isSticky: false, deregistrationDelaySeconds: 300 });
		expect(Object.keys(facts.groups)).toEqual(
			expect.arrayContaining([route.targetGroupArns.blue, route.targetGroupArns.green, own]),
		);
		expect(facts.rulesAllowed).toBe(100);
	});

	it("given targets, says of each where it is and how it is, and which load balancers the group is attached to", async () => {
		const { baseRoute, route, own, place } = make();
		await place(500, { [own]: 1 });

		const { groups } = await baseRoute.inspect(route, 500);

		const loadBalancerArn = route.listenerArn.replace(":listener/", ":loadbalancer/").replace(/\/[^/]+$/, "");
		expect(groups[own]?.loadBalancerArns).toEqual([loadBalancerArn]);
		expect(groups[own]?.targets).toContainEqual({
			address: expect.any(String),
			port: 8080,
			state: expect.stringMatching(/^(healthy|initial)$/),
		});
		expect(groups[route.targetGroupArns.blue]?.loadBalancerArns).toEqual([]);
	});

	it("given rules, default actions and listeners of two load balancers, says all that send the user's group requests", async () => {
		const { baseRoute, route, own, place, placeDefault } = make();
		const { blue } = route.targetGroupArns;
		const second = route.listenerArn.replace(/[^/]+$/, "9999999999999999");
		const foreign = second.replace("/app/shop/1111111111111111/", "/app/other/8888888888888888/");
		const unrelated = second.replace("/app/shop/1111111111111111/", "/app/unrelated/7777777777777777/");
		await place(500, { [own]: 1 });
		await place(600, { [own]: 1, [blue]: 1 });
		await place(700, { [own]: 0, [blue]: 1 });
		await place(800, { [blue]: 1 });
		for (const listenerArn of [route.listenerArn, second, foreign]) await placeDefault(listenerArn, { [own]: 1 });
		await placeDefault(unrelated, { [blue]: 1 });

		const { groups } = await baseRoute.inspect(route, 500);
		const routes = await baseRoute.routesTo(route, own, groups[own] ?? { loadBalancerArns: [] });

		const told = routes.map(({ listenerArn, priority }) => [listenerArn, priority]);
		expect(told).toHaveLength(5);
		expect(told).toEqual(
			expect.arrayContaining([
				[route.listenerArn, 500],
				[route.listenerArn, 600],
				[route.listenerArn, null],
				[second, null],
				[foreign, null],
			]),
		);
	});

	it("given nothing but silence, says so", async () => {
		const { baseRoute, route, own, silence } = make();
		silence();

		await expect(baseRoute.inspect(route, null)).rejects.toThrow(TrafficUnavailableError);
		await expect(baseRoute.routesTo(route, own, { loadBalancerArns: [] })).rejects.toThrow(TrafficUnavailableError);
	});
};

const itMakesABase = (make: () => BaseRouteSetup): void => {
	it("given the user's rule, makes a copy above it with both slots at 0, and is satisfied with its own", async () => {
		const { baseRoute, route, own, place, at } = make();
		await place(500, { [own]: 1 });

		await baseRoute.create(route, 500, own);
		await baseRoute.create(route, 500, own);

		const { blue, green } = route.targetGroupArns;
		expect(await at(route.basePriority)).toEqual({
			weights: { [own]: 100, [blue]: 0, [green]: 0 },
			tags: {
				"sluice:environment": "production",
				"sluice:users-group": own,
				"sluice:from-priority": "500",
			},
		});
		const facts = await baseRoute.inspect(route, null);
		expect(facts.base?.conditions).toEqual(facts.users?.conditions);
		expect(facts.base?.conditionsText).toBe(facts.users?.conditionsText);
		expect(facts.base?.transformsText).toBe(facts.users?.transformsText);
	});

	it("given nothing to copy, or a stranger at the base priority, refuses", async () => {
		const { baseRoute, route, own, place } = make();
		await expect(baseRoute.create(route, 500, own)).rejects.toThrow(TrafficConflictError);
		await place(500, { [own]: 1 });
		await place(route.basePriority, { [own]: 1 });

		await expect(baseRoute.create(route, 500, own)).rejects.toThrow(TrafficConflictError);
	});
};

const itDirects = (make: () => BaseRouteSetup): void => {
	const created = async () => {
		const setup = make();
		await setup.place(500, { [setup.own]: 1 });
		await setup.baseRoute.create(setup.route, 500, setup.own);
		return setup;
	};

	it("given its own rule, sets the whole list; without the user's group it leaves it", async () => {
		const { baseRoute, route, own, at } = await created();
		const { blue, green } = route.targetGroupArns;
		const users = { targetGroupArn: own, percent: 0 };

		await baseRoute.direct(route, users, { blue: 100, green: 0 });
		expect((await at(route.basePriority))?.weights).toEqual({ [own]: 0, [blue]: 100, [green]: 0 });

		await baseRoute.direct(route, null, { blue: 100, green: 0 });
		expect((await at(route.basePriority))?.weights).toEqual({ [blue]: 100, [green]: 0 });
	});

	it("given a rule that is not ours, does not touch it", async () => {
		const { baseRoute, route, own, place, at } = make();
		await place(route.basePriority, { [own]: 1 }, { "sluice:environment": "staging" });

		await expect(baseRoute.direct(route, null, { blue: 100, green: 0 })).rejects.toThrow(TrafficConflictError);
		await baseRoute.remove(route, (await baseRoute.inspect(route, null)).base?.ruleArn ?? "");

		expect((await at(route.basePriority))?.weights).toEqual({ [own]: 1 });
	});

	it("given a rule that was made, deletes it; whoever comes late finds nothing", async () => {
		const { baseRoute, route, at } = await created();

		const { base } = await baseRoute.inspect(route, null);
		await baseRoute.remove(route, base?.ruleArn ?? "");
		await baseRoute.remove(route, base?.ruleArn ?? "");

		expect(await at(route.basePriority)).toBeNull();
		await expect(baseRoute.direct(route, null, { blue: 100, green: 0 })).rejects.toThrow(TrafficConflictError);
	});

	it("given a rule that was made since, leaves it to whoever comes late for the one before it", async () => {
		const { baseRoute, route, own, at } = await created();
		const { base: first } = await baseRoute.inspect(route, null);
		await baseRoute.remove(route, first?.ruleArn ?? "");
		await baseRoute.create(route, 500, own);

		await baseRoute.remove(route, first?.ruleArn ?? "");

		expect(await at(route.basePriority)).not.toBeNull();
	});

	it("given a rule at the trial priority, deletes it only if it is ours", async () => {
		const { baseRoute, route, own, place, at } = make();
		await place(route.trialPriority, { [own]: 1 });
		await baseRoute.removeTrial(route);
		expect(await at(route.trialPriority)).not.toBeNull();

		const ours = make();
		await ours.place(route.trialPriority, { [own]: 1 }, { "sluice:environment": "production" });
		await ours.baseRoute.removeTrial(route);
		expect(await ours.at(route.trialPriority)).toBeNull();
	});
};
