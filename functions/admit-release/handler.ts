import { parseEvent, pipeline, refusing } from "../pipeline.ts";
import { AdmissionEvent } from "./admission-event.ts";
import { admit, type Ports } from "./admit.ts";
import type { Environment } from "./environment.ts";

/** Looks at the registry for every service that an event concerns, and begins, queues or refuses its newest release. */
export const makeHandler = (ports: Ports, environment: Environment) =>
	pipeline(
		ports.telemetry,
		refusing(ports.telemetry, async (event) => {
			const occasion = parseEvent(AdmissionEvent, event);
			const services =
				occasion.kind === "push" ? await ports.catalog.findByRepository(occasion.repositoryName) : [occasion.service];
			const outcomes: string[] = [];
			for (const service of services)
				outcomes.push(`${service}: ${await admit(ports, environment, service, occasion)}`);
			return { v: 1, kind: "looked", outcomes } as const;
		}),
	);
