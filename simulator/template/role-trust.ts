import { type LoadedResource, namesOf } from "./loaded-resource.ts";
import { fieldsOf, InvalidTemplateError, listOf } from "./template-error.ts";

const known = ["Action", "Effect", "Principal"];

/** The services that may take a role on. @throws InvalidTemplateError for whatever says so in another way. */
const trustedBy = ({ resource, properties }: LoadedResource): readonly unknown[] => {
	const where = `${resource.logicalId}.AssumeRolePolicyDocument`;
	const document = fieldsOf(properties.AssumeRolePolicyDocument, where);
	return listOf(document.Statement, where).flatMap((entry) => {
		const statement = fieldsOf(entry, where);
		const { Action, Effect, Principal } = statement;
		const strange = Object.keys(statement).filter((key) => !known.includes(key));
		if (strange.length > 0 || Effect !== "Allow" || Action !== "sts:AssumeRole") {
			throw new InvalidTemplateError(
				`${where}: only statements that allow sts:AssumeRole without condition are simulated.`,
			);
		}
		const { Service } = fieldsOf(Principal, where);
		return Array.isArray(Service) ? Service : [Service];
	});
};

/**
 * AWS creates nothing that is to act under a role it may not take on.
 * @throws InvalidTemplateError naming the role and the service that it does not trust.
 */
export const assertTrusts = (roles: readonly LoadedResource[], roleArn: string, service: string): void => {
	const role = roles.find((candidate) => namesOf(candidate).arn === roleArn);
	if (role === undefined) throw new InvalidTemplateError(`Role ${roleArn} is not in the template.`);
	if (trustedBy(role).includes(service)) return;
	throw new InvalidTemplateError(`${role.resource.logicalId}: the role does not let ${service} assume it.`);
};
