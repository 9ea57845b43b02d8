import { type LifecycleEvent, type LifecycleKind, parseLifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { Outcome } from "../../lib/domain/service-state.ts";
import type { BusEvent } from "../events/bus-event.ts";
import { type System, startEpochMs } from "../system/make-system.ts";
import type { RollbackTimes } from "./rollback-times.ts";
import type { TimelineEntry } from "./timeline.ts";

interface PusherDetail {
	readonly userIdentity: { readonly principalId: string };
	readonly responseElements: {
		readonly image: { readonly repositoryName: string; readonly imageId: { readonly imageTag?: string } };
	};
}

interface AlarmDetail {
	readonly alarmName: string;
	readonly state: { readonly value: string; readonly reason: string };
}

const executionChanged = "Step Functions Execution Status Change";

interface ExecutionDetail {
	readonly name: string;
	readonly status: string;
}

/** Requests by what became of them. */
export interface Answered {
	readonly good: number;
	readonly bad: number;
}

/** Requests by the role of the slot that should have answered them, at that moment. */
export interface RequestCounts {
	readonly stable: Answered;
	readonly canary: Answered;
}

const noRequests: RequestCounts = { stable: { good: 0, bad: 0 }, canary: { good: 0, bad: 0 } };

/** Moments at which a reader asks who has been served so far. */
const withRequests: readonly LifecycleKind[] = [
	"rollout.shifted.v1",
	"rollout.judged.v1",
	"rollout.promoted.v1",
	"rollout.rolled-back.v1",
	"rollout.ended.v1",
];

/** One rollout as it was told. */
export interface ToldRollout {
	readonly rolloutId: string;
	/** The version on trial; null where the start was never said. */
	readonly imageDigest: string | null;
	readonly outcome: Outcome | null;
	readonly rollback: RollbackTimes | null;
	readonly weightAtRollbackPercent: number | null;
}

/** The same while it is told. */
type Telling = { -readonly [K in keyof ToldRollout]: ToldRollout[K] } & {
	weightPercent: number;
	/** When there first was a reason to roll back while the canary served users: alarm, verdict, or a lost execution. */
	firstReasonEpochMs: number;
};

/** What a run has told so far: a timeline for people, and the few facts that a verdict needs. */
export class Story {
	readonly timeline: TimelineEntry[] = [];
	readonly busNames: string[] = [];
	/** How rollouts ended, in the order in which they did. */
	readonly outcomes: Outcome[] = [];
	alarmTurnedRed = false;
	/** Promises that were broken on the way, each as a sentence. */
	readonly broken: string[] = [];
	readonly #service: string;
	/** Alarms that the service declares; what others turn is no business of its story. */
	readonly #alarmNames: readonly string[];
	/** Ids of events: what is said again, as after a crash or much too late, is no news. */
	readonly #repositoryName: string;
	readonly #heard = new Set<string>();
	readonly #onEntry: (entry: TimelineEntry) => void;
	/** In the order in which they were first heard of. */
	readonly #rollouts = new Map<string, Telling>();
	#nowEpochMs: () => number = () => startEpochMs;
	#requestsSoFar: () => RequestCounts = () => noRequests;
	#isTrialOpen: () => boolean = () => false;

	constructor(
		{ service, alarmNames, repositoryName }: Pick<ServiceDefinition, "service" | "alarmNames" | "repositoryName">,
		onEntry: (entry: TimelineEntry) => void,
	) {
		this.#service = service;
		this.#alarmNames = alarmNames;
		this.#repositoryName = repositoryName;
		this.#onEntry = onEntry;
	}

	/** When a rollout ended last; never, as long as none has. */
	endedAtEpochMs = Number.POSITIVE_INFINITY;

	get rollouts(): readonly ToldRollout[] {
		return [...this.#rollouts.values()];
	}

	/** The last one of the run. */
	get rollback(): RollbackTimes | null {
		return this.#lastRolledBack?.rollback ?? null;
	}

	/** Where the last rollback began. */
	get weightAtRollbackPercent(): number | null {
		return this.#lastRolledBack?.weightAtRollbackPercent ?? null;
	}

	get #lastRolledBack(): Telling | undefined {
		return [...this.#rollouts.values()].findLast(({ rollback }) => rollback !== null);
	}

	/** Takes time from a system, and the names of its buses. */
	follow(system: Pick<System, "clock">, busNames: readonly string[]): void {
		this.#nowEpochMs = () => system.clock.nowEpochMs();
		this.busNames.push(...busNames);
	}

	/** Takes counts of requests from the world, which stand beside every decision, and what its router does. */
	watch(requestsSoFar: () => RequestCounts, isTrialOpen: () => boolean): void {
		this.#requestsSoFar = requestsSoFar;
		this.#isTrialOpen = isTrialOpen;
	}

	/** Seconds since the beginning, to the millisecond. */
	secondsAt(epochMs: number): number {
		return Math.round(epochMs - startEpochMs) / 1000;
	}

	/** Adds what the world or a person did. */
	note(kind: string, detail: Readonly<Record<string, unknown>>): void {
		const entry = { atSeconds: this.secondsAt(this.#nowEpochMs()), kind, ...detail };
		this.timeline.push(entry);
		this.#onEntry(entry);
	}

	/** Adds what was said on a bus, if it is about this service or its alarms. */
	hear(event: BusEvent): void {
		if (event["detail-type"] === "CloudWatch Alarm State Change") this.#hearAlarm(event.detail as AlarmDetail);
		if (event["detail-type"] === "AWS API Call via CloudTrail") this.#hearPusher(event.detail as PusherDetail);
		if (event["detail-type"] === executionChanged) this.#hearExecution(event.detail as ExecutionDetail);
		if (event.source !== "sluice") return;
		const said = parseLifecycleEvent(event);
		const { id, kind, detail } = said;
		if (detail.service !== this.#service || this.#heard.has(id)) return;
		this.#heard.add(id);
		const { atEpochMs: _at, service: _service, ...rest } = detail;
		this.note(kind, withRequests.includes(kind) ? { ...rest, requests: this.#requestsSoFar() } : rest);
		if ("rolloutId" in detail && detail.rolloutId !== undefined)
			this.#hearRollout(said, this.#tellingOf(detail.rolloutId));
	}

	/** Takes the moment from which a machine holds a verdict of harm over that rollout; it is told later, with the rollback. */
	hearVerdict(rolloutId: string | null): void {
		if (rolloutId !== null && parseRolloutId(rolloutId).service === this.#service) this.#hearReason();
	}

	#hearPusher({ userIdentity, responseElements: { image } }: PusherDetail): void {
		const { imageTag: tag } = image.imageId;
		if (image.repositoryName === this.#repositoryName && tag !== undefined)
			this.note("pusher.told", { by: userIdentity.principalId, tag });
	}

	#hearRollout({ kind, detail }: LifecycleEvent, rollout: Telling): void {
		switch (kind) {
			case "rollout.started.v1":
				rollout.imageDigest = detail.release.imageDigest;
				return;
			case "rollout.shifted.v1":
				rollout.weightPercent = detail.toPercent;
				return;
			case "rollout.rolled-back.v1":
				rollout.weightAtRollbackPercent = rollout.weightPercent;
				this.#hearZero(rollout, detail.triggeredAtEpochMs, detail.zeroConfirmedAtEpochMs);
				return;
			case "rollout.drained.v1":
				if (rollout.rollback === null) return;
				rollout.rollback = {
					...rollout.rollback,
					zeroObservedAtSeconds: this.secondsAt(detail.zeroObservedAtEpochMs),
				};
				return;
			case "rollout.ended.v1":
				rollout.outcome = detail.outcome;
				this.outcomes.push(detail.outcome);
				this.endedAtEpochMs = this.#nowEpochMs();
				return;
			default:
				return;
		}
	}

	#tellingOf(rolloutId: string): Telling {
		const known = this.#rollouts.get(rolloutId);
		if (known !== undefined) return known;
		const fresh: Telling = {
			rolloutId,
			imageDigest: null,
			outcome: null,
			rollback: null,
			weightAtRollbackPercent: null,
			weightPercent: 0,
			firstReasonEpochMs: Number.POSITIVE_INFINITY,
		};
		this.#rollouts.set(rolloutId, fresh);
		return fresh;
	}

	#hearAlarm({ alarmName, state }: AlarmDetail): void {
		if (state.value !== "INSUFFICIENT_DATA")
			this.note("alarm.changed", { alarmName, to: state.value, reason: state.reason });
		if (state.value !== "ALARM" || !this.#alarmNames.includes(alarmName)) return;
		this.alarmTurnedRed = true;
		this.#hearReason();
	}

	/** A rollout that nobody drives any more is a reason as well; one that a rollback stopped has an earlier one. */
	#hearExecution({ name, status }: ExecutionDetail): void {
		const isOfService = name.startsWith(`${this.#service}-`) && /^\d+$/.test(name.slice(this.#service.length + 1));
		if (isOfService && status !== "RUNNING" && status !== "SUCCEEDED") this.#hearReason();
	}

	/** A reason is one for what is on trial: the newest rollout. */
	#hearReason(): void {
		const rollout = [...this.#rollouts.values()].at(-1);
		if (rollout !== undefined && rollout.weightPercent > 0)
			rollout.firstReasonEpochMs = Math.min(rollout.firstReasonEpochMs, this.#nowEpochMs());
	}

	/** Time runs from the first reason that was to be heard, even where Sluice itself counts from a later one. */
	#hearZero(rollout: Telling, saidTriggeredEpochMs: number, zeroConfirmedEpochMs: number): void {
		if (this.#isTrialOpen()) this.broken.push("Zero was said to be confirmed while the trial rule was there.");
		const triggeredEpochMs = Math.min(saidTriggeredEpochMs, rollout.firstReasonEpochMs);
		rollout.rollback = {
			triggeredAtSeconds: this.secondsAt(triggeredEpochMs),
			zeroConfirmedAtSeconds: this.secondsAt(zeroConfirmedEpochMs),
			zeroObservedAtSeconds: null,
			seconds: Math.round(zeroConfirmedEpochMs - triggeredEpochMs) / 1000,
		};
	}
}
