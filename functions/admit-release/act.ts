import { type Admission, acknowledgeStart, forgetQueued, type Hold, hold } from "../../lib/domain/admission.ts";
import { announce } from "../../lib/domain/announcement.ts";
import { isChangeOfContent } from "../../lib/domain/content-change.ts";
import { isSameRelease, type Release } from "../../lib/domain/release.ts";
import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import { withoutSeat } from "../../lib/domain/seats.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { ReleaseSeenConflictError, SeatsTakenConflictError } from "../../lib/ports/service-store.ts";
import type { Occasion } from "./admission-event.ts";
import type { Look } from "./admit.ts";
import type { Environment } from "./environment.ts";
import type { Ports } from "./ports.ts";
import { takeBack } from "./take-back.ts";

/** Does what was decided about a release. @returns what became of it, as a sentence for the log. */
export const act = async (
	ports: Ports,
	environment: Environment,
	state: ServiceState,
	look: Look,
	admission: Admission,
): Promise<string> => {
	const { service } = state;
	switch (admission.kind) {
		case "start":
			return start(ports, environment, state, look, admission);
		case "start-execution":
			await beginExecution(ports, environment, admission.rolloutId, state.stableRelease, state.release);
			return `started ${admission.rolloutId}`;
		case "hold":
			return keep(ports, state, look, admission);
		case "queue":
			return (await refusalOfSeen(ports, service, look)) ?? queue(ports, state, look, admission);
		case "supersede": {
			const { rolloutId, explanation, transition, superseded } = admission;
			if (transition !== null) {
				const refusal = await refusalOfSeen(ports, service, look);
				if (refusal !== null) return refusal;
				await queue(ports, state, look, { transition, superseded });
			}
			const triggeredAtEpochMs = state.wanted?.atEpochMs ?? ports.clock.nowEpochMs();
			await takeBack(ports, environment, rolloutId, { explanation, triggeredAtEpochMs });
			return `took back ${rolloutId}: ${explanation}`;
		}
		case "forget":
			await ports.store.write(service, admission.transition);
			return admission.reason;
		case "ignore":
			return `${typeof look.newest === "string" ? "" : `${look.newest.release.id} `}ignored: ${admission.reason}`;
	}
};

/** Starts what was acquired and never acknowledged; nothing where it was. */
export const startAcquired = async (ports: Ports, environment: Environment, state: ServiceState): Promise<void> => {
	const { phase, executionStarted, rolloutId, stableRelease, release } = state;
	if (phase !== "preparing" || executionStarted || rolloutId === undefined) return;
	await beginExecution(ports, environment, rolloutId, stableRelease, release);
};

const start = async (
	ports: Ports,
	environment: Environment,
	state: ServiceState,
	look: Look,
	{ rolloutId, transition, offer, superseded }: Extract<Admission, { kind: "start" }>,
): Promise<string> => {
	const { service } = state;
	const { release, again = false } = offer;
	const limit = look.entry.definition.maxConcurrentTrials;
	if (superseded !== null) {
		const refusal = await refusalOfSeen(ports, service, look);
		if (refusal !== null) return forgetting(ports, state, refusal);
		await ports.events.publish(passedOver(service, superseded, release, ports.clock.nowEpochMs()));
	}
	try {
		await ports.store.admit(service, release, transition, {
			again,
			...(limit !== undefined && { seat: { rolloutId, limit } }),
		});
	} catch (error) {
		if (error instanceof SeatsTakenConflictError) return keepWithoutSeat(ports, state, look, release, error.holders);
		if (!(error instanceof ReleaseSeenConflictError)) throw error;
		// Another delivery of the same push may have been faster; that one is no refusal.
		const now = await ports.store.read(service);
		if (isSameRelease(now.release, release)) return `${release.id} is being rolled out`;
		return forgetting(ports, now, await refuseSeen(ports, service, release, look.occasion));
	}
	countFound(ports, look.occasion);
	await beginExecution(ports, environment, rolloutId, state.stableRelease, release);
	return `started ${rolloutId}`;
};

/** What is queued on an idle record behind a release that may not begin is not about to begin, either. */
const forgetting = async ({ store }: Ports, state: ServiceState, reason: string): Promise<string> => {
	const transition = forgetQueued(state);
	if (transition !== null) await store.write(state.service, transition);
	return reason;
};

const keepWithoutSeat = async (
	ports: Ports,
	state: ServiceState,
	look: Look,
	release: Release,
	holders: readonly string[],
): Promise<string> => {
	const closed = withoutSeat(holders);
	const decision = hold(state, release, closed, ports.clock.nowEpochMs());
	return decision.kind === "hold" ? keep(ports, state, look, decision) : closed.reason;
};

/** Records that a gate is closed. What a person wants is held whether it was admitted before or not. */
const keep = async (ports: Ports, state: ServiceState, look: Look, decision: Hold): Promise<string> => {
	const { service } = state;
	const { held, superseded, transition } = decision;
	const isNew = !isSameRelease(state.held?.release, held.release);
	const isAutomatic = state.wanted === undefined;
	if (isNew && isAutomatic) {
		const refusal = await refusalOfSeen(ports, service, look);
		if (refusal !== null) return forgetting(ports, state, refusal);
	}
	const atEpochMs = ports.clock.nowEpochMs();
	const { release, gate, reason, opensAtEpochMs } = held;
	const said = {
		service,
		release,
		atEpochMs,
		gate,
		reason,
		...(opensAtEpochMs !== undefined && { opensAtEpochMs }),
	};
	// Said first, as in a queue. A gate that changes its mind about when it opens has closed anew.
	await ports.events.publish([
		announce("release.held.v1", said, `${release.id} ${gate} ${opensAtEpochMs ?? ""}`),
		...passedOver(service, superseded, release, atEpochMs),
	]);
	await ports.store.write(service, transition);
	if (isNew) ports.telemetry.count("ReleaseHeld", { gate });
	return `held ${release.id}: ${reason}`;
};

const queue = async (
	ports: Ports,
	{ service, phase, rolloutId = phase }: ServiceState,
	{ occasion }: Look,
	{ transition, superseded }: Pick<Extract<Admission, { kind: "queue" }>, "transition" | "superseded">,
): Promise<string> => {
	const release = transition.set.next;
	if (release === undefined) throw new RangeError("A queue without a release that waits.");
	const atEpochMs = ports.clock.nowEpochMs();
	// Whichever look says it, however far the rollout has come by then, it is the same event.
	const queued = { service, release, atEpochMs, reason: `${rolloutId} is under way` };
	// Said first: once it is written, another delivery of the push finds it waiting and says nothing.
	await ports.events.publish([
		announce("release.queued.v1", queued, `${release.id} ${rolloutId}`),
		...passedOver(service, superseded, release, atEpochMs),
	]);
	await ports.store.write(service, transition);
	countFound(ports, occasion);
	return `queued ${release.id}`;
};

const passedOver = (service: string, superseded: Release | null, by: Release, atEpochMs: number) =>
	superseded === null
		? []
		: [announce("rollout.superseded.v1", { service, release: superseded, by, atEpochMs }, superseded.id)];

/** Each one is an event that was lost, or that is slower than the sweep. */
const countFound = ({ telemetry }: Ports, occasion: Occasion): void => {
	if (occasion.kind === "sweep") telemetry.count("FoundBySweep");
};

/**
 * Says that the rollout started, and starts it. Who pushed is asked after it was admitted: whoever hears of the pusher
 * later than that finds the rollout on record and writes it there.
 */
const beginExecution = async (
	ports: Ports,
	environment: Environment,
	rolloutId: string,
	replaces: Release,
	release: Release | undefined,
): Promise<void> => {
	if (release === undefined) throw new RangeError(`Rollout ${rolloutId} was acquired without a release.`);
	const { service, epoch } = parseRolloutId(rolloutId);
	const atEpochMs = ports.clock.nowEpochMs();
	await ports.events.publish([announce("rollout.started.v1", { service, rolloutId, atEpochMs, release, replaces })]);
	await ports.executions.start(environment.ROLLOUT_MACHINE_ARN, rolloutId, { v: 1, rolloutId });
	const pushedBy = isChangeOfContent(release, replaces) ? null : await ports.ledger.pusherOf(service, release);
	await ports.store.write(service, acknowledgeStart(rolloutId, epoch, pushedBy));
};

/** What was admitted before neither waits nor ends what is under way; null where it was not. */
const refusalOfSeen = async (ports: Ports, service: string, { newest, occasion }: Look): Promise<string | null> => {
	if (typeof newest === "string" || newest.again === true) return null;
	const isSeen = await ports.ledger.hasAdmitted(service, newest.release);
	return isSeen ? refuseSeen(ports, service, newest.release, occasion) : null;
};

const refuseSeen = async (ports: Ports, service: string, release: Release, occasion: Occasion): Promise<string> => {
	const reason = `Release ${release.id} was admitted before; a release is admitted automatically once.`;
	const atEpochMs = ports.clock.nowEpochMs();
	// After the end of a rollout and on a sweep this is the normal case, and nobody asked: only a push deserves an answer.
	if (occasion.kind === "push") {
		await ports.events.publish([
			announce(
				"release.refused.v1",
				{ service, imageDigest: release.imageDigest, atEpochMs, reason },
				`${release.id}@${atEpochMs}`,
			),
		]);
		ports.telemetry.count("ReleaseRefused");
	}
	return reason;
};
