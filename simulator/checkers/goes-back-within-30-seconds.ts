import { reactToAlarm } from "../../lib/domain/alarm-reaction.ts";
import { commandOf, RolloutCommandEvent } from "../../lib/domain/command.ts";
import { decideCommand } from "../../lib/domain/command-decision.ts";
import { sourceOfPeople } from "../../lib/domain/identity.ts";
import { type LifecycleEvent, lifecycleSource, parseLifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { BusEvent } from "../events/bus-event.ts";
import { isRoutingWrite } from "../world/routing.ts";
import type { Checker, Observation, SeenCall, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { ObservedTrials } from "./observed-trials.ts";
import { type EnteredState, rolloutJudged } from "./verdict-held.ts";

const verdict = "a verdict of harm";

/**
 * A reason whose event is kept back is found by asking: alarms once in a round, which lasts 75 s at most, and executions
 * once a minute by the reconciler; then as ever.
 */
const maxSecondsByAsking = 105;
/** From the first reason to zero confirmed, at most (promise 2). */
const maxSeconds = 30;
/** A closing that has just read its alarms may pass the point of no return while the reason is on its way. */
const closingRaceMs = 5_000;

/** What is known of a rollout that the record never began. */
const nobodyExposed = { percent: 0, zeroSinceEpochMs: Number.NEGATIVE_INFINITY };

interface Reason {
	readonly rolloutId: string;
	readonly what: string;
	readonly atEpochMs: number;
}

interface AlarmDetail {
	readonly alarmName: string;
	readonly state: { readonly value: string };
	readonly previousState?: { readonly value: string; readonly timestamp?: string };
}

interface ExecutionDetail {
	readonly name: string;
	readonly stateMachineArn: string;
	readonly status: string;
}

class RollbackWatch implements Watching {
	readonly #observation: Observation;
	readonly #findings = new Findings();
	readonly #trials: ObservedTrials;
	/** The first reason that was to be heard while users were exposed, and that nothing has come of yet. */
	#pending: Reason | null = null;
	/** Rollouts that are over, one way or the other. */
	readonly #settled = new Set<string>();

	constructor(observation: Observation) {
		this.#observation = observation;
		this.#trials = new ObservedTrials(observation);
	}

	get #nowEpochMs(): number {
		return this.#observation.system.clock.nowEpochMs();
	}

	get #state(): ServiceState | null {
		const { system, definition } = this.#observation;
		return system.world.table.get(definition.service);
	}

	onCall({ call: { operation } }: SeenCall): void {
		if (isRoutingWrite(operation)) this.#trials.look();
	}

	onStateEntered(entered: EnteredState): void {
		const state = this.#state;
		if (state !== null && rolloutJudged(entered) === state.rolloutId) this.#hearReason(verdict, state);
	}

	onTick(): void {
		this.#trials.look();
	}

	onStateWritten(state: ServiceState): void {
		this.#trials.hear(state);
		const { service, phase } = state;
		if (service !== this.#observation.definition.service || phase !== "closing" || this.#pending === null) return;
		if (this.#nowEpochMs - this.#pending.atEpochMs <= closingRaceMs) this.#settle(this.#pending.rolloutId);
	}

	onEvent(_busName: string, event: BusEvent): void {
		const state = this.#state;
		if (state === null) return;
		const type = event["detail-type"];
		if (type === "CloudWatch Alarm State Change") this.#hearAlarm(event.detail as AlarmDetail, state);
		else if (type === "Step Functions Execution Status Change")
			this.#hearExecution(event.detail as ExecutionDetail, state);
		else if (event.source.startsWith(sourceOfPeople)) this.#hearCommand(event, state);
		else if (event.source === lifecycleSource) this.#hearLifecycle(parseLifecycleEvent(event), state);
	}

	broken(): readonly string[] {
		const pending = this.#pending;
		if (pending !== null) {
			this.#settle(pending.rolloutId);
			this.#judge(pending, null);
		}
		return this.#findings.sentences;
	}

	#find(sentence: string): void {
		this.#findings.add(this.#observation.system.clock.nowEpochMs(), sentence);
	}

	/** Only what counts: it turned red after the exposure, and was not red before it. */
	#hearAlarm({ alarmName, state: { value }, previousState }: AlarmDetail, state: ServiceState): void {
		if (value !== "ALARM" || !this.#observation.definition.alarmNames.includes(alarmName)) return;
		const okSince = previousState?.value === "OK" ? Date.parse(previousState.timestamp ?? "") : Number.NaN;
		const turn = {
			alarmName,
			turnedRedAtEpochMs: this.#nowEpochMs,
			okSinceEpochMs: Number.isFinite(okSince) ? okSince : null,
		};
		if (reactToAlarm(state, turn).kind === "roll-back") this.#hearReason(`${alarmName} turned red`, state);
	}

	/** A rollout that nobody drives any more is a reason; one that a rollback has stopped is rolling back already. */
	#hearExecution({ name, stateMachineArn, status }: ExecutionDetail, state: ServiceState): void {
		if (status === "RUNNING" || status === "SUCCEEDED") return;
		if (name === state.rolloutId) return void this.#hearReason(`the execution ended ${status}`, state);
		// Who kills a rollback waits for the reconciler, which comes each minute; who kills a watch that has just judged, for
		// the next look.
		const isOnItsWay = stateMachineArn.endsWith("-rollback") || this.#pending?.what === verdict;
		if (isOnItsWay && this.#observation.hands.has("execution-stopped")) this.#settle(state.rolloutId ?? "");
	}

	#hearCommand(event: BusEvent, state: ServiceState): void {
		const parsed = RolloutCommandEvent.safeParse(event);
		if (!parsed.success) return;
		const command = commandOf(parsed.data, Date.parse(event.time));
		if (command.service !== state.service || decideCommand(state, command, this.#nowEpochMs).kind !== "roll-back")
			return;
		this.#hearReason(`${command.by} said ${command.verb}`, state);
	}

	#hearLifecycle({ kind, detail }: LifecycleEvent, state: ServiceState): void {
		if (detail.service !== state.service) return;
		if (kind !== "rollout.rolled-back.v1" || this.#settled.has(detail.rolloutId)) return;
		// Making room for another release is no harm that anybody must be kept from; what was pending besides still counts.
		if (detail.cause === "superseded" && this.#pending?.rolloutId !== detail.rolloutId) {
			this.#settle(detail.rolloutId);
			return;
		}
		const said = { rolloutId: detail.rolloutId, what: detail.cause, atEpochMs: detail.triggeredAtEpochMs };
		const heard = this.#pending?.rolloutId === said.rolloutId ? this.#pending : said;
		this.#trials.look();
		this.#judge(heard.atEpochMs < said.atEpochMs ? heard : said, detail.zeroConfirmedAtEpochMs);
		this.#settle(said.rolloutId);
	}

	#hearReason(what: string, { phase, rolloutId }: ServiceState): void {
		if (rolloutId === undefined || this.#settled.has(rolloutId) || this.#pending?.rolloutId === rolloutId) return;
		// Before it nobody is exposed; after it the reason has been heard, or comes too late.
		if (phase === "trial" || phase === "window") this.#pending = { rolloutId, what, atEpochMs: this.#nowEpochMs };
	}

	#settle(rolloutId: string): void {
		this.#settled.add(rolloutId);
		if (this.#pending?.rolloutId === rolloutId) this.#pending = null;
	}

	/**
	 * Zero is what the rules say and what was confirmed, the later of the two. While an edited rule is in the way nothing
	 * can be confirmed until a person mends it; users are sent back all the same, and that is what counts then.
	 */
	#judge({ rolloutId, what, atEpochMs }: Reason, saidZeroAtEpochMs: number | null): void {
		const { hands } = this.#observation;
		// Who forges the record takes the right to write away from everyone.
		if (hands.has("record-edited")) return;
		const isEdited = hands.has("rule-edited");
		const { percent, zeroSinceEpochMs } = this.#trials.of(rolloutId) ?? nobodyExposed;
		const zeroInRules = percent > 0 ? null : zeroSinceEpochMs;
		const said = saidZeroAtEpochMs ?? (isEdited ? zeroInRules : null);
		const inRules = zeroInRules ?? (isEdited ? said : null);
		if (said === null || inRules === null) {
			this.#find(`zero is not confirmed at all, ${secondsBetween(atEpochMs, this.#nowEpochMs)} s after ${what}.`);
			return;
		}
		const seconds = secondsBetween(atEpochMs, isEdited ? inRules : Math.max(said, inRules));
		const allowed = hands.has("reason-told-late") ? maxSecondsByAsking : maxSeconds;
		if (seconds > allowed) this.#find(`zero was confirmed ${seconds} s after ${what}; allowed are ${allowed} s.`);
	}
}

const secondsBetween = (fromEpochMs: number, toEpochMs: number): number => Math.round(toEpochMs - fromEpochMs) / 1000;

/** Time runs from the first reason that was to be heard, even where Sluice itself counts from a later one. */
export const goesBackWithin30Seconds: Checker = {
	promise: "From alarm, verdict or command to zero confirmed in at most 30 s.",
	watch: (observation) => new RollbackWatch(observation),
};
