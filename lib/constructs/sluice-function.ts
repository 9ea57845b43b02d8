import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { Effect, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, type CfnFunction, Function as LambdaFunction, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { acknowledgeWildcard } from "./acknowledge-wildcard.ts";
import { functionCode, functionEntry } from "./function-code.ts";
import { resourceName } from "./resource-name.ts";
import type { SluiceKey } from "./sluice-key.ts";

/** How Lambda treats events that it took but that the function failed on. */
export interface AsynchronousInvocation {
	/** Further attempts after the first, 0 to 2. */
	readonly retryAttempts: number;
	/** An event older than this is not tried again. 60 to 21,600. */
	readonly maxEventAgeSeconds: number;
}

/** Where in a VPC a function runs. */
export interface FunctionNetwork {
	readonly subnetIds: readonly string[];
	readonly securityGroupId: string;
}

export interface SluiceFunctionProps {
	readonly environment: string;
	/** Folder under `functions/`. */
	readonly name: string;
	readonly memoryMb: number;
	/** Shorter than the TimeoutSeconds of every state that calls it (D4). */
	readonly timeoutSeconds: number;
	readonly variables: Readonly<Record<string, string>>;
	readonly encryption: SluiceKey;
	readonly asynchronous: (AsynchronousInvocation & { readonly onFailure: IQueue }) | "never";
	readonly network: FunctionNetwork | "none";
	/** Concurrency that is always there for this function, and all it gets; `shared` takes from the account's. */
	readonly concurrency: number | "shared";
}

/** One function with its own role, its own log group and nothing that was not granted. */
export class SluiceFunction extends Construct {
	readonly function: LambdaFunction;
	readonly role: Role;
	readonly name: string;
	private readonly functionName: string;

	constructor(scope: Construct, id: string, props: SluiceFunctionProps) {
		super(scope, id);
		const functionName = resourceName(props.environment, props.name);
		this.name = props.name;
		this.functionName = functionName;
		this.role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
		const logGroup = new LogGroup(this, "Logs", {
			logGroupName: `/aws/lambda/${functionName}`,
			encryptionKey: props.encryption.key,
			retention: RetentionDays.THREE_MONTHS,
			removalPolicy: RemovalPolicy.DESTROY,
		});
		logGroup.grantWrite(this.role);
		this.function = new LambdaFunction(this, "Function", {
			functionName,
			role: this.role,
			logGroup,
			runtime: Runtime.NODEJS_24_X,
			architecture: Architecture.ARM_64,
			code: functionCode(props.name),
			handler: "index.handler",
			memorySize: props.memoryMb,
			timeout: Duration.seconds(props.timeoutSeconds),
			tracing: Tracing.ACTIVE,
			environment: { ...props.variables },
			...(props.concurrency === "shared" ? {} : { reservedConcurrentExecutions: props.concurrency }),
			...asynchronousProps(props.asynchronous),
		});
		acknowledgeWildcard(this.role, "X-Ray takes segments for no narrower resource.", "*");
		Validations.of(this.function).acknowledge({
			id: "Serverless-LambdaDLQ",
			reason:
				props.asynchronous === "never"
					? "Always invoked synchronously: the caller sees the error and retries."
					: "A failure destination stands in for it and records the error as well.",
		});
		const resource = this.function.node.defaultChild as CfnFunction;
		resource.addMetadata("sluice:entry", functionEntry(props.name));
		if (props.network !== "none") this.join(resource, props.network);
	}

	private join(resource: CfnFunction, { subnetIds, securityGroupId }: FunctionNetwork): void {
		resource.vpcConfig = { subnetIds: [...subnetIds], securityGroupIds: [securityGroupId] };
		this.role.addToPolicy(new PolicyStatement({ actions: [...networkInterfaceActions], resources: ["*"] }));
		// Lambda itself needs these; the code that runs in the function must not have them.
		this.role.addToPolicy(
			new PolicyStatement({
				effect: Effect.DENY,
				actions: [...networkInterfaceActions],
				resources: ["*"],
				conditions: { ArnEquals: { "lambda:SourceFunctionArn": this.arnByName() } },
			}),
		);
		acknowledgeWildcard(this.role, "Lambda makes network interfaces whose names nobody knows before.", "*");
	}

	/** Without a reference, because the role must be there before the function. */
	private arnByName(): string {
		return Stack.of(this).formatArn({
			service: "lambda",
			resource: "function",
			resourceName: this.functionName,
			arnFormat: ArnFormat.COLON_RESOURCE_NAME,
		});
	}
}

const networkInterfaceActions = [
	"ec2:AssignPrivateIpAddresses",
	"ec2:CreateNetworkInterface",
	"ec2:DeleteNetworkInterface",
	"ec2:DescribeNetworkInterfaces",
	"ec2:DescribeSubnets",
	"ec2:UnassignPrivateIpAddresses",
] as const;

const asynchronousProps = (asynchronous: SluiceFunctionProps["asynchronous"]) =>
	asynchronous === "never"
		? {}
		: {
				retryAttempts: asynchronous.retryAttempts,
				maxEventAge: Duration.seconds(asynchronous.maxEventAgeSeconds),
				onFailure: new SqsDestination(asynchronous.onFailure),
			};
