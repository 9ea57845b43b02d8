import { InvalidDefinitionError } from "../../lib/ports/service-catalog.ts";
import { InvalidServiceError } from "../../lib/ports/service-store.ts";
import { type Invocation, parseEvent, pipeline, refusing } from "../pipeline.ts";
import { AdmissionEvent, type Occasion } from "./admission-event.ts";
import { admit } from "./admit.ts";
import { ask } from "./ask.ts";
import { atMostAtOnce } from "./at-most-at-once.ts";
import type { Environment } from "./environment.ts";
import { notePusher } from "./note-pusher.ts";
import type { Ports } from "./ports.ts";
import { servicesOf } from "./services-of.ts";

/** Services that are looked at side by side: 1,000 in well under a minute, without a burst on the registry. */
const mostAtOnce = 10;

/** Time that one service may take on a bad day, with every call tried twice: a sweep begins none with less left. */
const lookMs = 20_000;

/** Looks at each service that an event concerns: at what a person wants of it, and at the registry. */
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
					outcomes.push(`${service}: ${await lookAt(ports, environment, service, occasion, invocation)}`);
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
			for (const failure of failures) {
				if (occasion.kind !== "sweep") throw failure;
				// The next sweep tries again; failing as a whole would only have all the others looked at once more.
				ports.telemetry.count("SweepFailed");
			}
			return { v: 1, kind: "looked", outcomes } as const;
		}),
	);

const lookAt = (
	ports: Ports,
	environment: Environment,
	service: string,
	occasion: Occasion,
	invocation: Invocation,
): Promise<string> => {
	switch (occasion.kind) {
		case "command":
			return ask(ports, environment, occasion.command, invocation);
		case "pusher":
			return notePusher(ports, service, occasion.pusher);
		case "push":
		case "ended":
		case "sweep":
			return admit(ports, environment, service, occasion, invocation);
	}
};

/** A service that is declared and not enrolled yet, or is being removed: nothing to roll out, however often it is tried. */
const isUnknown = (error: unknown): error is Error =>
	error instanceof InvalidDefinitionError || error instanceof InvalidServiceError;
