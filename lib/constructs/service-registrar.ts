import { RemovalPolicy, Validations } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Provider } from "aws-cdk-lib/custom-resources";
import { Construct } from "constructs";
import { acknowledgeWildcard } from "./acknowledge-wildcard.ts";
import { registrarName } from "./resource-name.ts";
import type { SluiceFunction } from "./sluice-function.ts";
import type { SluiceKey } from "./sluice-key.ts";

export interface ServiceRegistrarProps {
	readonly environment: string;
	readonly encryption: SluiceKey;
	/** The function that publishes and withdraws definitions. */
	readonly registerService: SluiceFunction;
}

/**
 * What stands behind `Custom::SluiceService`. Its function has a fixed name, so that service stacks need no export
 * of this stack and can come and go without touching it (D15).
 */
export class ServiceRegistrar extends Construct {
	constructor(scope: Construct, id: string, { environment, encryption, registerService }: ServiceRegistrarProps) {
		super(scope, id);
		const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
		const name = registrarName(environment);
		const logGroup = new LogGroup(this, "Logs", {
			logGroupName: `/aws/lambda/${name}`,
			encryptionKey: encryption.key,
			retention: RetentionDays.THREE_MONTHS,
			removalPolicy: RemovalPolicy.DESTROY,
		});
		logGroup.grantWrite(role);
		const provider = new Provider(this, "Provider", {
			onEventHandler: registerService.function,
			providerFunctionName: name,
			frameworkOnEventRole: role,
			logGroup,
		});
		const versions = `${registerService.function.functionArn}:*`;
		acknowledgeWildcard(role, "CDK's framework may call any version of this one function.", versions);
		for (const child of provider.node.findAll().filter((node) => node instanceof CfnFunction)) {
			child.memorySize = 256;
			child.tracingConfig = { mode: "Active" };
			role.addToPolicy(
				new PolicyStatement({ actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], resources: ["*"] }),
			);
			acknowledgeWildcard(role, "X-Ray takes segments for no narrower resource.", "*");
			const reason = "Part of CDK: its runtime is CDK's choice, and CloudFormation learns of errors by its own way.";
			Validations.of(child).acknowledge(
				{ id: "AwsSolutions-L1", reason },
				{ id: "Serverless-LambdaLatestVersion", reason },
				{ id: "Serverless-LambdaDLQ", reason },
			);
		}
	}
}
