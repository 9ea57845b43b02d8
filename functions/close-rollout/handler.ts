import * as z from "zod/mini";
import { announce } from "../../lib/domain/announcement.ts";
import { beginClosing, changeRoles, hasChangedRoles, mayClose } from "../../lib/domain/closing.ts";
import { otherSlot } from "../../lib/domain/slot.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { type TrafficRouter, TrafficUnavailableError } from "../../lib/ports/traffic-router.ts";
import { type Invocation, parseEvent, pipeline } from "../pipeline.ts";
import { type CurrentRollout, RolloutMovedConflictError, readRollout, rolloutPayload } from "../rollout-payload.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly router: TrafficRouter;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

const Input = z.object(rolloutPayload);

/** Passes the point of no return: base rule to the canary, trial rule away, roles changed. Each part can be repeated. */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const { rolloutId } = parseEvent(Input, event);
		const rollout = await readRollout(ports, rolloutId);
		const { service, epoch, definition } = rollout;
		const isClosing = rollout.state.phase === "closing";
		if (!isClosing && !mayClose(rollout.state, definition.onNewPush, ports.clock.nowEpochMs())) {
			throw new RolloutMovedConflictError(`The window of ${rolloutId} is not over, and no newer release waits.`);
		}
		invocation.ensureTimeLeft(6_000);
		const state = isClosing ? rollout.state : await ports.store.write(service, beginClosing(epoch));
		const { release } = state;
		if (release === undefined) throw new RolloutMovedConflictError(`Rollout ${rolloutId} has no release on record.`);

		const isFirst = !hasChangedRoles(state);
		if (isFirst) await moveBaseRule(ports, { ...rollout, state }, invocation);
		// Each time: a rule that was opened late would give everything to the slot that is about to be retired.
		await removeTrialRule(ports, { ...rollout, state }, invocation);
		if (isFirst) await ports.store.write(service, changeRoles(state, release));
		const atEpochMs = ports.clock.nowEpochMs();
		await ports.events.publish([announce("rollout.closed.v1", { service, rolloutId, atEpochMs, release })]);
		return { v: 1, kind: "closed", drainSeconds: definition.drainSeconds } as const;
	});

/** The base rule first: while both rules point at the canary, deleting the trial rule moves nobody. */
const moveBaseRule = async (
	ports: Ports,
	{ state, definition }: CurrentRollout,
	invocation: Invocation,
): Promise<void> => {
	const slot = otherSlot(state.stableSlot);
	invocation.ensureTimeLeft(5_000);
	await ports.router.adopt(definition.route, slot);
	const adopted = await ports.router.read(definition.route);
	if (adopted.base?.[slot] !== 100) {
		throw new TrafficUnavailableError(
			`The base rule reads back as ${JSON.stringify(adopted.base)}; set was ${slot} 100.`,
		);
	}
};

const removeTrialRule = async (
	ports: Ports,
	{ state, definition }: CurrentRollout,
	invocation: Invocation,
): Promise<void> => {
	invocation.ensureTimeLeft(3_000);
	await ports.router.abandon(definition.route, state.trialRuleArn);
	const abandoned = await ports.router.read(definition.route);
	if (abandoned.trial !== null)
		throw new TrafficUnavailableError(`The trial rule ${abandoned.trial.ruleArn} is still there.`);
};
