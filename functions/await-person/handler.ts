import * as z from "zod/mini";
import { announce } from "../../lib/domain/announcement.ts";
import { beginPause } from "../../lib/domain/pause.ts";
import { pauseReasons } from "../../lib/domain/service-state.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { readRollout, rolloutPayload } from "../rollout-payload.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

const Input = z.object({
	...rolloutPayload,
	reason: z.enum(pauseReasons),
	explanation: z.string().check(z.minLength(1), z.maxLength(2_000)),
	approval: z.object({ approvers: z.array(z.string()).check(z.maxLength(50)), expiresSeconds: z.number() }),
	token: z.string().check(z.minLength(1), z.maxLength(2_048)),
});

/** Writes down what the rollout waits for and says so; the answer comes to the state machine by its token. */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const { rolloutId, reason, explanation, approval, token } = parseEvent(Input, event);
		const { service, epoch } = await readRollout(ports, rolloutId);
		const atEpochMs = ports.clock.nowEpochMs();
		// Late, it would put the token of a question that has lapsed in the place of the one that is asked.
		invocation.ensureTimeLeft(2_000);
		await ports.store.write(
			service,
			beginPause(epoch, { reason, explanation, approvers: approval.approvers, token, sinceEpochMs: atEpochMs }),
		);
		const paused = { service, rolloutId, atEpochMs, reason, explanation };
		await ports.events.publish([announce("rollout.paused.v1", paused, atEpochMs)]);
		return { v: 1, kind: "waiting" } as const;
	});
