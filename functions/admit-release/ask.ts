import { announce } from "../../lib/domain/announcement.ts";
import { withContent } from "../../lib/domain/content-change.ts";
import { judgeGates, noGates } from "../../lib/domain/gates.ts";
import { type Release, releaseOf } from "../../lib/domain/release.ts";
import type { ServiceDefinition, WorkloadTarget } from "../../lib/domain/service-definition.ts";
import type { ServiceState, WantedRelease } from "../../lib/domain/service-state.ts";
import {
	decideWanted,
	type Meant,
	releaseNamed,
	releasesOnRecord,
	releaseToRetry,
	releaseToRetryOf,
	type WantedDecision,
} from "../../lib/domain/wanted-release.ts";
import { InvalidDefinitionError } from "../../lib/ports/service-catalog.ts";
import { InvalidServiceError, StoreConflictError } from "../../lib/ports/service-store.ts";
import { InvalidWorkloadError, WorkloadsUnavailableError } from "../../lib/ports/workloads.ts";
import type { Invocation } from "../pipeline.ts";
import { leaveNote } from "../refusal-note.ts";
import { startAcquired } from "./act.ts";
import type { ReleaseCommand } from "./admission-event.ts";
import { admit } from "./admit.ts";
import type { Environment } from "./environment.ts";
import { captured } from "./live-content.ts";
import type { Ports } from "./ports.ts";
import { takeBack } from "./take-back.ts";

/** Earlier rollouts whose releases a person can name by their ids. */
const mostRemembered = 100;

/**
 * Does what a person asks of admission: records the release that they want, and lets admission go on from there, so that
 * whatever dies on the way is taken up again. Refusals are said aloud.
 * @returns what became of it, as a sentence for the log.
 */
export const ask = async (
	ports: Ports,
	environment: Environment,
	told: ReleaseCommand,
	invocation: Invocation,
): Promise<string> => {
	// A clock that is ahead must not make a command newer than all that people will ask for until then.
	const command = { ...told, sentAtEpochMs: Math.min(told.sentAtEpochMs, ports.clock.nowEpochMs()) };
	try {
		const { definition } = await ports.catalog.read(command.service);
		const state = await ports.store.read(command.service);
		const meant = await resolve(ports, definition, state, command);
		if ("reason" in meant) return refuse(ports, command, meant.reason);
		return await obey(ports, environment, { state, definition, release: meant.release }, command, invocation);
	} catch (error) {
		const isForGood =
			error instanceof InvalidServiceError ||
			error instanceof InvalidDefinitionError ||
			error instanceof InvalidWorkloadError;
		if (!isForGood) throw error;
		return refuse(ports, command, error.message);
	}
};

/** What a command is about, as it was found. */
interface Asked {
	readonly state: ServiceState;
	readonly definition: ServiceDefinition;
	readonly release: Release;
}

const obey = async (
	ports: Ports,
	environment: Environment,
	{ state, definition, release }: Asked,
	command: ReleaseCommand,
	invocation: Invocation,
	isSecondTry = false,
): Promise<string> => {
	const { service, by, verb, sentAtEpochMs, override = false } = command;
	const wish: WantedRelease = { release, by, verb, atEpochMs: sentAtEpochMs, ...(override && { override }) };
	const nowEpochMs = ports.clock.nowEpochMs();
	const gate = judgeGates({ gates: definition.gates ?? noGates, nowEpochMs });
	const decision = decideWanted(state, wish, nowEpochMs, gate);
	if (decision.kind === "refuse") return refuse(ports, command, decision.reason);
	invocation.ensureTimeLeft(5_000);
	if (decision.kind === "obeyed") {
		await startAcquired(ports, environment, state);
		return decision.reason;
	}
	// Said first; what is recorded already was said by an earlier delivery.
	if (decision.transition !== null) await say(ports, state, command, release, decision.becomes);
	try {
		if (decision.kind === "give-up") await giveUp(ports, service, decision);
		else if (decision.transition !== null) await ports.store.write(service, decision.transition);
	} catch (error) {
		if (!(error instanceof StoreConflictError) || isSecondTry) throw error;
		return obey(ports, environment, { state: error.current, definition, release }, command, invocation, true);
	}
	if (decision.kind === "want") return admit(ports, environment, service, { kind: "command", command }, invocation);
	if (decision.goesBack !== null) {
		const { rolloutId, explanation } = decision.goesBack;
		await takeBack(ports, environment, rolloutId, { explanation, triggeredAtEpochMs: sentAtEpochMs });
	}
	// Nobody looks at the registry now: its newest image may be the very one that was given up.
	return decision.becomes;
};

/** Gives up what waits, in the same transaction in which the ledger learns of its image; of several, one by one. */
const giveUp = async (
	{ store }: Ports,
	service: string,
	{ givesUp, transition }: Extract<WantedDecision, { kind: "give-up" }>,
): Promise<void> => {
	const [last, ...others] = givesUp;
	for (const release of others)
		await store.admit(service, release, { condition: transition.condition, set: {} }, { again: true });
	if (last === undefined) await store.write(service, transition);
	else await store.admit(service, last, transition, { again: true });
};

/** The release that a command means, which the registry must still hold; or why there is none. */
const resolve = async (
	ports: Ports,
	definition: ServiceDefinition,
	state: ServiceState,
	command: ReleaseCommand,
): Promise<{ readonly release: Release } | { readonly reason: string }> => {
	const { repositoryName, tagPattern } = definition;
	const meant = await meantBy(ports, state, command);
	if (meant === "newest") {
		const image = await ports.registry.newest(repositoryName, new RegExp(tagPattern));
		return image === null
			? { reason: `no image in ${repositoryName} has a tag that matches ${tagPattern}` }
			: { release: await withLive(ports, definition.workload, releaseOf(image.imageDigest, image.tag)) };
	}
	if (meant.kind === "refuse") return { reason: meant.reason };
	const imageDigest = meant.kind === "digest" ? meant.imageDigest : meant.release.imageDigest;
	const found = await ports.registry.find(repositoryName, imageDigest);
	if (found === null)
		return { reason: `repository ${repositoryName} holds no image ${imageDigest}; it may have expired` };
	if (meant.kind === "digest")
		return { release: await withLive(ports, definition.workload, releaseOf(imageDigest, found.tag)) };
	if (await isKept(ports, definition.workload, meant.release)) return { release: meant.release };
	// Who names an image, and not a release, gets it with what is live now.
	if (command.verb === "release" && command.release?.id === undefined)
		return { release: await withLive(ports, definition.workload, meant.release) };
	return {
		reason: `the configuration of release ${meant.release.id} is not kept any more; name its image by digest to have it with the present one`,
	};
};

const withLive = async (ports: Ports, target: WorkloadTarget, release: Release): Promise<Release> =>
	withContent(release, (await captured(ports, target)).contentHash);

/** Whether a slot can be made of it. A cluster that does not answer is no reason to refuse what may make room. */
const isKept = async ({ contents }: Ports, target: WorkloadTarget, { contentHash }: Release): Promise<boolean> => {
	if (contentHash === undefined) return true;
	try {
		return (await contents.kept(target)).includes(contentHash);
	} catch (error) {
		if (!(error instanceof WorkloadsUnavailableError)) throw error;
		return true;
	}
};

const meantBy = async (ports: Ports, state: ServiceState, command: ReleaseCommand): Promise<Meant | "newest"> => {
	const remembered = async (): Promise<readonly Release[]> => {
		const records = await ports.history.list(state.service, mostRemembered);
		const kept = records.flatMap(({ release, replaces }) => (replaces === undefined ? [release] : [release, replaces]));
		return [...releasesOnRecord(state), ...kept];
	};
	if (command.verb === "release")
		return command.release === undefined ? "newest" : releaseNamed(command.release, await remembered());
	const { rolloutId } = command;
	if (rolloutId === undefined) return releaseToRetry(state);
	const onRecord = releaseToRetryOf(state, rolloutId);
	if (onRecord !== null) return onRecord;
	const record = (await ports.history.list(state.service, mostRemembered)).find((one) => one.rolloutId === rolloutId);
	return record === undefined
		? {
				kind: "refuse",
				reason: `rollout ${rolloutId} is not known; the last one is ${state.last?.rolloutId ?? "none"}`,
			}
		: { kind: "known", release: record.release };
};

const say = async (
	ports: Ports,
	{ phase }: ServiceState,
	{ service, by, verb, sentAtEpochMs, override = false }: ReleaseCommand,
	release: Release,
	becomes: string,
): Promise<void> => {
	const atEpochMs = ports.clock.nowEpochMs();
	const asked = { service, release, atEpochMs, verb, by, override, becomes };
	// What it leads to depends on the phase, which may have changed before a repeated delivery.
	await ports.events.publish([announce("release.asked.v1", asked, `${verb}@${sentAtEpochMs} ${by} ${phase}`)]);
	ports.telemetry.count("ReleaseAsked", { verb });
};

const refuse = async (ports: Ports, { service, by, verb }: ReleaseCommand, reason: string): Promise<string> => {
	const atEpochMs = ports.clock.nowEpochMs();
	ports.telemetry.count("CommandRefused", { verb });
	await leaveNote(ports, service, { verb, by, reason, atEpochMs });
	await ports.events.publish([
		announce("command.refused.v1", { service, verb, by, atEpochMs, reason }, `${verb}@${atEpochMs}`),
	]);
	return `refused: ${reason}`;
};
