import type { DeployedFunction } from "../kernel/lambda-service.ts";
import type { DeployedMachine, DeployedRule, DeployedTarget, Deployment } from "./deployment.ts";
import { type LoadedResource, loadStack, namesOf, type StackTemplate } from "./loaded-resource.ts";
import { readStatements, type Statement } from "./permissions.ts";
import type { Place } from "./physical-names.ts";
import { assertTrusts } from "./role-trust.ts";
import { fieldsOf, InvalidTemplateError, isFields, listOf, textOf } from "./template-error.ts";

/** Types that have no effect on what the simulator models: who may read a log or send a command, what a chart shows. */
const withoutEffect: readonly string[] = [
	"AWS::CloudWatch::Dashboard",
	"AWS::ElasticLoadBalancingV2::TargetGroup",
	"AWS::IAM::ManagedPolicy",
	"AWS::KMS::Alias",
	"AWS::KMS::Key",
	"AWS::Logs::LogGroup",
	"AWS::S3::BucketPolicy",
	"AWS::SNS::Subscription",
	"AWS::SNS::TopicPolicy",
	"AWS::SQS::QueuePolicy",
];

const asyncInvokeOf = (functionName: string, configs: readonly LoadedResource[]): DeployedFunction["asyncInvoke"] => {
	const config = configs.find(({ properties }) => properties.FunctionName === functionName)?.properties ?? {};
	const destination =
		isFields(config.DestinationConfig) && isFields(config.DestinationConfig.OnFailure)
			? config.DestinationConfig.OnFailure.Destination
			: null;
	// Lambda's own defaults where the template says nothing.
	return {
		maxRetries: Number(config.MaximumRetryAttempts ?? 2),
		maxAgeSeconds: Number(config.MaximumEventAgeInSeconds ?? 21_600),
		deadLetterArn: typeof destination === "string" ? destination : null,
	};
};

const functionOf = (loaded: LoadedResource, configs: readonly LoadedResource[]): DeployedFunction => {
	const { resource, properties } = loaded;
	const { name, arn } = namesOf(loaded);
	const environment = isFields(properties.Environment) ? fieldsOf(properties.Environment.Variables, name) : {};
	const entry = resource.metadata["sluice:entry"];
	return {
		name,
		arn,
		roleArn: textOf(properties.Role, `${resource.logicalId}.Role`),
		entry: typeof entry === "string" ? entry : "",
		timeoutMs: Number(properties.Timeout ?? 3) * 1000,
		reservedConcurrency:
			typeof properties.ReservedConcurrentExecutions === "number" ? properties.ReservedConcurrentExecutions : null,
		environment: Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, textOf(value, key)])),
		asyncInvoke: asyncInvokeOf(name, configs),
	};
};

const machineOf = (loaded: LoadedResource): DeployedMachine => {
	const { properties, resource } = loaded;
	const substitutions = isFields(properties.DefinitionSubstitutions) ? properties.DefinitionSubstitutions : {};
	if (properties.StateMachineType === "EXPRESS") {
		throw new InvalidTemplateError(`${resource.logicalId}: state machines of type EXPRESS are not simulated.`);
	}
	const text = textOf(properties.DefinitionString, `${resource.logicalId}.DefinitionString`);
	const filled = text.replace(/\$\{([A-Za-z0-9]+)\}/g, (_whole, name: string) =>
		textOf(substitutions[name], `${resource.logicalId}: substitution ${name}`),
	);
	return {
		...namesOf(loaded),
		roleArn: textOf(properties.RoleArn, resource.logicalId),
		definition: JSON.parse(filled),
	};
};

const targetOf = (value: unknown, where: string): DeployedTarget => {
	const properties = fieldsOf(value, where);
	return {
		arn: textOf(properties.Arn, where),
		id: textOf(properties.Id, where),
		roleArn: typeof properties.RoleArn === "string" ? properties.RoleArn : null,
		properties,
	};
};

const ruleOf = (loaded: LoadedResource): DeployedRule => {
	const { properties, resource } = loaded;
	const { name, arn } = namesOf(loaded);
	return {
		name,
		arn,
		busName: typeof properties.EventBusName === "string" ? properties.EventBusName : "default",
		pattern: properties.EventPattern ?? null,
		scheduleExpression: typeof properties.ScheduleExpression === "string" ? properties.ScheduleExpression : null,
		targets:
			properties.State === "DISABLED"
				? []
				: listOf(properties.Targets, resource.logicalId).map((target) => targetOf(target, resource.logicalId)),
	};
};

const statementsOf = (
	roles: readonly LoadedResource[],
	policies: readonly LoadedResource[],
): ReadonlyMap<string, readonly Statement[]> =>
	new Map(
		roles.map((role) => {
			const { name, arn } = namesOf(role);
			for (const property of ["ManagedPolicyArns", "PermissionsBoundary"]) {
				if (role.properties[property] === undefined) continue;
				throw new InvalidTemplateError(`${role.resource.logicalId}: ${property} of a role is not simulated.`);
			}
			const inline = listOf(role.properties.Policies, name).map((policy) => fieldsOf(policy, name).PolicyDocument);
			const attached = policies
				.filter(({ properties }) => listOf(properties.Roles, name).includes(name))
				.map(({ properties }) => properties.PolicyDocument);
			return [arn, [...inline, ...attached].flatMap((document) => readStatements(document, name))];
		}),
	);

/** Permissions that let a rule of EventBridge invoke a function; what lets others do so is nothing to the simulator. */
const invokePermissionsOf = (permissions: readonly LoadedResource[]): ReadonlySet<string> =>
	new Set(
		permissions
			.filter(
				({ properties: { Action, Principal } }) => Action === "lambda:InvokeFunction" && Principal === eventBridge,
			)
			.map(({ properties: { FunctionName, SourceArn } }) => `${String(FunctionName)} ${String(SourceArn)}`),
	);

const eventBridge = "events.amazonaws.com";

/** What AWS refuses when it creates what a role is for. @throws InvalidTemplateError */
const assertRolesTrust = (roles: readonly LoadedResource[], { functions, machines, rules }: Deployment): void => {
	const targets = rules.flatMap((rule) => rule.targets);
	for (const { roleArn } of functions) assertTrusts(roles, roleArn, "lambda.amazonaws.com");
	for (const { roleArn } of machines) assertTrusts(roles, roleArn, "states.amazonaws.com");
	for (const { roleArn } of targets) if (roleArn !== null) assertTrusts(roles, roleArn, eventBridge);
};

const encryptionKeysOf = (
	tables: readonly LoadedResource[],
	buckets: readonly LoadedResource[],
): ReadonlyMap<string, string> => {
	const keys = new Map<string, string>();
	for (const table of tables) {
		const [replica] = listOf(table.properties.Replicas, "Replicas");
		const encryption =
			isFields(replica) && isFields(replica.SSESpecification) ? replica.SSESpecification.KMSMasterKeyId : undefined;
		if (typeof encryption === "string") keys.set(namesOf(table).arn, encryption);
	}
	for (const bucket of buckets) {
		const text = JSON.stringify(bucket.properties.BucketEncryption ?? null);
		const key = /"KMSMasterKeyID":"([^"]+)"/.exec(text)?.[1];
		if (key !== undefined) keys.set(namesOf(bucket).arn, key);
	}
	return keys;
};

/**
 * Reads synthesized stacks as CloudFormation would deploy them.
 * @throws InvalidTemplateError naming the resource, and the type or function that is not simulated.
 */
export const loadDeployment = (stacks: readonly StackTemplate[], place: Place): Deployment => {
	const all = stacks.flatMap((stack) => loadStack(stack, place));
	const seen = new Set(withoutEffect);
	const of = (type: string): readonly LoadedResource[] => {
		seen.add(type);
		return all.filter(({ resource }) => resource.type === type);
	};
	const configs = of("AWS::Lambda::EventInvokeConfig");
	const tables = of("AWS::DynamoDB::GlobalTable");
	const buckets = of("AWS::S3::Bucket");
	const roles = of("AWS::IAM::Role");
	const byArn = (type: string) =>
		new Map(
			of(type)
				.map(namesOf)
				.map(({ arn, name }) => [arn, name]),
		);
	const deployment: Deployment = {
		...place,
		functions: of("AWS::Lambda::Function").map((loaded) => functionOf(loaded, configs)),
		machines: of("AWS::StepFunctions::StateMachine").map(machineOf),
		rules: of("AWS::Events::Rule").map(ruleOf),
		alarms: of("AWS::CloudWatch::Alarm").map((loaded) => ({ arn: namesOf(loaded).arn, properties: loaded.properties })),
		registrations: of("Custom::SluiceService").map(({ resource, properties }) => ({
			stackName: resource.stackName,
			logicalId: resource.logicalId,
			serviceToken: textOf(properties.ServiceToken, resource.logicalId),
			properties,
		})),
		tableNames: tables.map((table) => namesOf(table).name),
		bucketNames: buckets.map((bucket) => namesOf(bucket).name),
		busNames: of("AWS::Events::EventBus").map((bus) => namesOf(bus).name),
		queues: byArn("AWS::SQS::Queue"),
		topics: byArn("AWS::SNS::Topic"),
		statements: statementsOf(roles, of("AWS::IAM::Policy")),
		invokePermissions: invokePermissionsOf(of("AWS::Lambda::Permission")),
		clusterAccess: new Set(
			of("AWS::EKS::AccessEntry").flatMap(({ properties }) =>
				listOf(properties.KubernetesGroups, "KubernetesGroups").map(
					(group) => `${String(properties.ClusterName)} ${String(properties.PrincipalArn)} ${String(group)}`,
				),
			),
		),
		encryptionKeys: encryptionKeysOf(tables, buckets),
	};
	const strange = all.find(({ resource }) => !seen.has(resource.type));
	if (strange !== undefined) {
		throw new InvalidTemplateError(
			`${strange.resource.logicalId}: resources of type ${strange.resource.type} are not simulated.`,
		);
	}
	assertRolesTrust(roles, deployment);
	return deployment;
};
