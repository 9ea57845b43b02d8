import { type AdmissionTerms, acknowledgeStart, decideAdmission } from "../../lib/domain/admission.ts";
import { beginClosing, changeRoles, finish, hasChangedRoles } from "../../lib/domain/closing.ts";
import { claimWeight, recordTrialRule } from "../../lib/domain/exposure.ts";
import { beginPause, endPause } from "../../lib/domain/pause.ts";
import { promote } from "../../lib/domain/promotion.ts";
import { beginRollback, recordRollback, takeOverRollback } from "../../lib/domain/rollback.ts";
import { rolloutIdOf } from "../../lib/domain/rollout-id.ts";
import { idleState, type PauseReason, type ServiceState } from "../../lib/domain/service-state.ts";
import { applied, satisfies, type Transition } from "../../lib/domain/transition.ts";
import { exposedAtEpochMs, release } from "./builders.ts";

/** One thing that a writer may try: what it is called, and the epoch of the rollout it works for. */
export interface Move {
	readonly name: string;
	readonly rolloutEpoch: number;
	readonly transition: Transition;
}

/** A move that was possible, and what it led to. */
export interface Edge extends Move {
	readonly from: ServiceState;
	readonly to: ServiceState;
}

const service = "checkout";
/** Two rollouts after one another: enough for both slots to be stable and for writers of the first to meet the second. */
export const lastRolloutEpoch = 3;

/** When a person was asked whatever is asked. */
export const askedAtEpochMs = 1_900_000;

const pause = (reason: PauseReason) => ({
	reason,
	explanation: "",
	token: `token of ${reason}`,
	sinceEpochMs: askedAtEpochMs,
	approvers: reason === "approval" ? ["ana"] : [],
});
const cause = { kind: "verdict", explanation: "", triggeredAtEpochMs: 1 } as const;

/** Everything that a writer for one rollout may write without having read the record, in whatever order. */
export const movesOf = (epoch: number): readonly Move[] => {
	const rolloutId = rolloutIdOf(service, epoch);
	const moves: readonly (readonly [string, Transition])[] = [
		["acknowledge", acknowledgeStart(rolloutId, epoch)],
		["open", recordTrialRule(epoch, `rule-${epoch}`)],
		["expose", claimWeight(epoch, 5, exposedAtEpochMs, { old: 1 })],
		["expose", claimWeight(epoch, 5, exposedAtEpochMs, {})],
		["shift", claimWeight(epoch, 100, exposedAtEpochMs, null)],
		["pause", beginPause(epoch, pause("approval"), askedAtEpochMs)],
		["pause", beginPause(epoch, pause("no-evidence"), askedAtEpochMs)],
		["resume approval", endPause(epoch, "token of approval")],
		["resume no-evidence", endPause(epoch, "token of no-evidence")],
		["promote", promote(epoch, exposedAtEpochMs, 900)],
		["close", beginClosing(epoch, "execution-a")],
		["roll back", beginRollback(rolloutId, cause, "execution-a", 2)],
		["roll back", beginRollback(rolloutId, cause, "execution-b", 2)],
		["finish", finish(epoch, service, "rolled-back")],
		["finish promoted", finish(epoch, service, "promoted")],
	];
	return moves.map(([name, transition]) => ({ name, rolloutEpoch: epoch, transition }));
};

const terms: AdmissionTerms = {
	definitionHash: "hash",
	nowEpochMs: 1_000_000,
	gate: { kind: "open" },
	onNewPush: "close-window",
};

/** Everything that a writer may write who has just read the record. */
const movesFrom = (state: ServiceState): readonly Move[] => {
	const rolloutEpoch = state.epoch - 1;
	const moves: Move[] = [];
	if (state.epoch < lastRolloutEpoch || state.phase !== "idle") {
		for (const digit of ["b", "c"]) {
			const admission = decideAdmission(state, { release: release(digit) }, terms);
			if (admission.kind === "start" || admission.kind === "queue")
				moves.push({ name: admission.kind, rolloutEpoch: state.epoch + 1, transition: admission.transition });
		}
	}
	// Roles change once: whoever takes a closing up again looks first.
	if (state.phase === "closing" && state.release !== undefined && !hasChangedRoles(state))
		moves.push({ name: "change roles", rolloutEpoch, transition: changeRoles(state, state.release) });
	if (state.rollback !== undefined) {
		moves.push({ name: "take over", rolloutEpoch, transition: takeOverRollback(state, state.rollback, "execution-b") });
		const record = recordRollback(state, { zeroConfirmedAtEpochMs: 3 });
		if (record !== null) moves.push({ name: "record", rolloutEpoch, transition: record });
	}
	return moves;
};

// The machine finishes a promotion after roles have changed, never before.
const isInOrder = (state: ServiceState, { name }: Move): boolean =>
	name !== "finish promoted" || hasChangedRoles(state);

const everybody = Array.from({ length: lastRolloutEpoch + 1 }, (_, index) => movesOf(index + 1)).flat();

/** Every state that can be reached from a freshly enrolled service by any order of writes, and how. */
export const explore = (): { readonly states: readonly ServiceState[]; readonly edges: readonly Edge[] } => {
	const first = idleState(service, "blue", release("a"));
	const known = new Map<string, ServiceState>([[keyOf(first), first]]);
	const edges: Edge[] = [];
	const open = [first];
	for (let from = open.pop(); from !== undefined; from = open.pop()) {
		for (const move of [...everybody, ...movesFrom(from)]) {
			if (!satisfies(from, move.transition.condition) || !isInOrder(from, move)) continue;
			const to = applied(from, move.transition);
			edges.push({ ...move, from, to });
			const key = keyOf(to);
			if (known.has(key)) continue;
			known.set(key, to);
			open.push(to);
		}
	}
	return { states: [...known.values()], edges };
};

/** The same record written in another order of attributes is the same state. */
const keyOf = (state: ServiceState): string =>
	JSON.stringify(Object.entries(state).sort(([one], [other]) => (one < other ? -1 : 1)));
