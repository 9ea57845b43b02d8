import { InvalidDefinitionError } from "../../lib/ports/service-catalog.ts";
import { InvalidServiceError } from "../../lib/ports/service-store.ts";
import { parseEvent, pipeline, refusing } from "../pipeline.ts";
import { AdmissionEvent } from "./admission-event.ts";
import { admit, type Ports } from "./admit.ts";
import type { Environment } from "./environment.ts";

/** Looks at the registry for every service that an event concerns, and begins, queues or refuses its newest release. */
export const makeHandler = (ports: Ports, environment: Environment) =>
	pipeline(
		ports.telemetry,
		refusing(ports.telemetry, async (event, invocation) => {
			const occasion = parseEvent(AdmissionEvent, event);
			const services =
				occasion.kind === "push" ? await ports.catalog.findByRepository(occasion.repositoryName) : [occasion.service];
			const outcomes: string[] = [];
			const failures: unknown[] = [];
			for (const service of services) {
				try {
					outcomes.push(`${service}: ${await admit(ports, environment, service, occasion, invocation)}`);
				} catch (error) {
					// One service's trouble must not keep the others waiting.
					if (!isUnknown(error)) failures.push(error);
					else outcomes.push(`${service}: ${error.message}`);
				}
			}
			if (failures.length > 0) throw failures[0];
			return { v: 1, kind: "looked", outcomes } as const;
		}),
	);

/** A service that is declared and not enrolled yet, or is being removed: nothing to roll out, however often it is tried. */
const isUnknown = (error: unknown): error is Error =>
	error instanceof InvalidDefinitionError || error instanceof InvalidServiceError;
