import * as z from "zod/mini";
import { serviceDefinitionSchema } from "../../lib/domain/service-definition-schema.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { parseEvent, pipeline } from "../pipeline.ts";

interface Ports {
	readonly catalog: ServiceCatalog;
	readonly telemetry: Telemetry;
}

/** CloudFormation turns numbers of properties into strings, so the definition travels as one string of JSON. */
const Properties = z.object({ Definition: z.string().check(z.minLength(2), z.maxLength(200_000)) });

/** What removing needs. Whatever an earlier version of Sluice took for a definition must be possible to remove. */
const Named = z.object({ service: z.string().check(z.minLength(1), z.maxLength(40)) });

const Input = z.object({ RequestType: z.enum(["Create", "Update", "Delete"]), ResourceProperties: Properties });

/**
 * Makes what the configuration says of a service known to the control plane, and forgets it when the service is removed.
 * The service's name is the physical id: renaming one removes the old name after the new one is known.
 */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const { RequestType, ResourceProperties } = parseEvent(Input, event);
		const declared = parseJson(ResourceProperties.Definition);
		invocation.ensureTimeLeft(5_000);
		if (RequestType === "Delete") {
			const { service } = parseEvent(Named, declared);
			await ports.catalog.withdraw(service);
			return { PhysicalResourceId: physicalIdOf(service) };
		}
		const definition = parseEvent(serviceDefinitionSchema, declared);
		const { hash } = await ports.catalog.publish(definition);
		return { PhysicalResourceId: physicalIdOf(definition.service), Data: { DefinitionHash: hash } };
	});

const physicalIdOf = (service: string): string => `sluice-service-${service}`;

/** Text that is not JSON fails the schema with the rest of what is wrong. */
const parseJson = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
};
