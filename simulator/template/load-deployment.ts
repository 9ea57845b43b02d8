import type { DeployedFunction } from "../kernel/lambda-service.ts";
import type { DeployedMachine, DeployedRule, DeployedTarget, Deployment } from "./deployment.ts";
import { type Lookup, resolve } from "./intrinsics.ts";
import { readStatements, type Statement } from "./permissions.ts";
import {
	attributeOf,
	namePropertyOf,
	type PhysicalNames,
	type Place,
	physicalNamesOf,
	type Resource,
} from "./physical-names.ts";
import { type Fields, fieldsOf, InvalidTemplateError, isFields, listOf, textOf } from "./template-error.ts";

/** A synthesized stack. */
export interface StackTemplate {
	readonly stackName: string;
	readonly template: unknown;
}

/** Types that have no effect on what the simulator models: who may read a log, what a chart shows. */
const withoutEffect: readonly string[] = [
	"AWS::CloudWatch::Dashboard",
	"AWS::ElasticLoadBalancingV2::TargetGroup",
	"AWS::KMS::Alias",
	"AWS::KMS::Key",
	"AWS::Logs::LogGroup",
	"AWS::S3::BucketPolicy",
	"AWS::SNS::Subscription",
	"AWS::SNS::TopicPolicy",
	"AWS::SQS::QueuePolicy",
];

interface Loaded {
	readonly resource: Resource;
	/** Properties with their intrinsic functions carried out. */
	readonly properties: Fields;
	readonly names: PhysicalNames | null;
}

const readResources = ({ stackName, template }: StackTemplate): readonly Resource[] =>
	Object.entries(fieldsOf(fieldsOf(template, stackName).Resources, stackName)).map(([logicalId, entry]) => {
		const fields = fieldsOf(entry, logicalId);
		return {
			logicalId,
			stackName,
			type: textOf(fields.Type, logicalId),
			properties: isFields(fields.Properties) ? fields.Properties : {},
			metadata: isFields(fields.Metadata) ? fields.Metadata : {},
		};
	});

const lookupIn = (resources: ReadonlyMap<string, Resource>, place: Place): Lookup => {
	const pseudo: Readonly<Record<string, string>> = {
		"AWS::Region": place.region,
		"AWS::AccountId": place.account,
		"AWS::Partition": "aws",
		"AWS::URLSuffix": "amazonaws.com",
	};
	const namesOf = (logicalId: string): { resource: Resource; names: PhysicalNames } => {
		const resource = resources.get(logicalId);
		if (resource === undefined) throw new InvalidTemplateError(`A reference to "${logicalId}" points at nothing.`);
		const given = resource.properties[namePropertyOf(resource.type) ?? ""];
		return { resource, names: physicalNamesOf(resource, place, given) };
	};
	return {
		ref: (logicalId) => pseudo[logicalId] ?? namesOf(logicalId).names.ref,
		attribute: (logicalId, attribute) => {
			const { resource, names } = namesOf(logicalId);
			return attributeOf(names, resource, attribute);
		},
	};
};

const loadStack = (stack: StackTemplate, place: Place): readonly Loaded[] => {
	const resources = readResources(stack);
	const lookup = lookupIn(new Map(resources.map((resource) => [resource.logicalId, resource])), place);
	return resources.map((resource) => {
		const properties = fieldsOf(resolve(resource.properties, lookup), resource.logicalId);
		const nameProperty = namePropertyOf(resource.type);
		const names = nameProperty === undefined ? null : physicalNamesOf(resource, place, properties[nameProperty]);
		return { resource, properties, names };
	});
};

const namesOf = ({ names, resource }: Loaded): PhysicalNames => {
	if (names === null) throw new InvalidTemplateError(`${resource.logicalId} of type ${resource.type} has no name.`);
	return names;
};

const asyncInvokeOf = (functionName: string, configs: readonly Loaded[]): DeployedFunction["asyncInvoke"] => {
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

const functionOf = (loaded: Loaded, configs: readonly Loaded[]): DeployedFunction => {
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

const machineOf = (loaded: Loaded): DeployedMachine => {
	const { properties, resource } = loaded;
	const substitutions = isFields(properties.DefinitionSubstitutions) ? properties.DefinitionSubstitutions : {};
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

const ruleOf = (loaded: Loaded): DeployedRule => {
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
	roles: readonly Loaded[],
	policies: readonly Loaded[],
): ReadonlyMap<string, readonly Statement[]> =>
	new Map(
		roles.map((role) => {
			const { name, arn } = namesOf(role);
			const inline = listOf(role.properties.Policies, name).map((policy) => fieldsOf(policy, name).PolicyDocument);
			const attached = policies
				.filter(({ properties }) => listOf(properties.Roles, name).includes(name))
				.map(({ properties }) => properties.PolicyDocument);
			return [arn, [...inline, ...attached].flatMap((document) => readStatements(document, name))];
		}),
	);

const encryptionKeysOf = (tables: readonly Loaded[], buckets: readonly Loaded[]): ReadonlyMap<string, string> => {
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
	const of = (type: string): readonly Loaded[] => {
		seen.add(type);
		return all.filter(({ resource }) => resource.type === type);
	};
	const configs = of("AWS::Lambda::EventInvokeConfig");
	const tables = of("AWS::DynamoDB::GlobalTable");
	const buckets = of("AWS::S3::Bucket");
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
		statements: statementsOf(of("AWS::IAM::Role"), of("AWS::IAM::Policy")),
		invokePermissions: new Set(
			of("AWS::Lambda::Permission").map(
				({ properties }) => `${String(properties.FunctionName)} ${String(properties.SourceArn)}`,
			),
		),
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
	return deployment;
};
