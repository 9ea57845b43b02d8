import type { TrafficRoute } from "../domain/service-definition.ts";
import type { SlotName, SlotWeights } from "../domain/slot.ts";
import { ConflictError, InvalidError, UnavailableError } from "./errors.ts";

/** The trial priority belongs to a rule that is not ours, or the base rule is not there. */
export class TrafficConflictError extends ConflictError {
	override readonly name = "TrafficConflictError";
}

/** The trial rule is gone: a rollback came first, and this write has lost its right (D4). */
export class TrialGoneConflictError extends ConflictError {
	override readonly name = "TrialGoneConflictError";
}

/** The router did not answer, or not in time. Whether it acted is unknown: read before you conclude. */
export class TrafficUnavailableError extends UnavailableError {
	override readonly name = "TrafficUnavailableError";
}

/** The router answered that it will not serve this caller, or this request as it stands. Retrying cannot help; a person must. */
export class InvalidTrafficAccessError extends InvalidError {
	override readonly name = "InvalidTrafficAccessError";
}

/** A rule as it is configured right now. */
export interface TrialRule {
	readonly ruleArn: string;
	/** The rollout that opened it; null for a rule that is not ours. */
	readonly rolloutId: string | null;
	/** Both 0 for a rule that does anything but forward to the two slots. */
	readonly weights: SlotWeights;
}

export interface RouterReading {
	/** Null where the base rule is missing or forwards elsewhere than to the two slots. */
	readonly base: SlotWeights | null;
	readonly trial: TrialRule | null;
}

/**
 * Moves requests between the two slots of a service (D3, D4).
 * The router is the fence: a trial rule lives as long as its rollout, and a late write to a deleted one is refused.
 * All methods throw TrafficUnavailableError and InvalidTrafficAccessError.
 */
export interface TrafficRouter<Route extends TrafficRoute = TrafficRoute> {
	/**
	 * Opens the trial rule at weight 0, with the conditions of the base rule. Idempotent by rollout id.
	 * @throws TrafficConflictError when the trial priority is taken by someone else, or the base rule is missing or forwards elsewhere.
	 */
	open(route: Route, rolloutId: string, stableSlot: SlotName): Promise<{ readonly trialRuleArn: string }>;
	/**
	 * Sets the trial rule's weights. Idempotent.
	 * @throws TrialGoneConflictError when the rule no longer exists, however late the call comes.
	 */
	shift(route: Route, trialRuleArn: string, weights: SlotWeights): Promise<void>;
	/** Reads the configuration back; never from a cache. */
	read(route: Route): Promise<RouterReading>;
	/**
	 * Deletes a trial rule: all requests fall through to the base rule. A rule that is gone already is success.
	 * Takes the rule's ARN, or a route to delete whatever Sluice opened at its trial priority.
	 */
	abandon(trial: string | Route): Promise<void>;
	/**
	 * Points the base rule at one slot with everything. Idempotent.
	 * @throws TrafficConflictError when the base rule is missing or forwards elsewhere than to the two slots.
	 */
	adopt(route: Route, slot: SlotName): Promise<void>;
}
