import { commandOf, type RolloutCommand, RolloutCommandEvent } from "../../lib/domain/command.ts";
import { type CommandDecision, decideCommand } from "../../lib/domain/pause.ts";
import { InvalidServiceError, StoreUnavailableError } from "../../lib/ports/service-store.ts";
import { parseEvent, pipeline, refusing } from "../pipeline.ts";
import type { Environment } from "./environment.ts";
import { answer, type Ports, refuse, rollBack } from "./obey.ts";

/** Does what a person asks of a rollout: answers what waits for them, or starts the rollback. Refusals are said aloud. */
export const makeHandler = (ports: Ports, environment: Environment) =>
	pipeline(
		ports.telemetry,
		refusing(ports.telemetry, async (event, invocation) => {
			const parsed = parseEvent(RolloutCommandEvent, event);
			const command = commandOf(parsed, Date.parse(parsed.time));
			const decision = await decide(ports, command);
			invocation.ensureTimeLeft(3_000);
			switch (decision.kind) {
				case "answer":
					return answer(ports, command, decision);
				case "roll-back":
					return rollBack(ports, environment, command, decision.rolloutId);
				case "refuse":
					return refuse(ports, command, decision.reason);
			}
		}),
	);

/** A service that nobody enrolled is refused like any other mistake: where the person can see it. */
const decide = async (ports: Ports, command: RolloutCommand): Promise<CommandDecision> => {
	try {
		return decideCommand(await ports.store.read(command.service), command);
	} catch (error) {
		if (error instanceof InvalidServiceError) return { kind: "refuse", reason: error.message };
		// A rollback needs no record to begin; whether it may is decided where it does.
		const { rolloutId } = command;
		const isPossible = command.verb === "abort" && error instanceof StoreUnavailableError && rolloutId !== undefined;
		if (isPossible) return { kind: "roll-back", rolloutId };
		throw error;
	}
};
