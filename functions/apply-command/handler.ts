import * as z from "zod/mini";
import { type Command, type CommandDecision, commandVerbs, decideCommand } from "../../lib/domain/pause.ts";
import { InvalidServiceError, StoreUnavailableError } from "../../lib/ports/service-store.ts";
import { parseEvent, pipeline, refusing } from "../pipeline.ts";
import type { Environment } from "./environment.ts";
import { answer, type Ports, refuse, rollBack } from "./obey.ts";

const name = z.string().check(z.minLength(1), z.maxLength(256));

const CommandEvent = z.object({
	"detail-type": z.literal("command.v1"),
	time: z.iso.datetime(),
	detail: z.strictObject({
		service: name,
		rolloutId: name,
		verb: z.enum(commandVerbs),
		by: name,
		askedAtEpochMs: z.optional(z.int()),
	}),
});

/** Does what a person asks of a rollout: answers what waits for them, or starts the rollback. Refusals are said aloud. */
export const makeHandler = (ports: Ports, environment: Environment) =>
	pipeline(
		ports.telemetry,
		refusing(ports.telemetry, async (event, invocation) => {
			const { time, detail } = parseEvent(CommandEvent, event);
			const command: Command = { ...detail, sentAtEpochMs: Date.parse(time) };
			const decision = await decide(ports, command);
			invocation.ensureTimeLeft(3_000);
			switch (decision.kind) {
				case "answer":
					return answer(ports, command, decision.question);
				case "roll-back":
					return rollBack(ports, environment, command);
				case "refuse":
					return refuse(ports, command, decision.reason);
			}
		}),
	);

/** A service that nobody enrolled is refused like any other mistake: where the person can see it. */
const decide = async (ports: Ports, command: Command): Promise<CommandDecision> => {
	try {
		return decideCommand(await ports.store.read(command.service), command);
	} catch (error) {
		if (error instanceof InvalidServiceError) return { kind: "refuse", reason: error.message };
		// A rollback needs no record to begin; whether it may is decided where it does.
		if (command.verb === "abort" && error instanceof StoreUnavailableError) return { kind: "roll-back" };
		throw error;
	}
};
