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

const Input = z.object({ RequestType: z.enum(["Create", "Update", "Delete"]), ResourceProperties: Properties });

/**
 * Makes what the configuration says of a service known to the control plane, and forgets it when the service is removed.
 * The service's name is the physical id: renaming one removes the old name after the new one is known.
 */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event) => {
		const { RequestType, ResourceProperties } = parseEvent(Input, event);
		const definition = parseEvent(serviceDefinitionSchema, parseJson(ResourceProperties.Definition));
		const answer = { PhysicalResourceId: `sluice-service-${definition.service}` };
		if (RequestType === "Delete") {
			await ports.catalog.withdraw(definition.service);
			return answer;
		}
		const { hash } = await ports.catalog.publish(definition);
		return { ...answer, Data: { DefinitionHash: hash } };
	});

/** Text that is not JSON fails the schema with the rest of what is wrong. */
const parseJson = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
};
