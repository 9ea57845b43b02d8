import { describe, expect, it } from "vitest";
import { compileService } from "../../lib/domain/configuration/compile-service.ts";
import { serviceDefinitionSchema } from "../../lib/domain/service-definition-schema.ts";
import { loadBalancerRouteOf } from "../../lib/domain/traffic-route.ts";
import { environmentConfig, type SynthesizedStack, synthesize } from "./synthesized-environment.ts";

const alarm = {
	name: "checkout-orders-failed",
	metric: {
		namespace: "Shop",
		name: "OrdersFailed",
		dimensions: { Service: "checkout" },
		statistic: "Sum",
		periodSeconds: 10,
	},
	comparison: "above",
	threshold: 20,
	datapointsToAlarm: 2,
	evaluationPeriods: 3,
};
const config = environmentConfig(["checkout"], { more: { alarms: [alarm, { existing: "somebody-elses" }] } });
const synthesized = synthesize(config);
const stack = synthesized("service-checkout");
const targetGroupArn = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup";

type Joined = readonly [separator: string, parts: readonly unknown[]];

/** What the custom resource gets once CloudFormation has filled in the target groups. */
const registeredText = (of: SynthesizedStack): string => {
	const [registration] = Object.values(of.resources("Custom::SluiceService"));
	const definition = registration?.Properties.Definition as { readonly "Fn::Join": Joined } | undefined;
	const [separator, parts] = definition?.["Fn::Join"] ?? ["", []];
	const filled = parts.map((part) =>
		typeof part === "string" ? part : `${targetGroupArn}/${(part as { readonly Ref: string }).Ref}/0123456789abcdef`,
	);
	return filled.join(separator);
};

describe("the stack of a service", () => {
	it("given the two slots, makes two target groups of equal kind that take addresses", () => {
		const groups = Object.values(stack.resources("AWS::ElasticLoadBalancingV2::TargetGroup"));
		const [blue, green, ...others] = groups.map(({ Properties }) => Properties);

		expect(others).toEqual([]);
		expect(blue).toEqual(green);
		expect(blue).toMatchObject({
			TargetType: "ip",
			VpcId: "vpc-0a1b2c3d4e5f60718",
			Port: 8080,
			Protocol: "HTTP",
			HealthCheckPath: "/healthz",
			HealthCheckIntervalSeconds: 10,
			HealthCheckTimeoutSeconds: 5,
			HealthyThresholdCount: 2,
			UnhealthyThresholdCount: 3,
		});
		expect(blue?.TargetGroupAttributes).toEqual(
			expect.arrayContaining([
				{ Key: "deregistration_delay.timeout_seconds", Value: "300" },
				{ Key: "stickiness.enabled", Value: "false" },
			]),
		);
	});

	it("given its definition, registers all of it as one text, so that numbers stay numbers", () => {
		const registered = serviceDefinitionSchema.parse(JSON.parse(registeredText(stack)));

		const { targetGroupArns } = loadBalancerRouteOf(registered);
		expect(registered).toEqual(compileService(config, "checkout", targetGroupArns));
		expect(targetGroupArns.blue).not.toBe(targetGroupArns.green);
	});

	it("given the control plane, refers to it by name and by nothing else", () => {
		const [registration] = Object.values(stack.resources("Custom::SluiceService"));
		const registrar = Object.values(synthesized("control-plane").resources("AWS::Lambda::Function")).map(
			({ Properties }) => Properties.FunctionName,
		);
		const token = String(registration?.Properties.ServiceToken);

		expect(token).toBe("arn:aws:lambda:eu-central-1:111122223333:function:sluice-test-register-service-provider");
		expect(registrar).toContain(token.split(":").at(-1));
		expect(JSON.stringify(stack.json)).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput|"Export"/);
	});

	it("given alarms, makes the declared ones, without actions, and leaves existing ones to their owner", () => {
		const alarms = Object.values(stack.resources("AWS::CloudWatch::Alarm")).map(({ Properties }) => Properties);

		expect(alarms).toEqual([
			expect.objectContaining({
				AlarmName: "checkout-orders-failed",
				Namespace: "Shop",
				MetricName: "OrdersFailed",
				Dimensions: [{ Name: "Service", Value: "checkout" }],
				Statistic: "Sum",
				Period: 10,
				ComparisonOperator: "GreaterThanThreshold",
				Threshold: 20,
				DatapointsToAlarm: 2,
				EvaluationPeriods: 3,
				TreatMissingData: "notBreaching",
			}),
		]);
		expect(alarms[0]).not.toHaveProperty("AlarmActions");
	});

	it("given any stack, holds no listener rule: rules are made at run time, or CloudFormation would take them back (D3)", () => {
		for (const one of [stack, synthesized("control-plane")])
			expect(Object.keys(one.resources("AWS::ElasticLoadBalancingV2::ListenerRule"))).toEqual([]);
	});

	it("given the same configuration twice, is the same", () => {
		expect(JSON.stringify(synthesize(config)("service-checkout").json)).toBe(JSON.stringify(stack.json));
	});
});

describe("the stack of a service that the Gateway API routes", () => {
	const cluster = { name: "shop", endpoint: "public", gatewayApi: true };
	const more = { traffic: { router: "gateway-api", httpRoute: "checkout" } };
	const gateway = synthesize(environmentConfig(["checkout"], { cluster, more }))("service-checkout");

	it("given no load balancer, makes no target group and registers the route", () => {
		const [registration] = Object.values(gateway.resources("Custom::SluiceService"));

		expect(gateway.resources("AWS::ElasticLoadBalancingV2::TargetGroup")).toEqual({});
		expect(serviceDefinitionSchema.parse(JSON.parse(String(registration?.Properties.Definition))).route).toMatchObject({
			kind: "gateway-api",
			httpRoute: "checkout",
		});
	});
});
