import * as z from "zod/mini";
import { announce } from "../../lib/domain/announcement.ts";
import { beginClosing, changeRoles, hasChangedRoles, mayClose, takeOverClosing } from "../../lib/domain/closing.ts";
import { causeOfRed, redSinceExposure } from "../../lib/domain/exposure.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { Alarms } from "../../lib/ports/alarms.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { TrafficRouter } from "../../lib/ports/traffic-router.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { type CurrentRollout, RolloutMovedConflictError, readRollout, rolloutPayload } from "../rollout-payload.ts";
import { ensureClosed, moveBaseRule, removeTrialRule } from "./closing-rules.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly router: TrafficRouter;
	readonly alarms: Alarms;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

const Input = z.object({
	...rolloutPayload,
	executionArn: z.string().check(z.minLength(1), z.maxLength(2_048)),
	/** Asked again after the drain: what was said once is not said again. */
	isSecondLook: z.boolean(),
});

/**
 * Passes the point of no return: base rule to the canary, trial rule away, roles changed. Each part can be repeated,
 * and is: before the old slot loses its pods the machine asks again whether all of it still holds.
 */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const { rolloutId, executionArn, isSecondLook } = parseEvent(Input, event);
		const rollout = await readRollout(ports, rolloutId);
		const { service, definition } = rollout;
		if (rollout.state.phase !== "closing") {
			const atEpochMs = ports.clock.nowEpochMs();
			if (!mayClose(rollout.state, definition.onNewPush, atEpochMs)) return { v: 1, kind: "not-yet" } as const;
			const lost = redSinceExposure(rollout.state, await ports.alarms.readRed(definition.alarmNames));
			if (lost.length > 0) return { v: 1, kind: "roll-back", cause: causeOfRed(lost, atEpochMs) } as const;
		}
		invocation.ensureTimeLeft(6_000);
		const state = await drive(ports, rollout, executionArn);
		const { release } = state;
		if (release === undefined) throw new RolloutMovedConflictError(`Rollout ${rolloutId} has no release on record.`);

		const isFirst = !hasChangedRoles(state);
		if (isFirst) await moveBaseRule(ports.router, { ...rollout, state }, invocation);
		// Each time: a rule that was opened late would give everything to the slot that is about to be retired.
		await removeTrialRule(ports.router, { ...rollout, state }, invocation);
		const after = isFirst ? await ports.store.write(service, changeRoles(state, release)) : state;
		await ensureClosed(ports.router, { ...rollout, state: after });
		const closed = { service, rolloutId, atEpochMs: ports.clock.nowEpochMs(), release };
		if (!isSecondLook) await ports.events.publish([announce("rollout.closed.v1", closed)]);
		return { v: 1, kind: "closed", drainSeconds: definition.drainSeconds } as const;
	});

/** Begins the closing, or takes one up that another execution did not finish. */
const drive = (
	{ store }: Ports,
	{ service, epoch, state }: CurrentRollout,
	executionArn: string,
): Promise<ServiceState> => {
	if (state.phase !== "closing") return store.write(service, beginClosing(epoch, executionArn));
	if (state.closingExecutionArn === executionArn) return Promise.resolve(state);
	return store.write(service, takeOverClosing(epoch, executionArn));
};
