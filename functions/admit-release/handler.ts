import { InvalidDefinitionError } from "../../lib/ports/service-catalog.ts";
import { InvalidServiceError } from "../../lib/ports/service-store.ts";
import { parseEvent, pipeline, refusing } from "../pipeline.ts";
import { AdmissionEvent, type Occasion } from "./admission-event.ts";
import { admit, type Ports } from "./admit.ts";
import { atMostAtOnce } from "./at-most-at-once.ts";
import type { Environment } from "./environment.ts";

/** Services that are looked at side by side: 1,000 in well under a minute, without a burst on the registry. */
const mostAtOnce = 10;

/** Time that one service may take on a bad day, with every call tried twice: a sweep begins none with less left. */
const lookMs = 20_000;

/** Looks at the registry for every service that an event concerns, and begins, queues or refuses its newest release. */
export const makeHandler = (ports: Ports, environment: Environment) =>
	pipeline(
		ports.telemetry,
		refusing(ports.telemetry, async (event, invocation) => {
			const occasion = parseEvent(AdmissionEvent, event);
			const services = await servicesOf(ports, occasion);
			const outcomes: string[] = [];
			const failures: unknown[] = [];
			const look = async (service: string): Promise<void> => {
				try {
					outcomes.push(`${service}: ${await admit(ports, environment, service, occasion, invocation)}`);
				} catch (error) {
					// One service's trouble must not keep the others waiting.
					if (isUnknown(error)) outcomes.push(`${service}: ${error.message}`);
					else {
						ports.telemetry.error("not admitted", { service, error: String(error) });
						failures.push(error);
					}
				}
			};
			// A push or an end that finds no time fails and comes again; what a sweep leaves over, the next one looks at.
			const mayBegin = () => occasion.kind !== "sweep" || invocation.remainingMs() >= lookMs;
			const left = await atMostAtOnce(mostAtOnce, services, mayBegin, look);
			if (left.length > 0) {
				ports.telemetry.warn("sweep cut short", { services: services.length, left: left.length });
				ports.telemetry.count("SweepCutShort");
			}
			if (failures.length > 0) throw failures[0];
			return { v: 1, kind: "looked", outcomes } as const;
		}),
	);

const servicesOf = async ({ catalog, clock }: Ports, occasion: Occasion): Promise<readonly string[]> => {
	switch (occasion.kind) {
		case "push":
			return catalog.findByRepository(occasion.repositoryName);
		case "ended":
			return [occasion.service];
		case "sweep":
			return beginningAnywhere(await catalog.list(), clock.nowEpochMs());
	}
};

/** The milliseconds of now are as good as chance: sweeps that are cut short do not leave the same services over each time. */
const beginningAnywhere = (services: readonly string[], nowEpochMs: number): readonly string[] => {
	const first = nowEpochMs % services.length;
	return [...services.slice(first), ...services.slice(0, first)];
};

/** A service that is declared and not enrolled yet, or is being removed: nothing to roll out, however often it is tried. */
const isUnknown = (error: unknown): error is Error =>
	error instanceof InvalidDefinitionError || error instanceof InvalidServiceError;
