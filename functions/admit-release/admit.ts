import { decideAdmission, isMissedPush, type Offer, wishMakingRoom } from "../../lib/domain/admission.ts";
import { firstLook, isOtherImage, liveReleaseOf } from "../../lib/domain/content-change.ts";
import { type GateState, judgeGates, noGates } from "../../lib/domain/gates.ts";
import { isSameRelease, releaseOf } from "../../lib/domain/release.ts";
import type { OnNewPush, ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { CatalogEntry } from "../../lib/ports/service-catalog.ts";
import { StoreConflictError, StoreUnavailableError } from "../../lib/ports/service-store.ts";
import type { Invocation } from "../pipeline.ts";
import { act } from "./act.ts";
import type { Occasion } from "./admission-event.ts";
import type { Environment } from "./environment.ts";
import { type LiveContent, liveContentOf, sayTrouble } from "./live-content.ts";
import { lookForDrift } from "./look-for-drift.ts";
import type { Ports } from "./ports.ts";

/** Time that writing, saying and starting need. */
const actMs = 5_000;

/** One look at one service: what is declared now, what the registry has, and why anybody looks. */
export interface Look {
	readonly entry: CatalogEntry;
	/** What the registry offers; a sentence where it offers nothing. */
	readonly newest: Offer | string;
	/** What a slot would get now besides its image. */
	readonly live: LiveContent;
	readonly occasion: Occasion;
}

/**
 * Looks at what a person wants of a service and at the registry's newest release, and begins, queues, holds or refuses it.
 * @returns what became of it, as a sentence for the log.
 */
export const admit = async (
	ports: Ports,
	environment: Environment,
	service: string,
	occasion: Occasion,
	invocation: Invocation,
): Promise<string> => {
	const entry = await ports.catalog.read(service);
	const newest = await newestOffer(ports, entry.definition);
	const state = await ports.store.read(service);
	const isMakingRoom = wishMakingRoom(state, gateOf(entry.definition, ports.clock.nowEpochMs())) !== null;
	const live = await liveContentOf(ports, state, entry.definition.workload, isMakingRoom);
	const look: Look = { entry, newest, live, occasion };
	invocation.ensureTimeLeft(actMs);
	const became = await decideTwice(ports, environment, state, look, invocation);
	if (occasion.kind === "sweep") await lookForDrift(ports, entry.definition, state, live, invocation);
	return became;
};

/** Decides once more where somebody else came in between. */
const decideTwice = async (
	ports: Ports,
	environment: Environment,
	state: ServiceState,
	look: Look,
	invocation: Invocation,
): Promise<string> => {
	try {
		return await decideAndAct(ports, environment, state, look);
	} catch (error) {
		// Somebody else wrote in between; what they wrote came with the refusal, so one more try needs no read.
		if (error instanceof StoreConflictError) return decideAndAct(ports, environment, error.current, look);
		const isCrowded = error instanceof StoreUnavailableError && look.entry.definition.maxConcurrentTrials !== undefined;
		if (!isCrowded) throw error;
		// All admissions of an environment with a limit write one item, and DynamoDB refuses who meets another one there.
		await ports.clock.sleep(leastWaitMs + (ports.clock.nowEpochMs() % spreadMs));
		invocation.ensureTimeLeft(actMs);
		return decideAndAct(ports, environment, await ports.store.read(state.service), look);
	}
};

const gateOf = ({ gates = noGates }: ServiceDefinition, nowEpochMs: number): GateState =>
	judgeGates({ gates, nowEpochMs });

/** The milliseconds of now are as good as chance: those who met once do not meet again. */
const leastWaitMs = 100;
const spreadMs = 400;

/** What the registry offers: its newest image whose tag matches. */
const newestOffer = async (
	ports: Ports,
	{ repositoryName, tagPattern }: ServiceDefinition,
): Promise<Offer | string> => {
	const image = await ports.registry.newest(repositoryName, new RegExp(tagPattern));
	if (image === null) return `no image in ${repositoryName} has a tag that matches ${tagPattern}`;
	const { imageDigest, tag, pushedAtEpochMs } = image;
	return { release: releaseOf(imageDigest, tag), pushedAtEpochMs };
};

const decideAndAct = async (
	ports: Ports,
	environment: Environment,
	read: ServiceState,
	look: Look,
): Promise<string> => {
	const { hash, definition } = look.entry;
	const nowEpochMs = ports.clock.nowEpochMs();
	const state = await afterFirstLook(ports, read, look);
	const offer = await offerFor(ports, state, look, nowEpochMs);
	// What cannot be looked at now may still be there; whatever else is not offered any more waits no more.
	const isWaiting = state.held !== undefined || (state.phase === "idle" && state.next !== undefined);
	const isStillThere = !isWaiting || "trouble" in look.live;
	if (typeof offer === "string" && state.wanted === undefined && isStillThere) return offer;
	const newest = typeof offer === "string" ? null : offer;
	const admission = decideAdmission(state, newest, {
		definitionHash: hash,
		nowEpochMs,
		gate: gateOf(definition, nowEpochMs),
		...("contentHash" in look.live && { liveContentHash: look.live.contentHash }),
		onNewPush: await onNewPushOf(ports, state, newest),
	});
	return act(ports, environment, state, { ...look, newest: offer }, admission);
};

/** What was released before contents were kept is looked at once, and nothing follows from that. */
const afterFirstLook = async (ports: Ports, state: ServiceState, { live }: Look): Promise<ServiceState> => {
	const transition = "contentHash" in live ? firstLook(state, live.contentHash) : null;
	return transition === null ? state : ports.store.write(state.service, transition);
};

/** What of registry and cluster counts on this occasion; a sentence where nothing does. */
const offerFor = async (ports: Ports, state: ServiceState, look: Look, nowEpochMs: number): Promise<Offer | string> => {
	const { newest, live, occasion } = look;
	if (typeof newest === "string") return newest;
	const isOther = isOtherImage(state, newest.release);
	if ("trouble" in live) {
		// What a person wants goes before it and is said; the push is found again once that is done.
		if (isOther && occasion.kind === "push" && state.wanted === undefined)
			await sayTrouble(ports, state.service, newest.release.imageDigest, live.trouble);
		return live.trouble;
	}
	const passedOver = isOther && occasion.kind === "sweep" ? whyPassedOver(state, newest, nowEpochMs) : null;
	const wasAdmitted =
		isOther && (passedOver !== null || (await ports.ledger.hasAdmitted(state.service, newest.release)));
	const { release, change } = liveReleaseOf(state, newest.release, live.contentHash, wasAdmitted);
	if (change === "content") {
		// Whoever edits and pushes at once means one release: what was pushed before the edit was seen must be seen, too.
		const later = await newestOffer(ports, look.entry.definition);
		const isPushed = typeof later !== "string" && later.release.imageDigest !== newest.release.imageDigest;
		// Its image was admitted before; what is new about it is not the image.
		return isPushed ? offerFor(ports, state, { ...look, newest: later }, nowEpochMs) : { release, again: true };
	}
	return passedOver ?? { ...newest, release };
};

/** Why an image that nobody told of is not rolled out by itself; null where it is. */
const whyPassedOver = (state: ServiceState, newest: Offer, nowEpochMs: number): string | null => {
	const { release, pushedAtEpochMs = 0 } = newest;
	const isKnown = [state.held?.release, state.next].some((waiting) => waiting?.imageDigest === release.imageDigest);
	if (!isKnown && !isMissedPush(pushedAtEpochMs, nowEpochMs))
		return `${release.imageDigest} was pushed too long ago to have been missed`;
	// What is newest only because something newer was deleted must not end the window of that newer one.
	const isOlder = state.phase !== "idle" && pushedAtEpochMs < (state.startedAtEpochMs ?? 0);
	return isOlder && state.release?.imageDigest !== release.imageDigest
		? `${release.imageDigest} is older than the rollout under way`
		: null;
};

/** A rollout does what the definition says that it pinned; only where a push could matter to it is that one read. */
const onNewPushOf = async (ports: Ports, state: ServiceState, newest: Offer | null): Promise<OnNewPush> => {
	const { phase, release, definitionHash, service } = state;
	const isInTrial = phase === "preparing" || phase === "trial";
	if (!isInTrial || definitionHash === undefined || newest === null || isSameRelease(release, newest.release))
		return "wait";
	return (await ports.catalog.readPinned(service, definitionHash)).onNewPush;
};
