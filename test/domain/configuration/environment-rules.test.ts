import { describe, expect, it } from "vitest";
import {
	alarmFile,
	environmentFile,
	otherServiceFile,
	serviceFile,
	trafficFile,
	workloadFile,
} from "./environment-file.ts";
import { problemsOf as problemsInFile } from "./problems-of.ts";

type Section = Readonly<Record<string, unknown>>;

const problemsOf = (services: Section, settings: Section = {}): readonly string[] =>
	problemsInFile(environmentFile({ ...settings, services }));
const listenerArn = trafficFile().listenerArn;

describe("two services", () => {
	it("given nothing in common but the listener, accepts both", () => {
		const problems = problemsOf({ checkout: serviceFile(), payments: otherServiceFile() });

		expect(problems).toEqual([]);
	});

	it("given one alarm in both, refuses the second: an alarm's event leads to one service", () => {
		const problems = problemsOf({
			checkout: serviceFile({ alarms: [alarmFile({ name: "orders-failed" })] }),
			payments: otherServiceFile({ alarms: [{ existing: "other" }, { existing: "orders-failed" }] }),
		});

		expect(problems).toEqual([
			'services.payments.alarms[1].existing: found "orders-failed"; allowed is another one: alarm orders-failed belongs to services.checkout.alarms[0].name',
		]);
	});

	it.each([
		[100, 100],
		[99, 99],
		[101, 100],
	])("given base priorities 100 and %i on one listener, refuses the second", (basePriority, taken) => {
		const problems = problemsOf({
			checkout: serviceFile(),
			payments: otherServiceFile({ traffic: trafficFile({ basePriority }) }),
		});

		expect(problems).toEqual([
			`services.payments.traffic.basePriority: found ${basePriority}; allowed is another one: priority ${taken} of ${listenerArn} belongs to services.checkout.traffic.basePriority`,
		]);
	});

	it("given a service for whose testers a rule stands where another service's base rule is, refuses it", () => {
		const preview = { header: { name: "X-Preview", value: "checkout" } };
		const traffic = trafficFile({ basePriority: 102 });

		const problems = problemsOf({
			checkout: serviceFile(),
			payments: otherServiceFile({ strategy: "blue-green", preview, traffic }),
		});

		expect(problems).toEqual([
			`services.payments.traffic.basePriority: found 102; allowed is another one: priority 100 of ${listenerArn} belongs to services.checkout.traffic.basePriority`,
		]);
	});

	it("given one base priority on two listeners, accepts both", () => {
		const other = String(listenerArn).replace("f2f7dc8efc522ab2", "0123456789abcdef");

		const problems = problemsOf({
			checkout: serviceFile(),
			payments: otherServiceFile({ traffic: trafficFile({ listenerArn: other }) }),
		});

		expect(problems).toEqual([]);
	});

	it.each(["checkout", "checkout-blue", "checkout-green"])(
		"given Deployment %s beside Deployment checkout, refuses it",
		(deployment) => {
			const problems = problemsOf({
				checkout: serviceFile(),
				payments: otherServiceFile({ workload: workloadFile({ deployment }) }),
			});

			expect(problems).toEqual([
				`services.payments.workload.deployment: found "${deployment}"; allowed is another one: Deployment shop/${deployment} belongs to services.checkout.workload.deployment`,
			]);
		},
	);

	it("given one Deployment's name in two namespaces, accepts both", () => {
		const problems = problemsOf({
			checkout: serviceFile(),
			payments: otherServiceFile({ workload: workloadFile({ namespace: "bank" }) }),
		});

		expect(problems).toEqual([]);
	});

	it("given one in-cluster Service for both, refuses the second: its selector follows one rollout", () => {
		const problems = problemsOf({
			checkout: serviceFile({ inClusterService: "shop" }),
			payments: otherServiceFile({ inClusterService: "shop" }),
		});

		expect(problems).toEqual([
			'services.payments.inClusterService: found "shop"; allowed is another one: Service shop/shop belongs to services.checkout.inClusterService',
		]);
	});
});

const gatewayFile = (settings: Section = {}): Section =>
	serviceFile({ traffic: { router: "gateway-api", httpRoute: "checkout" }, ...settings });

const gatewayCluster = { name: "shop", endpoint: "public", gatewayApi: true };

describe("a service that the Gateway API routes", () => {
	it("given a public endpoint and gatewayApi, accepts it", () => {
		expect(problemsOf({ checkout: gatewayFile() }, { cluster: gatewayCluster })).toEqual([]);
	});

	it("given an environment without gatewayApi, refuses it and says what would allow it", () => {
		expect(problemsOf({ checkout: gatewayFile() })).toEqual([
			'services.checkout.traffic.router: found "gateway-api"; allowed is load-balancer, or gateway-api in an environment whose cluster.gatewayApi is true',
		]);
	});

	it("given a private endpoint, refuses gatewayApi: what moves traffic back never runs inside the VPC", () => {
		const network = {
			vpcId: "vpc-0a1b2c3d4e5f60718",
			subnetIds: ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"],
			securityGroupId: "sg-0a1b2c3d4e5f60718",
		};
		const cluster = { name: "shop", endpoint: "private", gatewayApi: true, network };

		expect(problemsOf({ checkout: gatewayFile() }, { cluster })).toEqual([
			expect.stringMatching(/^cluster\.gatewayApi: found true; allowed is false with a private endpoint/),
		]);
	});

	it("given measurements of a load balancer, refuses them: none is in front", () => {
		const measurements = { source: "application-load-balancer" };

		expect(problemsOf({ checkout: gatewayFile({ measurements }) }, { cluster: gatewayCluster })).toEqual([
			'services.checkout.measurements.source: found "application-load-balancer"; allowed is custom-metrics for a service that no load balancer is in front of',
		]);
	});

	it("given one HTTPRoute for two services, refuses the second", () => {
		const traffic = { router: "gateway-api", httpRoute: "checkout" };
		const services = { checkout: gatewayFile(), payments: otherServiceFile({ traffic }) };

		expect(problemsOf(services, { cluster: gatewayCluster })).toEqual([
			'services.payments.traffic.httpRoute: found "checkout"; allowed is another one: HTTPRoute shop/checkout belongs to services.checkout.traffic.httpRoute',
		]);
	});

	it.each([
		["a router that nobody knows", { router: "dns" }, "load-balancer or gateway-api"],
		[
			"keys of a load balancer",
			{ ...trafficFile(), router: "gateway-api", httpRoute: "a" },
			"router, httpRoute, drainSeconds",
		],
		["no such section at all", "text", "a section that says how requests reach the service"],
	])("given %s, says what is allowed", (_, traffic, allowed) => {
		const problems = problemsOf({ checkout: serviceFile({ traffic }) }, { cluster: gatewayCluster });

		expect(problems.length).toBeGreaterThan(0);
		expect(problems.join()).toContain(allowed);
	});
});

describe("one service", () => {
	it("given one alarm twice, refuses the second", () => {
		const problems = problemsOf({ checkout: serviceFile({ alarms: [{ existing: "red" }, { existing: "red" }] }) });

		expect(problems).toEqual([
			'services.checkout.alarms[1].existing: found "red"; allowed is another one: alarm red belongs to services.checkout.alarms[0].existing',
		]);
	});

	it("given a slot's own Service as in-cluster Service, refuses it", () => {
		const problems = problemsOf({ checkout: serviceFile({ inClusterService: "checkout-green" }) });

		expect(problems).toEqual([
			'services.checkout.inClusterService: found "checkout-green"; allowed is another one: Service shop/checkout-green belongs to services.checkout.workload.deployment',
		]);
	});

	it.each([{ region: "eu-west-1" }, { account: "444455556666" }])(
		"given a listener outside %o, refuses it",
		(settings) => {
			const problems = problemsOf({ checkout: serviceFile() }, settings);

			expect(problems).toHaveLength(1);
			expect(problems[0]).toMatch(
				/^services\.checkout\.traffic\.listenerArn: found "arn:aws:elastic.*allowed is a listener in/,
			);
			expect(problems[0]).toContain(Object.values(settings)[0]);
		},
	);
});
