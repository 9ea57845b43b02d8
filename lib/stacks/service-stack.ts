import { ArnFormat, CustomResource, Duration, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { DeclaredAlarms } from "../constructs/declared-alarms.ts";
import { registrarName } from "../constructs/resource-name.ts";
import { SlotTargetGroups } from "../constructs/slot-target-groups.ts";
import { compileService } from "../domain/configuration/compile-service.ts";
import type { EnvironmentConfig } from "../domain/configuration/environment-config.ts";
import type { ServiceConfig } from "../domain/configuration/service-config.ts";

export interface ServiceStackProps extends StackProps {
	readonly config: EnvironmentConfig;
	/** Name of the service in the configuration. */
	readonly service: string;
	/** What the configuration says of it. */
	readonly settings: ServiceConfig;
}

/**
 * One service: its slots' target groups where a load balancer is in front, the alarms it declares, and its definition for the catalog.
 * It refers to the control plane by names only, and holds no listener rule: rules are Sluice's, at run time (D3).
 */
export class ServiceStack extends Stack {
	constructor(scope: Construct, id: string, { config, service, settings, ...props }: ServiceStackProps) {
		super(scope, id, props);
		const { traffic, workload } = settings;
		const targetGroupArns =
			traffic.router === "gateway-api"
				? null
				: new SlotTargetGroups(this, "Slots", { traffic, port: workload.port }).arns;
		const alarms = new DeclaredAlarms(this, "Alarms", { alarms: settings.alarms });
		const definition = compileService(config, service, targetGroupArns);
		const registration = new CustomResource(this, "Registration", {
			resourceType: "Custom::SluiceService",
			serviceToken: this.formatArn({
				service: "lambda",
				resource: "function",
				resourceName: registrarName(config.environment),
				arnFormat: ArnFormat.COLON_RESOURCE_NAME,
			}),
			serviceTimeout: Duration.minutes(5),
			// As text: CloudFormation turns numbers and booleans of a custom resource's properties into strings.
			properties: { Definition: this.toJsonString(definition) },
		});
		// Sluice must not watch an alarm before it is there.
		registration.node.addDependency(alarms);
	}
}
