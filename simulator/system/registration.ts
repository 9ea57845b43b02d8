import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import { serviceDefinitionSchema } from "../../lib/domain/service-definition-schema.ts";
import type { LambdaService } from "../kernel/lambda-service.ts";
import type { Deployment, Registration } from "../template/deployment.ts";
import { InvalidTemplateError, textOf } from "../template/template-error.ts";
import type { Authority } from "./authority.ts";

/** A service as a stack registers it. */
export interface Registered {
	readonly registration: Registration;
	readonly definition: ServiceDefinition;
}

/** The definition that a service's stack carries. @throws InvalidTemplateError for a service that no stack registers. */
export const definitionIn = (deployment: Deployment, service: string): Registered => {
	for (const registration of deployment.registrations) {
		const text = textOf(registration.properties.Definition, `${registration.logicalId}.Definition`);
		const definition: ServiceDefinition = serviceDefinitionSchema.parse(JSON.parse(text));
		if (definition.service === service) return { registration, definition };
	}
	throw new InvalidTemplateError(`No stack of the template registers the service "${service}".`);
};

/** The same with another definition, as if the environment file had said so. */
export const configured = (
	{ registration, definition }: Registered,
	change: (definition: ServiceDefinition) => ServiceDefinition,
): Registered => {
	const changed = change(definition);
	if (changed === definition) return { registration, definition };
	const properties = { ...registration.properties, Definition: JSON.stringify(changed) };
	return { registration: { ...registration, properties }, definition: changed };
};

/**
 * Does what CloudFormation does when it creates a `Custom::SluiceService`: calls the function behind the token, which
 * is CDK's framework and hands the event on to ours.
 */
export const register = async (
	deployment: Deployment,
	lambda: LambdaService,
	authority: Authority,
	registration: Registration,
): Promise<void> => {
	const { serviceToken, stackName, logicalId, properties } = registration;
	const framework = lambda.find(serviceToken);
	const functionArn = framework?.environment.USER_ON_EVENT_FUNCTION_ARN;
	if (framework === undefined || functionArn === undefined) {
		throw new InvalidTemplateError(`${logicalId}: service token ${serviceToken} leads to no function of the template.`);
	}
	if (!authority.mayDo(framework.roleArn, "lambda:InvokeFunction", functionArn)) {
		throw new InvalidTemplateError(`${framework.name} may not invoke ${functionArn}.`);
	}
	await lambda.invoke(functionArn, {
		RequestType: "Create",
		StackId: `arn:aws:cloudformation:${deployment.region}:${deployment.account}:stack/${stackName}/simulated`,
		LogicalResourceId: logicalId,
		ResourceType: "Custom::SluiceService",
		ResourceProperties: properties,
	});
};
