import * as z from "zod/mini";
import { announce } from "../../lib/domain/announcement.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { payloadVersion } from "../rollout-payload.ts";

interface Ports {
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

const text = z.string().check(z.minLength(1), z.maxLength(1_500));

const Input = z.object({
	v: payloadVersion,
	/** Whom or what it is about, as far as the caller knows: a rollout, a service, an execution. */
	subject: text,
	reason: text,
	executionArn: text,
});

/** A second page about the same execution within this time says nothing new. */
const repeatSeconds = 600;

/** Calls a person, because a state machine cannot get on by itself. It goes on trying meanwhile. */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event) => {
		const { subject, reason, executionArn } = parseEvent(Input, event);
		const atEpochMs = ports.clock.nowEpochMs();
		const occasion = `${executionArn}@${Math.floor(atEpochMs / (repeatSeconds * 1000))}`;
		await ports.events.publish([
			announce("service.needs-attention.v1", { service: subject, atEpochMs, reason }, occasion),
		]);
		ports.telemetry.count("Paged");
		return { v: 1, kind: "paged" } as const;
	});
