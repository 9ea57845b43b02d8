import { announce } from "../../lib/domain/announcement.ts";
import { beginPause } from "../../lib/domain/pause.ts";
import { pauseWish } from "../../lib/domain/wish.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import { ConflictError } from "../../lib/ports/errors.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { Invocation } from "../pipeline.ts";
import { readRollout } from "../rollout-payload.ts";
import type { Question } from "./question.ts";

/** What asking needs of the world. */
export interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

/** Somebody has answered already, an earlier attempt or before it was asked at all: the machine goes on. */
export class QuestionAnsweredConflictError extends ConflictError {
	override readonly name = "QuestionAnsweredConflictError";
}

/** Puts a question on record and tells people. @throws QuestionAnsweredConflictError */
export const ask = async (ports: Ports, question: Question, invocation: Invocation) => {
	const { rolloutId, reason, explanation, approval, token, weightPercent } = question;
	const { service, epoch, state } = await readRollout(ports, rolloutId);
	const nowEpochMs = ports.clock.nowEpochMs();
	const sinceEpochMs = question.askedAtEpochMs ?? nowEpochMs;
	if (state.answeredAtEpochMs === sinceEpochMs)
		throw new QuestionAnsweredConflictError(`The question of ${rolloutId} asked at ${sinceEpochMs} was answered.`);
	const wish = reason === "person" ? pauseWish(state) : undefined;
	// Between the look that heeded the pause and this, somebody has taken it back. Machines of version 1 know no such end.
	if (reason === "person" && wish === undefined && question.v > 1)
		throw new QuestionAnsweredConflictError(`The pause of ${rolloutId} was taken back before anybody was asked.`);
	const { approvers, needed, onUnknownPusher } = approval;
	const pause = {
		reason,
		explanation,
		approvers,
		...(needed === undefined ? {} : { approvalsNeeded: needed }),
		...(onUnknownPusher === undefined ? {} : { onUnknownPusher }),
		token,
		sinceEpochMs,
		...(weightPercent === undefined ? {} : { weightPercent }),
	};
	const earlier = state.pause?.sinceEpochMs === sinceEpochMs ? state.pause : undefined;
	// Late, it would put the token of a question that has lapsed in the place of the one that is asked.
	invocation.ensureTimeLeft(2_000);
	await ports.store.write(service, beginPause(epoch, pause, nowEpochMs, earlier, wish));
	const paused = { service, rolloutId, atEpochMs: sinceEpochMs, reason, explanation };
	await ports.events.publish([announce("rollout.paused.v1", paused, sinceEpochMs)]);
	return { v: 1, kind: "waiting" } as const;
};
