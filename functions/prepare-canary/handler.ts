import * as z from "zod/mini";
import { nextWaitSeconds } from "../../lib/domain/patience.ts";
import { otherSlot } from "../../lib/domain/slot.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { SlotWorkload, Workloads } from "../../lib/ports/workloads.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { RolloutMovedConflictError, readRollout, rolloutPayload } from "../rollout-payload.ts";
import { tellOfAmbiguity } from "./ambiguity-notice.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly workloads: Workloads;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

const Input = z.object({
	...rolloutPayload,
	/** When this wait began; null on the first call, absent where the machine is older than this field. */
	sinceEpochMs: z.optional(z.nullable(z.int())),
});

/** Time a cluster write needs to be sent and acknowledged. */
const writeMs = 6_000;

/** Puts the release into the idle slot and says whether it is ready; the machine asks again until it is or has failed. */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const { rolloutId, sinceEpochMs: asked } = parseEvent(Input, event);
		const rollout = await readRollout(ports, rolloutId);
		const { epoch, state, definition } = rollout;
		const { release } = state;
		if (state.phase !== "preparing" || release === undefined) {
			throw new RolloutMovedConflictError(`Rollout ${rolloutId} is ${state.phase}, not preparing.`);
		}
		const slot = otherSlot(state.stableSlot);
		const present = await ports.workloads.read(definition.workload, slot);
		const nowEpochMs = ports.clock.nowEpochMs();
		if (asked === null) await tellOfAmbiguity(ports, rolloutId, rollout, nowEpochMs);
		// From the first look, not from admission: a start that was made good late has its whole time. An older machine
		// does not carry the first look, so for it admission has to do.
		const sinceEpochMs = asked === undefined ? (state.startedAtEpochMs ?? nowEpochMs) : (asked ?? nowEpochMs);
		const isDeployed =
			present.epoch === epoch &&
			present.imageDigest === release.imageDigest &&
			(release.contentHash === undefined || present.contentHash === release.contentHash);
		const answer = assess(present, isDeployed, sinceEpochMs, definition.progressDeadlineSeconds, nowEpochMs);
		// What somebody else keeps changing back is deployed again, but not for ever.
		if (isDeployed || answer.kind === "roll-back") return answer;
		invocation.ensureTimeLeft(writeMs);
		await ports.workloads.deploy(definition.workload, slot, release, epoch);
		return { v: 1, kind: "wait", waitSeconds: 5, sinceEpochMs } as const;
	});

const assess = (
	workload: SlotWorkload,
	isDeployed: boolean,
	sinceEpochMs: number,
	deadlineSeconds: number,
	nowEpochMs: number,
) => {
	if (isDeployed && workload.readyReplicas > 0 && workload.isSettled)
		return { v: 1, kind: "ready", sinceEpochMs } as const;
	const waitedSeconds = Math.round((nowEpochMs - sinceEpochMs) / 1000);
	if (waitedSeconds < deadlineSeconds)
		return { v: 1, kind: "wait", waitSeconds: nextWaitSeconds(waitedSeconds), sinceEpochMs } as const;
	const explanation = `${workload.readyReplicas} of ${workload.wantedReplicas} pods were ready after ${waitedSeconds} s; allowed are ${deadlineSeconds} s.`;
	return {
		v: 1,
		kind: "roll-back",
		sinceEpochMs,
		cause: { kind: "not-ready", explanation, triggeredAtEpochMs: nowEpochMs },
	} as const;
};
