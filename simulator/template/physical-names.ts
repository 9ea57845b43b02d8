import { type Fields, InvalidTemplateError } from "./template-error.ts";

/** One resource of a template, before its intrinsic functions are carried out. */
export interface Resource {
	readonly logicalId: string;
	readonly type: string;
	readonly stackName: string;
	readonly properties: Fields;
	readonly metadata: Fields;
}

export interface Place {
	readonly region: string;
	readonly account: string;
}

/** How a type of resource is named: property that names it, shape of its ARN, what `Ref` and `Fn::GetAtt` give. */
interface Naming {
	readonly nameProperty?: string;
	readonly arn: (place: Place, name: string) => string;
	/** The name unless said otherwise. */
	readonly ref?: (place: Place, name: string) => string;
	/** Attributes by what they give; `Arn` gives the ARN unless said otherwise. */
	readonly attributes?: Readonly<Record<string, "arn" | "name">>;
}

const regional =
	(service: string, prefix: string) =>
	({ region, account }: Place, name: string): string =>
		`arn:aws:${service}:${region}:${account}:${prefix}${name}`;

const machineArn = regional("states", "stateMachine:");
const topicArn = regional("sns", "");
const logGroupArn = regional("logs", "log-group:");
const targetGroupArn = (place: Place, name: string): string =>
	regional("elasticloadbalancing", "targetgroup/")(place, `${name.slice(-32)}/${fingerprint(name)}`);

const namings: Readonly<Record<string, Naming>> = {
	"AWS::Lambda::Function": { nameProperty: "FunctionName", arn: regional("lambda", "function:") },
	"AWS::IAM::Role": { nameProperty: "RoleName", arn: ({ account }, name) => `arn:aws:iam::${account}:role/${name}` },
	"AWS::StepFunctions::StateMachine": {
		nameProperty: "StateMachineName",
		arn: machineArn,
		ref: machineArn,
		attributes: { Arn: "arn", Name: "name" },
	},
	"AWS::DynamoDB::GlobalTable": { nameProperty: "TableName", arn: regional("dynamodb", "table/") },
	"AWS::S3::Bucket": { nameProperty: "BucketName", arn: (_place, name) => `arn:aws:s3:::${name}` },
	"AWS::Events::EventBus": {
		nameProperty: "Name",
		arn: regional("events", "event-bus/"),
		attributes: { Arn: "arn", Name: "name" },
	},
	"AWS::Events::Rule": { nameProperty: "Name", arn: regional("events", "rule/") },
	"AWS::SNS::Topic": {
		nameProperty: "TopicName",
		arn: topicArn,
		ref: topicArn,
		attributes: { TopicArn: "arn", TopicName: "name" },
	},
	"AWS::SQS::Queue": {
		nameProperty: "QueueName",
		arn: regional("sqs", ""),
		ref: ({ region, account }, name) => `https://sqs.${region}.amazonaws.com/${account}/${name}`,
		attributes: { Arn: "arn", QueueName: "name" },
	},
	"AWS::KMS::Key": { arn: regional("kms", "key/") },
	"AWS::Logs::LogGroup": { nameProperty: "LogGroupName", arn: (place, name) => `${logGroupArn(place, name)}:*` },
	"AWS::CloudWatch::Alarm": { nameProperty: "AlarmName", arn: regional("cloudwatch", "alarm:") },
	"AWS::ElasticLoadBalancingV2::TargetGroup": {
		nameProperty: "Name",
		arn: targetGroupArn,
		ref: targetGroupArn,
		attributes: { TargetGroupArn: "arn" },
	},
};

/** Sixteen hexadecimal digits that depend on a name only, as AWS appends them to some ARNs. */
const fingerprint = (name: string): string => {
	let high = 0x811c9dc5;
	let low = 0x01000193;
	for (const character of name) {
		high = Math.imul(high ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
		low = Math.imul(low + high, 0x85ebca6b) >>> 0;
	}
	return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
};

/** The names that AWS would give to a resource once it is deployed; the same template always gets the same ones. */
export interface PhysicalNames {
	readonly name: string;
	readonly arn: string;
	readonly ref: string;
}

const namingOf = ({ logicalId, type }: Resource): Naming => {
	const naming = namings[type];
	if (naming !== undefined) return naming;
	throw new InvalidTemplateError(`${logicalId}: a reference to a resource of type ${type} is not simulated.`);
};

/** @throws InvalidTemplateError for a type whose names nobody has described here. */
export const physicalNamesOf = (resource: Resource, place: Place, resolvedName: unknown): PhysicalNames => {
	const naming = namingOf(resource);
	const generated = `${resource.stackName}-${resource.logicalId}`;
	const given = typeof resolvedName === "string" ? resolvedName : generated;
	const name = resource.type === "AWS::S3::Bucket" ? given.toLowerCase() : given;
	return { name, arn: naming.arn(place, name), ref: naming.ref?.(place, name) ?? name };
};

/** The property that names resources of a type, if it has one. */
export const namePropertyOf = (type: string): string | undefined => namings[type]?.nameProperty;

const arnOnly = { Arn: "arn" } as const;

/** What `Fn::GetAtt` gives for an attribute. @throws InvalidTemplateError for attributes that nobody has described here. */
export const attributeOf = (names: PhysicalNames, resource: Resource, attribute: string): string => {
	const attributes: Readonly<Record<string, "arn" | "name">> = namingOf(resource).attributes ?? arnOnly;
	const which = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
	if (which !== undefined) return names[which];
	throw new InvalidTemplateError(
		`${resource.logicalId}: attribute ${attribute} of ${resource.type} is not simulated; allowed are ${Object.keys(attributes).join(", ")}.`,
	);
};
