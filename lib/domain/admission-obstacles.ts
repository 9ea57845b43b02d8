import { decideAdmission } from "./admission.ts";
import { endsWindow } from "./closing.ts";
import { type GateState, judgeGates, noGates } from "./gates.ts";
import { instantText } from "./instant-text.ts";
import { isSameRelease, type Release } from "./release.ts";
import type { Circumstances, Obstacle } from "./release-obstacles.ts";
import { releaseText } from "./release-text.ts";
import { withoutSeat } from "./seats.ts";
import type { OnNewPush } from "./service-definition.ts";
import { type Phase, revertiblePhases, type ServiceState } from "./service-state.ts";
import { decideWanted } from "./wanted-release.ts";

/** Stands for an image that nobody has pushed yet. */
const nextPush: Release = { id: "", imageDigest: "" };

const doing: Readonly<Record<Exclude<Phase, "idle">, string>> = {
	preparing: "is getting ready",
	trial: "is on trial",
	window: "is in its window",
	closing: "is closing",
	"rolling-back": "is rolling back",
};

const withStop = (reason: string): string => `${reason.replace(/\.$/, "")}.`;

const gateOf = ({ definition, nowEpochMs }: Circumstances): GateState =>
	judgeGates({ gates: definition.gates ?? noGates, nowEpochMs });

/** What a push does to the rollout under way. */
const onPush = ({ phase, pause }: ServiceState, onNewPush: OnNewPush): string => {
	if (phase === "window" && endsWindow(onNewPush)) return "; a push ends its window at the next look";
	if (onNewPush === "supersede" && revertiblePhases.includes(phase)) return "; a push takes its place";
	return pause === undefined ? "" : `, and that waits for a person (${pause.reason})`;
};

const ofBusyService = ({ state, release, pinnedOnNewPush }: Circumstances): readonly Obstacle[] => {
	const { phase, rolloutId = "a rollout", next } = state;
	if (phase === "idle") return [];
	const replaced =
		next === undefined || isSameRelease(next, release ?? nextPush)
			? ""
			: ` It would take the place of ${releaseText(next)} in the queue.`;
	return [{ effect: "waits", reason: `${rolloutId} ${doing[phase]}${onPush(state, pinnedOnNewPush)}.${replaced}` }];
};

const ofGates = (circumstances: Circumstances): readonly Obstacle[] => {
	const gate = gateOf(circumstances);
	if (gate.kind === "open") return [];
	const opens = gate.opensAtEpochMs === undefined ? "" : ` It opens ${instantText(gate.opensAtEpochMs)}.`;
	return [{ effect: "waits", reason: `${withStop(gate.reason)}${opens}` }];
};

/** The seat of the rollout that has to end first is free by then. */
const ofSeats = ({ state, definition, seatHolders }: Circumstances): readonly Obstacle[] => {
	const limit = definition.maxConcurrentTrials;
	const others = seatHolders.filter((holder) => holder !== state.rolloutId);
	if (limit === undefined || others.length < limit) return [];
	return [{ effect: "waits", reason: `It waits for a seat. ${withoutSeat(others).reason}` }];
};

const ofWish = ({ state, release }: Circumstances): readonly Obstacle[] => {
	const { wanted, held, next, phase } = state;
	const isOther = (waiting: Release | undefined): waiting is Release =>
		waiting !== undefined && !isSameRelease(waiting, release ?? nextPush);
	if (wanted !== undefined && isOther(wanted.release))
		return [{ effect: "waits", reason: `${releaseText(wanted.release)}, which ${wanted.by} asked for, goes first.` }];
	// Behind a rollout the queue is told of with that.
	if (phase === "idle" && isOther(next))
		return [{ effect: "goes-on", reason: `It would take the place of ${releaseText(next)}, which is about to begin.` }];
	return held !== undefined && isOther(held.release)
		? [{ effect: "goes-on", reason: `It would take the place of ${releaseText(held.release)}, which is held.` }]
		: [];
};

/** What a person who names it gets; the words are those in which admission would answer. */
const byCommand = (circumstances: Circumstances, release: Release): string => {
	const { state, nowEpochMs } = circumstances;
	const wish = { release, by: "whoever asks", atEpochMs: nowEpochMs };
	const decision = decideWanted(state, wish, nowEpochMs, gateOf(circumstances));
	const command = `\`sluice release ${state.service} --id ${release.id}\``;
	return decision.kind === "want" || decision.kind === "give-up"
		? `${command} rolls it out: ${withStop(decision.becomes)}`
		: `${command} would be refused: ${withStop(decision.reason)}`;
};

/** An image is admitted by itself once; what is new beside it goes out with the image that serves or is on trial. */
const ofSeenImage = (circumstances: Circumstances, release: Release): readonly Obstacle[] => {
	const { history } = circumstances;
	const before = history.find((record) => record.release.imageDigest === release.imageDigest);
	const ended = before === undefined ? "" : ` (${before.rolloutId} ended ${before.outcome})`;
	const name = releaseText(release);
	return [
		{
			effect: "refused",
			reason: `The image of ${name} was admitted before${ended}: a push of it starts nothing. Configuration that has changed since goes out by itself, but with the image that serves or is on trial. ${byCommand(circumstances, release)}`,
		},
	];
};

/** What admission would do with a release now: the same functions decide as for a push, and as for a command. */
export const ofAdmission = (circumstances: Circumstances): readonly Obstacle[] => {
	const { state, release, isAdmitted, nowEpochMs, pinnedOnNewPush } = circumstances;
	const offer = { release: release ?? nextPush };
	const terms = { definitionHash: "", nowEpochMs, gate: gateOf(circumstances), onNewPush: pinnedOnNewPush };
	const { wanted: _, ...withoutWish } = state;
	const admission = decideAdmission(withoutWish, offer, terms);
	const waits = [
		...ofBusyService(circumstances),
		...ofWish(circumstances),
		...ofGates(circumstances),
		...ofSeats(circumstances),
	];
	switch (admission.kind) {
		case "ignore":
		case "forget":
		case "start-execution":
			return release === null || isHeldOrQueued(state, release) ? waits : [...sameAlready(state, release), ...waits];
		case "start":
		case "hold":
		case "queue":
		case "supersede":
			return release !== null && isAdmitted ? [...ofSeenImage(circumstances, release), ...waits] : waits;
	}
};

/** It was heard of, and waits for what is said beside. */
const isHeldOrQueued = ({ held, next }: ServiceState, release: Release): boolean =>
	isSameRelease(held?.release, release) || isSameRelease(next, release);

const sameAlready = (state: ServiceState, release: Release): readonly Obstacle[] => {
	const name = releaseText(release);
	const reason =
		state.phase === "idle"
			? `${name} already serves everybody.`
			: `${name} is on trial already, as ${state.rolloutId ?? "a rollout"}.`;
	return [{ effect: "refused", reason }];
};
