import { Template } from "aws-cdk-lib/assertions";
import { type EnvironmentConfig, parseEnvironmentConfig } from "../../lib/domain/configuration/environment-config.ts";
import { readCdkContext } from "../../lib/stacks/cdk-context.ts";
import { makeApp } from "../../lib/stacks/sluice-app.ts";

const publicCluster = { name: "shop", endpoint: "public" };

export const privateCluster = {
	name: "shop",
	endpoint: "private",
	network: {
		vpcId: "vpc-0a1b2c3d4e5f60718",
		subnetIds: ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"],
		securityGroupId: "sg-0a1b2c3d4e5f60718",
	},
};

const listenerArn =
	"arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc";

const serviceSettings = (name: string, basePriority: number, more: object) => ({
	repository: { name: `shop/${name}` },
	workload: { namespace: "shop", deployment: name, container: "app", port: 8080 },
	inClusterService: "none",
	traffic: {
		listenerArn,
		basePriority,
		vpcId: "vpc-0a1b2c3d4e5f60718",
		targetGroup: { healthCheck: { path: "/healthz" } },
	},
	strategy: "canary",
	measurements: { source: "custom-metrics", namespace: "Sluice/Traffic" },
	...more,
});

interface EnvironmentOptions {
	readonly cluster?: object;
	/** Settings of every service that matter to the test. */
	readonly more?: object;
	readonly prioritiesApart?: number;
}

/** An environment with these services. */
export const environmentConfig = (
	services: readonly string[],
	{ cluster = publicCluster, more = {}, prioritiesApart = 10 }: EnvironmentOptions = {},
): EnvironmentConfig =>
	parseEnvironmentConfig({
		environment: "test",
		stage: "staging",
		account: "111122223333",
		region: "eu-central-1",
		cluster,
		notifications: { pageEmails: ["on-call@shop.example"] },
		services: Object.fromEntries(
			services.map((name, position) => [name, serviceSettings(name, prioritiesApart * (position + 1), more)]),
		),
	});

export interface Resource {
	readonly Type: string;
	readonly Properties: Readonly<Record<string, unknown>>;
	readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** A template as CloudFormation would get it, and its resources by type. */
export class SynthesizedStack {
	readonly template: Template;

	constructor(template: Template) {
		this.template = template;
	}

	get json(): Record<string, unknown> {
		return this.template.toJSON();
	}

	resources(type: string): Readonly<Record<string, Resource>> {
		return this.template.findResources(type) as Record<string, Resource>;
	}
}

/** Synthesizes without bundling and, because it costs seconds, without validation. */
export const synthesize = (config: EnvironmentConfig): ((stack: string) => SynthesizedStack) => {
	const context = { ...readCdkContext(), "aws:cdk:bundling-stacks": [] };
	const assembly = makeApp({ config, context, validate: false }).synth();
	return (stack) =>
		new SynthesizedStack(Template.fromJSON(assembly.getStackByName(`sluice-test-${stack}`).template as object));
};
