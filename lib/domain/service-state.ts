import type { Deed } from "./deed.ts";
import type { Drift } from "./idle-drift.ts";
import type { Counts } from "./measurement.ts";
import type { Release } from "./release.ts";
import type { SlotName } from "./slot.ts";

/** Where a service stands. Everything but `idle` belongs to exactly one rollout. */
export type Phase = "idle" | "preparing" | "trial" | "window" | "closing" | "rolling-back";

export const phases: readonly Phase[] = ["idle", "preparing", "trial", "window", "closing", "rolling-back"];

/** Phases from which a rollback can start (promise 2); closing is the point of no return. */
export const revertiblePhases: readonly Phase[] = ["preparing", "trial", "window"];

export const pauseReasons = [
	"approval",
	"undecided",
	"no-evidence",
	"environment-unhealthy",
	"capacity-short",
	"external-writer",
	"person",
] as const;

export type PauseReason = (typeof pauseReasons)[number];

/** What somebody said to a question. */
export interface Answer {
	readonly verb: "approve" | "resume" | "promote";
	/** Identity of the person. */
	readonly by: string;
	/** When the command was sent. */
	readonly atEpochMs: number;
	/** Of an approval: how many were needed as far as was known then; as the question says where absent. */
	readonly needed?: number;
}

/** Waiting for a person. The token answers the state that waits; it expires with that state. */
export interface Pause {
	readonly reason: PauseReason;
	readonly explanation: string;
	readonly token: string;
	readonly sinceEpochMs: number;
	/** The canary's share in the step that it is about, percent: larger than the one on record where that is still to come. */
	readonly weightPercent?: number;
	/** Who may answer; empty means whoever may send commands. */
	readonly approvers: readonly string[];
	/** How many people must approve; one where absent. */
	readonly approvalsNeeded?: number;
	/** Whether one approval is enough while nobody knows who asked for the release; two are needed where absent. */
	readonly onUnknownPusher?: "accept";
	/** What was said so far, by one person each; it only grows. */
	readonly answers?: readonly Answer[];
	/** The answer that counts. Written before the token is answered, so that there is one at most (ADR 24). */
	readonly answeredBy?: Answer;
}

/** What a person wants of the rollout under way, heeded by its functions at their next look. The latest one counts. */
export interface Wish {
	/** The event that brought it: a second delivery of it is no second wish. */
	readonly id: string;
	readonly verb: "promote" | "pause";
	readonly by: string;
	/** When the command was sent. */
	readonly atEpochMs: number;
	/** Where the rollout stood: to promote means the window before it, and its end in it. */
	readonly phase: Phase;
	/** A pause that somebody resumed: it stays on record, so that a late delivery finds it. */
	readonly isOver?: boolean;
}

export const rollbackCauseKinds = [
	"alarm",
	"verdict",
	"not-ready",
	"not-answered",
	"person",
	"execution-lost",
	"external-writer",
	"superseded",
] as const;

export type RollbackCauseKind = (typeof rollbackCauseKinds)[number];

/** Why traffic went back. `cause: unknown` is said aloud where an alarm decided: it knows that, not why (D9). */
export interface RollbackCause {
	readonly kind: RollbackCauseKind;
	readonly explanation: string;
	/** When the trigger happened: alarm turned red, verdict fell, command was sent. */
	readonly triggeredAtEpochMs: number;
	/** Identity of the person who sent it back; absent where no person did. */
	readonly by?: string;
}

export interface RollbackRecord extends RollbackCause {
	/** The rollback execution that owns the end of this rollout (D4a). */
	readonly executionArn: string;
	readonly beganAtEpochMs: number;
	readonly zeroConfirmedAtEpochMs?: number;
	readonly zeroObservedAtEpochMs?: number;
	/** What the canary answered before, as far as metrics said so; ten minutes at most. */
	readonly touched?: Counts;
}

/** A weight that was claimed for the canary, percent, and when first. */
export interface WeightShift {
	readonly weightPercent: number;
	readonly atEpochMs: number;
}

/** How a rollout ends. `superseded`: it was taken back because another release is to take its place, not because of harm. */
export const outcomes = ["promoted", "rolled-back", "superseded"] as const;

export type Outcome = (typeof outcomes)[number];

/** A release that a person asked for. It goes before anything the registry has, admitted before or not (D10). */
export interface WantedRelease {
	readonly release: Release;
	/** Identity of the person. */
	readonly by: string;
	/** When the command was sent; a newer one takes its place, an older one changes nothing. */
	readonly atEpochMs: number;
	/** The person takes it on themselves that gates are closed. */
	readonly override?: boolean;
	/** How they asked for it; absent where an earlier version of Sluice wrote it down. */
	readonly verb?: "retry" | "release";
}

/** A release that a gate holds back. Each sweep looks at it again, however old its push has become. */
export interface HeldRelease {
	readonly release: Release;
	/** Which gate, by a name that stays the same as long as it is closed for the same reason. */
	readonly gate: string;
	readonly reason: string;
	readonly sinceEpochMs: number;
	/** When all gates will be open, as far as that is known. */
	readonly opensAtEpochMs?: number;
}

/** A command that was refused, so that whoever sent it finds out why. */
export interface RefusedCommand {
	readonly verb: string;
	readonly by: string;
	readonly reason: string;
	readonly atEpochMs: number;
}

/** The rollout that ended last. */
export interface LastRollout {
	readonly rolloutId: string;
	readonly release: Release;
	readonly outcome: Outcome;
	readonly endedAtEpochMs: number;
}

/**
 * One item per service: the only place where decisions are serialised (D4).
 * The router is the fence; this record orders writers, it does not stop late ones.
 */
export interface ServiceState {
	readonly service: string;
	/** Only grows. A writer that holds an older one has lost its right to write. */
	readonly epoch: number;
	readonly phase: Phase;
	/** Where a rollback goes. Changes at closing only. */
	readonly stableSlot: SlotName;
	readonly stableRelease: Release;
	/** Epoch that the stable slot's workload carries as its annotation; the fence of its scale-down. */
	readonly stableEpoch: number;
	/** The canary's share of requests, percent. */
	readonly weightPercent: number;
	/** Alarms that were red before the first exposure, and since when: they do not roll back (D9). */
	readonly redAlarms: Readonly<Record<string, number>>;
	/** False between acquiring and the acknowledged start of the execution. */
	readonly executionStarted: boolean;
	readonly rolloutId?: string;
	/** The release on trial. */
	readonly release?: Release;
	/** The definition that this rollout pinned, by content hash (D15). */
	readonly definitionHash?: string;
	readonly startedAtEpochMs?: number;
	/** When the registry got the release on trial. */
	readonly pushedAtEpochMs?: number;
	/** The newest release that waits for the rollout to end (D10); on an idle record, one that the next look begins. */
	readonly next?: Release;
	/**
	 * Content hashes that were live when a rollout began, oldest first; a promotion forgets all but the last.
	 * None of them is rolled out by itself again. Absent before the first look at a service's content.
	 */
	readonly triedContents?: readonly string[];
	readonly trialRuleArn?: string;
	/** First time the canary could receive a request. */
	readonly exposedAtEpochMs?: number;
	/** Every weight so far, each once and in the order of its first claim; as many as the plan has steps, at most. */
	readonly shifts?: readonly WeightShift[];
	/** The weight that people agreed to last, by an approval or by answering any other question about it; percent. */
	readonly approvedPercent?: number;
	/** When the bake under way began: with its weight, or anew as that was set again or a person resumed it. */
	readonly bakesSinceEpochMs?: number;
	/** How long this rollout has waited for people, over all questions that were answered. */
	readonly pausedSeconds?: number;
	/** When the window opened. */
	readonly promotedAtEpochMs?: number;
	readonly windowEndsAtEpochMs?: number;
	/** What the stable release was until this rollout's closing changed it. */
	readonly replaced?: Release;
	/** The execution that drives the closing; another one takes over if it is lost. */
	readonly closingExecutionArn?: string;
	readonly pause?: Pause;
	/** The question that was answered last, by when it was asked; what a state that waited in vain asks for. */
	readonly answeredAtEpochMs?: number;
	readonly wish?: Wish;
	/** What people did to the rollout under way, oldest first; refusals are not among it. */
	readonly deeds?: readonly Deed[];
	/** When a person was asked last; stays when the pause is over, so that no late question takes its place. */
	readonly askedAtEpochMs?: number;
	readonly rollback?: RollbackRecord;
	/**
	 * Who asked for the release on trial: who commanded it, or who pushed it, where CloudTrail says so. Absent where only
	 * its content is new and nobody commanded it: whoever changed that is not known.
	 */
	readonly askedBy?: string;
	/** What a person asked for; survives the end of a rollout and is admitted before anything else. */
	readonly wanted?: WantedRelease;
	/** When a release was asked for last; stays when that has begun or was given up, so that no older command undoes it. */
	readonly lastWantedAtEpochMs?: number;
	readonly held?: HeldRelease;
	/** What was found changed by somebody else while nothing was under way. It stays until a look finds it gone. */
	readonly drift?: Drift;
	readonly last?: LastRollout;
	/** The last command that was refused. */
	readonly refused?: RefusedCommand;
}

/** The state of a freshly enrolled service. */
export const idleState = (
	service: string,
	stableSlot: SlotName,
	stableRelease: Release,
	stableEpoch = 0,
): ServiceState => ({
	service,
	epoch: stableEpoch,
	phase: "idle",
	stableSlot,
	stableRelease,
	stableEpoch,
	weightPercent: 0,
	redAlarms: {},
	executionStarted: false,
});
