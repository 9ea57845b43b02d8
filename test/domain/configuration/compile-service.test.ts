import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileService } from "../../../lib/domain/configuration/compile-service.ts";
import { parseEnvironmentConfig } from "../../../lib/domain/configuration/environment-config.ts";
import {
	alarmFile,
	environmentFile,
	otherServiceFile,
	serviceFile,
	targetGroupArns,
	trafficFile,
} from "./environment-file.ts";

type Section = Readonly<Record<string, unknown>>;

const compiled = (settings: Section = {}, environment: Section = {}) =>
	compileService(
		parseEnvironmentConfig(environmentFile({ ...environment, services: { checkout: serviceFile(settings) } })),
		"checkout",
		targetGroupArns,
	);

describe("definition", () => {
	it("given a service that the Gateway API routes, names the route and the Services of its slots", () => {
		const traffic = { router: "gateway-api", httpRoute: "checkout-internal", drainSeconds: 600 };
		const cluster = { name: "shop", endpoint: "public", gatewayApi: true };
		const config = parseEnvironmentConfig(
			environmentFile({ cluster, services: { checkout: serviceFile({ traffic }) } }),
		);

		const { route, drainSeconds } = compileService(config, "checkout", null);

		expect(drainSeconds).toBe(600);
		expect(route).toEqual({
			kind: "gateway-api",
			clusterName: "shop",
			namespace: "shop",
			httpRoute: "checkout-internal",
			slotServices: { blue: "checkout-blue", green: "checkout-green" },
		});
	});

	it("given a service behind a load balancer and no target groups, refuses to guess them", () => {
		const config = parseEnvironmentConfig(environmentFile());

		expect(() => compileService(config, "checkout", null)).toThrow(/services\.checkout\.traffic\.router/);
	});

	it("given nothing but the required keys, fills in every default", () => {
		const definition = compiled();

		expect(definition).toEqual({
			service: "checkout",
			environment: "production",
			repositoryName: "shop/checkout",
			tagPattern: "^v[0-9]",
			workload: {
				clusterName: "shop",
				namespace: "shop",
				deployment: "checkout",
				container: "app",
				repositoryUri: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop/checkout",
				inClusterService: null,
				port: 8080,
			},
			route: { listenerArn: trafficFile().listenerArn, basePriority: 100, trialPriority: 99, targetGroupArns },
			steps: [
				{
					weightPercent: 5,
					judgedBy: "comparison",
					minBakeSeconds: 120,
					maxBakeSeconds: 600,
					approval: { approvers: [], expiresSeconds: 86_400 },
				},
				{ weightPercent: 25, judgedBy: "comparison", minBakeSeconds: 120, maxBakeSeconds: 1_200, approval: null },
				{ weightPercent: 50, judgedBy: "comparison", minBakeSeconds: 120, maxBakeSeconds: 1_800, approval: null },
				{ weightPercent: 100, judgedBy: "guardrails", minBakeSeconds: 120, maxBakeSeconds: 1_800, approval: null },
			],
			guardrails: {
				maxErrorPercent: 5,
				maxSlowPercent: 5,
				windowSeconds: 60,
				minRequests: 200,
				minAvailabilityPercent: 95,
				unhealthySeconds: 120,
			},
			measurements: { kind: "custom-metrics", namespace: "Sluice/Traffic", periodSeconds: 10, slowerThanMs: 3_000 },
			alarmNames: [],
			onUndecided: "pause",
			onNewPush: "close-window",
			progressDeadlineSeconds: 600,
			windowSeconds: 3_600,
			drainSeconds: 300,
			warmupSeconds: 20,
		});
	});

	it.each(["development", "staging"])(
		"given stage %s, asks nobody, rolls back undecided and keeps a short window",
		(stage) => {
			const definition = compiled({}, { environment: "shop", stage });

			expect(definition.steps.map(({ approval }) => approval)).toEqual([null, null, null, null]);
			expect(definition).toMatchObject({ environment: "shop", onUndecided: "roll-back", windowSeconds: 900 });
		},
	);

	it("given own settings in production, lets them win over the stage's", () => {
		const definition = compiled({ approvals: [], onUndecided: "promote", windowSeconds: 60 });

		expect(definition.steps.map(({ approval }) => approval)).toEqual([null, null, null, null]);
		expect(definition).toMatchObject({ onUndecided: "promote", windowSeconds: 60 });
	});

	it("given approvals, asks before these weights and no others", () => {
		const definition = compiled({
			approvals: [{ beforeWeightPercent: 50, approvers: ["ann", "bob"], expiresSeconds: 600 }],
		});

		expect(definition.steps.map(({ approval }) => approval)).toEqual([
			null,
			null,
			{ approvers: ["ann", "bob"], expiresSeconds: 600 },
			null,
		]);
	});

	it("given blue-green, makes one step of everything, judged by guardrails", () => {
		const definition = compiled({ strategy: "blue-green" }, { stage: "staging" });

		expect(definition.steps).toEqual([
			{ weightPercent: 100, judgedBy: "guardrails", minBakeSeconds: 120, maxBakeSeconds: 600, approval: null },
		]);
	});

	it("given users held back, makes one more step before everything, compared with them", () => {
		const definition = compiled({ strategy: "blue-green", holdback: { percent: 5 } }, { stage: "staging" });

		expect(definition.steps).toEqual([
			{ weightPercent: 95, judgedBy: "comparison", minBakeSeconds: 120, maxBakeSeconds: 1_800, approval: null },
			{ weightPercent: 100, judgedBy: "guardrails", minBakeSeconds: 120, maxBakeSeconds: 600, approval: null },
		]);
	});

	it("given users held back in production, asks once, before anybody moves", () => {
		const { steps } = compiled({ strategy: "blue-green", holdback: { percent: 5, maxBakeSeconds: 60 } });

		expect(steps.map(({ approval }) => approval)).toEqual([{ approvers: [], expiresSeconds: 86_400 }, null]);
		expect(steps[0]).toMatchObject({ minBakeSeconds: 60, maxBakeSeconds: 60 });
	});

	it("given testers, names them in the route; without, the route says nothing of them", () => {
		const preview = { header: { name: "X-Preview", value: "checkout" } };

		expect(compiled({ strategy: "blue-green", preview }).route).toMatchObject({ preview });
		expect(compiled({ strategy: "blue-green" }).route).not.toHaveProperty("preview");
	});

	it("given blue-green in production, asks before everything", () => {
		const definition = compiled({ strategy: "blue-green" });

		expect(definition.steps.map(({ approval }) => approval)).toEqual([{ approvers: [], expiresSeconds: 86_400 }]);
	});

	it.each([
		["5-25-50-100", [5, 25, 50, 100]],
		["5-50-100", [5, 50, 100]],
		["10-25-50-100", [10, 25, 50, 100]],
	])("given preset %s, takes its weights", (steps, weights) => {
		const definition = compiled({ steps });

		expect(definition.steps.map(({ weightPercent }) => weightPercent)).toEqual(weights);
	});

	it.each([
		[{ minBakeSeconds: 900 }, 900, 900],
		[{ maxBakeSeconds: 60 }, 60, 60],
		[{ minBakeSeconds: 300, maxBakeSeconds: 300 }, 300, 300],
	])("given bake %o, moves the other end's default with it", (bake, minBakeSeconds, maxBakeSeconds) => {
		const definition = compiled({ steps: [{ weightPercent: 100, ...bake }] });

		expect(definition.steps[0]).toMatchObject({ minBakeSeconds, maxBakeSeconds });
	});

	it("given load balancer measurements, reads AWS's own namespace once a minute", () => {
		const definition = compiled({
			measurements: { source: "application-load-balancer" },
			guardrails: { slowerThanMs: 500 },
		});

		expect(definition.measurements).toEqual({
			kind: "application-load-balancer",
			namespace: "AWS/ApplicationELB",
			periodSeconds: 60,
			slowerThanMs: 500,
		});
	});

	it("given alarms of both kinds, keeps their names in order", () => {
		const definition = compiled({ alarms: [{ existing: "owned-elsewhere" }, alarmFile({ name: "declared" })] });

		expect(definition.alarmNames).toEqual(["owned-elsewhere", "declared"]);
	});

	it.each([
		[0, 300],
		[300, 300],
		[900, 900],
	])("given a deregistration delay of %i s, drains for %i s", (deregistrationDelaySeconds, drainSeconds) => {
		const targetGroup = { healthCheck: { path: "/" }, deregistrationDelaySeconds };

		const definition = compiled({ traffic: trafficFile({ targetGroup }) });

		expect(definition.drainSeconds).toBe(drainSeconds);
	});

	it("given an in-cluster Service, hands on its name", () => {
		expect(compiled({ inClusterService: "shop" }).workload.inClusterService).toBe("shop");
	});

	it.each(["search", "constructor"])("given service %s that is not in the file, says which are", (service) => {
		const config = parseEnvironmentConfig(environmentFile());

		const compiling = () => compileService(config, service, targetGroupArns);

		expect(compiling).toThrow(`services.${service}: found nothing; allowed is one of checkout.`);
	});

	it.each([
		[{ checkout: serviceFile(), payments: otherServiceFile() }, "checkout, payments"],
		[{}, "no services"],
	])("given services %o, names them all where another is asked for", (services, known) => {
		const config = parseEnvironmentConfig(environmentFile({ services }));

		const compiling = () => compileService(config, "search", targetGroupArns);

		expect(compiling).toThrow(`services.search: found nothing; allowed is one of ${known}.`);
	});
});

const stepsOf = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 19 }).chain((weights) =>
	fc.tuple(
		...[...weights.toSorted((one, other) => one - other), 100].map((weightPercent) =>
			fc
				.record(
					{
						minBakeSeconds: fc.integer({ min: 10, max: 1_000 }),
						maxBakeSeconds: fc.integer({ min: 1_000, max: 86_400 }),
						judgedBy: fc.constant("guardrails"),
					},
					{ requiredKeys: [] },
				)
				.map((step) => ({ weightPercent, ...step })),
		),
	),
);

const settingsOf = fc.record(
	{
		steps: fc.oneof(stepsOf, fc.constantFrom("5-25-50-100", "5-50-100", "10-25-50-100")),
		warmupSeconds: fc.integer({ min: 0, max: 300 }),
		onUndecided: fc.constantFrom("pause", "roll-back", "promote"),
		approvals: fc.constantFrom([], [{ beforeWeightPercent: 100, approvers: ["ann"] }]),
	},
	{ requiredKeys: [] },
);

describe("any valid configuration", () => {
	it("given any settings and stage, compiles to steps that rise to 100, each with a bake and a judge that fit", () => {
		const stages = fc.constantFrom("development", "staging", "production");
		const strategies = fc.constantFrom("canary", "blue-green");

		fc.assert(
			fc.property(settingsOf, stages, strategies, ({ steps, ...settings }, stage, strategy) => {
				const own = strategy === "canary" && steps !== undefined ? { steps } : {};
				const definition = compiled({ ...settings, ...own, strategy }, { stage });

				const weights = definition.steps.map(({ weightPercent }) => weightPercent);
				expect(weights).toEqual([...new Set(weights)].toSorted((one, other) => one - other));
				expect(weights.at(-1)).toBe(100);
				for (const step of definition.steps) {
					expect(step.minBakeSeconds).toBeLessThanOrEqual(step.maxBakeSeconds);
					if (step.weightPercent === 100) expect(step.judgedBy).toBe("guardrails");
				}
				const asked = definition.steps.filter(({ approval }) => approval !== null).length;
				expect(asked).toBe(settings.approvals?.length ?? (stage === "production" ? 1 : 0));
			}),
			{ seed: 7, numRuns: 300 },
		);
	});
});
