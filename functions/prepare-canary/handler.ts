import * as z from "zod/mini";
import { nextWaitSeconds } from "../../lib/domain/patience.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { otherSlot } from "../../lib/domain/slot.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { SlotWorkload, Workloads } from "../../lib/ports/workloads.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { RolloutMovedConflictError, readRollout, rolloutPayload } from "../rollout-payload.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly workloads: Workloads;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

const Input = z.object(rolloutPayload);

/** Time a cluster write needs to be sent and acknowledged. */
const writeMs = 6_000;

/** Puts the release into the idle slot and says whether it is ready; the machine asks again until it is or has failed. */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const { rolloutId } = parseEvent(Input, event);
		const { epoch, state, definition } = await readRollout(ports, rolloutId);
		const { release } = state;
		if (state.phase !== "preparing" || release === undefined) {
			throw new RolloutMovedConflictError(`Rollout ${rolloutId} is ${state.phase}, not preparing.`);
		}
		const slot = otherSlot(state.stableSlot);
		const present = await ports.workloads.read(definition.workload, slot);
		const isDeployed =
			present.epoch === epoch &&
			present.imageDigest === release.imageDigest &&
			(release.contentHash === undefined || present.contentHash === release.contentHash);
		const answer = assess(present, isDeployed, state, definition.progressDeadlineSeconds, ports.clock.nowEpochMs());
		// What somebody else keeps changing back is deployed again, but not for ever.
		if (isDeployed || answer.kind === "roll-back") return answer;
		invocation.ensureTimeLeft(writeMs);
		await ports.workloads.deploy(definition.workload, slot, release, epoch);
		return { v: 1, kind: "wait", waitSeconds: 5 } as const;
	});

const assess = (
	workload: SlotWorkload,
	isDeployed: boolean,
	state: ServiceState,
	deadlineSeconds: number,
	nowEpochMs: number,
) => {
	if (isDeployed && workload.readyReplicas > 0 && workload.isSettled) return { v: 1, kind: "ready" } as const;
	const waitedSeconds = Math.round((nowEpochMs - (state.startedAtEpochMs ?? nowEpochMs)) / 1000);
	if (waitedSeconds < deadlineSeconds)
		return { v: 1, kind: "wait", waitSeconds: nextWaitSeconds(waitedSeconds) } as const;
	const explanation = `${workload.readyReplicas} of ${workload.wantedReplicas} pods were ready after ${waitedSeconds} s; allowed are ${deadlineSeconds} s.`;
	return {
		v: 1,
		kind: "roll-back",
		cause: { kind: "not-ready", explanation, triggeredAtEpochMs: nowEpochMs },
	} as const;
};
