import { type Lookup, resolve } from "./intrinsics.ts";
import {
	attributeOf,
	namePropertyOf,
	type PhysicalNames,
	type Place,
	physicalNamesOf,
	type Resource,
} from "./physical-names.ts";
import { type Fields, fieldsOf, InvalidTemplateError, isFields, textOf } from "./template-error.ts";

/** A synthesized stack. */
export interface StackTemplate {
	readonly stackName: string;
	readonly template: unknown;
}

/** A resource of a template as CloudFormation would create it. */
export interface LoadedResource {
	readonly resource: Resource;
	/** Properties with their intrinsic functions carried out. */
	readonly properties: Fields;
	readonly names: PhysicalNames | null;
}

const readResources = ({ stackName, template }: StackTemplate): readonly Resource[] =>
	Object.entries(fieldsOf(fieldsOf(template, stackName).Resources, stackName)).map(([logicalId, entry]) => {
		const fields = fieldsOf(entry, logicalId);
		if (fields.Condition !== undefined) {
			throw new InvalidTemplateError(`${logicalId}: Condition of a resource is not simulated.`);
		}
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
	const namedBy = (logicalId: string): { resource: Resource; names: PhysicalNames } => {
		const resource = resources.get(logicalId);
		if (resource === undefined) throw new InvalidTemplateError(`A reference to "${logicalId}" points at nothing.`);
		const given = resolve(resource.properties[namePropertyOf(resource.type) ?? ""], lookup);
		return { resource, names: physicalNamesOf(resource, place, given) };
	};
	const lookup: Lookup = {
		ref: (logicalId) => pseudo[logicalId] ?? namedBy(logicalId).names.ref,
		attribute: (logicalId, attribute) => {
			const { resource, names } = namedBy(logicalId);
			return attributeOf(names, resource, attribute);
		},
	};
	return lookup;
};

/** All resources of a stack. @throws InvalidTemplateError naming the resource, and what of it is not simulated. */
export const loadStack = (stack: StackTemplate, place: Place): readonly LoadedResource[] => {
	const resources = readResources(stack);
	const lookup = lookupIn(new Map(resources.map((resource) => [resource.logicalId, resource])), place);
	return resources.map((resource) => {
		const properties = fieldsOf(resolve(resource.properties, lookup), resource.logicalId);
		const nameProperty = namePropertyOf(resource.type);
		const names = nameProperty === undefined ? null : physicalNamesOf(resource, place, properties[nameProperty]);
		return { resource, properties, names };
	});
};

/** The names of a resource. @throws InvalidTemplateError for a type that has none. */
export const namesOf = ({ names, resource }: LoadedResource): PhysicalNames => {
	if (names === null) throw new InvalidTemplateError(`${resource.logicalId} of type ${resource.type} has no name.`);
	return names;
};
