import type { FinalAnswer } from "../lib/domain/command-decision.ts";
import type { LifecycleEvent } from "../lib/domain/lifecycle-event.ts";
import { endPause } from "../lib/domain/pause.ts";
import { parseRolloutId } from "../lib/domain/rollout-id.ts";
import { revertiblePhases } from "../lib/domain/service-state.ts";
import { type Executions, TokenGoneConflictError } from "../lib/ports/executions.ts";
import type { LifecycleEvents } from "../lib/ports/lifecycle-events.ts";
import { type ServiceStore, StoreConflictError } from "../lib/ports/service-store.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly executions: Executions;
	readonly events: LifecycleEvents;
}

/**
 * An answer that is on record: gives it to the state that waits, says so, and only then forgets the question. Whatever is
 * cut off in between is done by the next delivery, by the next person who asks, or by the reconciler.
 * @returns false where a rollback has begun before it came.
 */
export const seeThrough = async (
	ports: Ports,
	service: string,
	rolloutId: string,
	final: FinalAnswer,
	says: readonly LifecycleEvent[],
): Promise<boolean> => {
	if (!(await passOn(ports, service, rolloutId, final))) return false;
	await ports.events.publish(says);
	await forgetQuestion(ports, service, rolloutId, final);
	return true;
};

/**
 * Gives the recorded answer to the state that waits for it. Where nothing waits any more, it was given before, or the
 * state finds it on record as it gives up waiting; it counts either way, unless the rollout is over. Answers whether.
 */
export const passOn = async (
	{ executions, store }: Omit<Ports, "events">,
	service: string,
	rolloutId: string,
	{ token, answer }: FinalAnswer,
): Promise<boolean> => {
	try {
		await executions.answer(token, { v: 1, verb: answer.verb, by: answer.by });
		return true;
	} catch (error) {
		if (!(error instanceof TokenGoneConflictError)) throw error;
	}
	const state = await store.read(service);
	return state.rolloutId === rolloutId && revertiblePhases.includes(state.phase);
};

/** What was answered is no longer asked. A record that has moved on has forgotten it already. */
const forgetQuestion = async (
	{ store }: Pick<Ports, "store">,
	service: string,
	rolloutId: string,
	{ token }: FinalAnswer,
): Promise<void> => {
	try {
		await store.write(service, endPause(parseRolloutId(rolloutId).epoch, token));
	} catch (error) {
		if (!(error instanceof StoreConflictError)) throw error;
	}
};
