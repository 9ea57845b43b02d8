import { App, Tags, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { resourceName } from "../constructs/resource-name.ts";
import type { EnvironmentConfig } from "../domain/configuration/environment-config.ts";
import { ControlPlaneStack } from "./control-plane-stack.ts";
import { ServiceStack } from "./service-stack.ts";

export interface SluiceAppProps {
	readonly config: EnvironmentConfig;
	/** CDK's context with its feature flags, as `readCdkContext` answers it: without them templates differ. */
	readonly context: Readonly<Record<string, unknown>>;
	/** Folder for the cloud assembly; CDK's own choice where it is absent. */
	readonly outdir?: string;
	/** Whether templates are validated and checked by cdk-nag; violations fail synthesis. Costs seconds. Default true. */
	readonly validate?: boolean;
}

/** The CDK app of one environment: its control plane, and a stack for every service. Not yet synthesized. */
export const makeApp = ({ config, context, outdir, validate = true }: SluiceAppProps): App => {
	const app = new App({
		context: { ...context },
		analyticsReporting: false,
		builtinCloudFormationValidation: validate,
		...(outdir !== undefined && { outdir }),
	});
	if (validate) Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
	const { environment, account, region, stage } = config;
	const env = { account, region };
	const controlPlane = new ControlPlaneStack(app, resourceName(environment, "control-plane"), {
		env,
		config,
		description: `Sluice, environment ${environment}: what all services share.`,
		terminationProtection: stage === "production",
	});
	for (const [service, settings] of Object.entries(config.services)) {
		const stack = new ServiceStack(app, resourceName(environment, `service-${service}`), {
			env,
			config,
			service,
			settings,
			description: `Sluice, environment ${environment}: service ${service}.`,
		});
		// An order of deployment, not a reference: nothing of one template is in the other.
		stack.addStackDependency(controlPlane, "registers with the control plane by name");
	}
	Tags.of(app).add("sluice:environment", environment);
	return app;
};
