import type * as z from "zod/mini";
import {
	type BakeDecision,
	decideBake,
	decidePaused,
	decideWindow,
	type WindowDecision,
} from "../../lib/domain/bake.ts";
import { isCutShort } from "../../lib/domain/closing.ts";
import { type Evidence, firstFiguresEpochMs, freshEvidence, gather } from "../../lib/domain/evidence.ts";
import { type ForeignEdit, findForeignEdit } from "../../lib/domain/foreign-edit.ts";
import { openQuestion } from "../../lib/domain/pause.ts";
import { publications, readableUntilEpochMs } from "../../lib/domain/publication.ts";
import { revertiblePhases } from "../../lib/domain/service-state.ts";
import type { Verdict } from "../../lib/domain/verdict.ts";
import { pauseWish, promotionWish } from "../../lib/domain/wish.ts";
import type { Alarms } from "../../lib/ports/alarms.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { Measurements } from "../../lib/ports/measurements.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { TargetHealth } from "../../lib/ports/target-health.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { TrafficRouter } from "../../lib/ports/traffic-router.ts";
import type { Invocation } from "../pipeline.ts";
import { type CurrentRollout, readRollout } from "../rollout-payload.ts";
import { lookAtTargets, type TargetLook } from "../target-look.ts";
import { findRed } from "./red-alarms.ts";
import type { WatchInput } from "./watch-input.ts";

/** What watching needs of the world. */
export interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly measurements: Measurements;
	readonly router: TrafficRouter;
	readonly targetHealth: TargetHealth;
	readonly alarms: Alarms;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

/** Watching ends this long before the invocation does, so that its answer is never cut off. */
const reserveMs = 12_000;

/** What is watched. */
export type Watch = z.infer<typeof WatchInput>;
/** What a look concludes, and why. */
export type Decision =
	| BakeDecision
	| WindowDecision
	| { readonly kind: "moved"; readonly reasons: readonly string[] }
	| { readonly kind: "alarm" | "foreign-edit" | "lowered"; readonly reasons: readonly string[] };

/** Looks until something is known or the time is nearly over, and answers with all that was seen. */
export const look = async (
	ports: Ports,
	watch: Watch,
	invocation: Invocation,
): Promise<{ decision: Decision; evidence: Evidence }> => {
	let rollout = await readRollout(ports, watch.rolloutId);
	const { periodSeconds } = rollout.definition.measurements;
	let evidence = watch.evidence ?? freshEvidence(watch.startEpochMs, rollout.definition.warmupSeconds, periodSeconds);
	if (hasMoved(rollout) || isAnswered(rollout, watch, ports.clock.nowEpochMs()))
		return { decision: moved(rollout), evidence };
	const red = await findRed(ports, rollout);
	if (red !== null) return { decision: { kind: "alarm", reasons: [red] }, evidence };
	if (watch.mode === "pause") return lookBeside(ports, rollout, watch, evidence);
	const edit = findForeignEdit(rollout.state, await ports.router.read(rollout.definition.route));
	if (edit.kind !== "none") {
		// Sluice's own hands, if a rollback has begun since the record was read.
		rollout = await readRollout(ports, watch.rolloutId);
		return { decision: hasMoved(rollout) ? moved(rollout) : decisionOn(edit), evidence };
	}
	const lookSeconds = Math.min(20, Math.max(5, periodSeconds));
	for (;;) {
		if (hasMoved(rollout)) return { decision: moved(rollout), evidence };
		const seen = await lookAtTargets(ports, rollout, watch.wantedReplicas ?? null, evidence.targets);
		evidence = await measure(ports, rollout, watch, evidence, seen);
		const decision = decide(watch, rollout, evidence, seen.targets, ports.clock.nowEpochMs());
		const isTimeLeft = invocation.remainingMs() - lookSeconds * 1000 > reserveMs;
		if (decision.kind !== "keep-watching" || watch.mode === "window" || !isTimeLeft) return { decision, evidence };
		await ports.clock.sleep(lookSeconds * 1000);
		rollout = await readRollout(ports, watch.rolloutId);
	}
};

/** Time between the start of a watch over a pause and the record of that pause, seconds at most. */
const pauseRecordedSeconds = 60;

/** Starting this watch and putting its question on record are both tried for minutes; longer than both, seconds. */
const longestAskingSeconds = 900;

/** Whether what a watch over a pause was begun for is over: answered, or another question has been asked since. */
const isAnswered = ({ state }: CurrentRollout, { mode, startEpochMs }: Watch, nowEpochMs: number): boolean => {
	if (mode !== "pause") return false;
	const question = openQuestion(state);
	if (question !== undefined) return question.sinceEpochMs > startEpochMs + pauseRecordedSeconds * 1000;
	const { pause, askedAtEpochMs = 0, answeredAtEpochMs = 0 } = state;
	// Until its question is on record nobody but this watch sees harm, however long asking takes.
	const wasAsked = pause !== undefined || Math.max(askedAtEpochMs, answeredAtEpochMs) >= startEpochMs;
	return wasAsked || nowEpochMs > startEpochMs + longestAskingSeconds * 1000;
};

/** While a person is asked harm is what matters first; of the rules, only that nobody gives the canary more than it has. */
const lookBeside = async (
	ports: Ports,
	rollout: CurrentRollout,
	watch: Watch,
	before: Evidence,
): Promise<{ decision: Decision; evidence: Evidence }> => {
	const judgedBy = rollout.state.weightPercent < 100 ? "comparison" : "guardrails";
	const seen = await lookAtTargets(ports, rollout, watch.wantedReplicas ?? null, before.targets);
	const evidence = await measure(ports, rollout, { ...watch, step: { ...watch.step, judgedBy } }, before, seen);
	const decision = decidePaused(evidence, rollout.definition.guardrails, judgedBy, seen.targets);
	if (decision.kind !== "keep-watching") return { decision, evidence };
	return { decision: (await findRaised(ports, rollout, watch)) ?? decision, evidence };
};

/** A weight that nobody has claimed. Claims come before writes, so a record read after the router knows Sluice's own. */
const findRaised = async (ports: Ports, before: CurrentRollout, watch: Watch): Promise<Decision | null> => {
	const reading = await ports.router.read(before.definition.route);
	if (findForeignEdit(before.state, reading).kind !== "roll-back") return null;
	const rollout = await readRollout(ports, watch.rolloutId);
	if (hasMoved(rollout)) return moved(rollout);
	const edit = findForeignEdit(rollout.state, reading);
	return edit.kind === "roll-back" ? decisionOn(edit) : null;
};

/** Whether this rollout has lost its right to go on: by a rollback, or because somebody has edited the record. */
const hasMoved = ({ epoch, state }: CurrentRollout): boolean =>
	epoch !== state.epoch || !revertiblePhases.includes(state.phase);

const moved = ({ state }: CurrentRollout): Decision => ({ kind: "moved", reasons: [`the service is ${state.phase}`] });

const decisionOn = ({ kind, explanation }: Exclude<ForeignEdit, { kind: "none" }>): Decision => {
	const reasons = [explanation];
	if (kind === "roll-back") return { kind: "foreign-edit", reasons };
	return kind === "lowered" ? { kind, reasons } : { kind, reason: "external-writer", reasons };
};

const measure = async (
	ports: Ports,
	{ state, definition }: CurrentRollout,
	watch: Watch,
	before: Evidence,
	{ trail, targets }: TargetLook,
): Promise<Evidence> => {
	const evidence = { ...before, targets: trail };
	// What the targets say is enough, and must not wait for metrics that may be silent for the same reason.
	if (targets.kind !== "undecided") return evidence;
	const { periodSeconds, kind } = definition.measurements;
	const nowEpochMs = ports.clock.nowEpochMs();
	const toEpochMs = readableUntilEpochMs(definition.measurements, nowEpochMs);
	if (toEpochMs <= evidence.watermarkEpochMs) return evidence;
	const range = { stableSlot: state.stableSlot, fromEpochMs: evidence.watermarkEpochMs, toEpochMs };
	return gather(evidence, await ports.measurements.read(definition, range), nowEpochMs, {
		periodSeconds,
		latenessSeconds: publications[kind].latenessSeconds,
		windowSeconds: definition.guardrails.windowSeconds,
		needsStable: watch.step.judgedBy === "comparison",
	});
};

const decide = (
	watch: Watch,
	{ state, definition }: CurrentRollout,
	evidence: Evidence,
	targets: Verdict,
	nowEpochMs: number,
): Decision => {
	const { step, startEpochMs } = watch;
	const wish = pauseWish(state) ?? promotionWish(state);
	if (watch.mode === "trial")
		return decideBake({ step, startEpochMs, evidence, targets, wish }, definition, nowEpochMs);
	const isNextWaiting = isCutShort(state, definition.onNewPush);
	const { warmupSeconds, measurements } = definition;
	const figuresFromEpochMs = firstFiguresEpochMs(startEpochMs, warmupSeconds, measurements.periodSeconds);
	const endsAtEpochMs = state.windowEndsAtEpochMs ?? nowEpochMs;
	const window = { figuresFromEpochMs, endsAtEpochMs, evidence, targets, isNextWaiting, wish };
	return decideWindow(window, definition, nowEpochMs);
};
