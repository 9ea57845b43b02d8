import { commandOf, RolloutCommandEvent } from "../../lib/domain/command.ts";
import { parseEvent, pipeline, refusing } from "../pipeline.ts";
import type { Environment } from "./environment.ts";
import { decide, obey, type Ports, refuse, rollBack } from "./obey.ts";

/**
 * Does what a person asks of a rollout: answers what waits for them, writes down what they want, or starts the
 * rollback. Refusals are said aloud.
 */
export const makeHandler = (ports: Ports, environment: Environment) =>
	pipeline(
		ports.telemetry,
		refusing(ports.telemetry, async (event, invocation) => {
			const parsed = parseEvent(RolloutCommandEvent, event);
			// The time of an event is the sender's; what is to come counts as now.
			const sentAtEpochMs = Math.min(Date.parse(parsed.time), ports.clock.nowEpochMs());
			const command = commandOf(parsed, sentAtEpochMs);
			const decision = await decide(ports, command, invocation);
			invocation.ensureTimeLeft(3_000);
			switch (decision.kind) {
				case "obey":
					return obey(ports, command, decision);
				case "roll-back":
					return rollBack(ports, environment, command, decision.rolloutId);
				case "refuse":
					return refuse(ports, command, decision);
			}
		}),
	);
