import type { TrafficRoute } from "../domain/service-definition.ts";
import type { SlotName, SlotWeights } from "../domain/slot.ts";
import { ConflictError, InvalidError, UnavailableError } from "./errors.ts";

/** Where the trial should stand is something that is not ours, or the base rule is not there. */
export class TrafficConflictError extends ConflictError {
	override readonly name = "TrafficConflictError";
}

/** The trial is gone: a rollback came first, and this write has lost its right (D4). */
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

/** A trial as it is configured right now: a rule of its own, or marks and weights on one that serves the base as well. */
export interface TrialRule {
	/** What the record calls it: a rule's ARN, or a name that says which opening of which route. */
	readonly ruleArn: string;
	/** The rollout that opened it; null for a rule that is not ours. */
	readonly rolloutId: string | null;
	/** Both 0 for a rule that does anything but forward to the two slots. */
	readonly weights: SlotWeights;
}

export interface OpenedTrial {
	readonly trialRuleArn: string;
	/** What shows testers the canary; absent where the route has no preview. */
	readonly previewRuleArn?: string;
}

export interface RouterReading {
	/**
	 * What requests meet without the trial: the base rule's weights, or those to which a trial on the same rule would
	 * return it. Null where that rule is missing or forwards elsewhere than to the two slots.
	 */
	readonly base: SlotWeights | null;
	readonly trial: TrialRule | null;
	/** What Sluice opened for testers; absent where nothing of it is there, and for routes without a preview. */
	readonly preview?: TrialRule;
	/**
	 * This is written, and who programs the data plane says that they have yet to look at it. Absent where they have, and
	 * for routers that keep no such account: then nothing but users' requests can tell.
	 */
	readonly isPending?: true;
	/**
	 * The user's own route was found, and nothing in it sends a request to a slot. Absent where something may, and for
	 * routers whose base rule is Sluice's: `base: null` alone says only that it is no plain sharing between two slots.
	 */
	readonly reachesNoSlot?: true;
}

/**
 * Moves requests between the two slots of a service (D3, D4).
 * The router is the fence: a trial lives as long as its rollout, and a late write to one that has ended is refused.
 * All methods throw TrafficUnavailableError and InvalidTrafficAccessError.
 */
export interface TrafficRouter<Route extends TrafficRoute = TrafficRoute> {
	/**
	 * Opens the trial at weight 0, for the requests that the base rule matches, and beside it, where the route has a
	 * preview, the same for testers. Idempotent by rollout id.
	 * @throws TrafficConflictError when its place is taken by someone else, or the base rule is missing or forwards elsewhere.
	 */
	open(route: Route, rolloutId: string, stableSlot: SlotName): Promise<OpenedTrial>;
	/**
	 * Sets the weights of a trial, or of what shows it to testers. Idempotent.
	 * @throws TrialGoneConflictError when the trial has ended, however late the call comes.
	 */
	shift(route: Route, trialRuleArn: string, weights: SlotWeights): Promise<void>;
	/** Reads the configuration back; never from a cache. */
	read(route: Route): Promise<RouterReading>;
	/**
	 * Ends a trial: all requests go where the base rule says. One that has ended already is success.
	 * Takes what the record calls it, or a route to end whatever Sluice opened there: for users first, then for testers.
	 */
	abandon(trial: string | Route): Promise<void>;
	/**
	 * Points the base at one slot with everything, and leaves a trial alone. Idempotent.
	 * @throws TrafficConflictError when the base rule is missing or forwards elsewhere than to the two slots.
	 */
	adopt(route: Route, slot: SlotName): Promise<void>;
}
