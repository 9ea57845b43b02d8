import { acknowledgeStart, decideAdmission, isMissedPush } from "../../lib/domain/admission.ts";
import { announce } from "../../lib/domain/announcement.ts";
import { isSameRelease, type Release, releaseOf } from "../../lib/domain/release.ts";
import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { Executions } from "../../lib/ports/executions.ts";
import type { ImageRegistry } from "../../lib/ports/image-registry.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import { ReleaseSeenConflictError, type ServiceStore, StoreConflictError } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { Invocation } from "../pipeline.ts";
import type { Occasion } from "./admission-event.ts";
import type { Environment } from "./environment.ts";

/** What admission needs of the world. */
export interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly registry: ImageRegistry;
	readonly executions: Executions;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

/** Time that writing, saying and starting need. */
const actMs = 5_000;

/**
 * Asks the registry for a service's newest release and begins, queues or refuses it.
 * @returns what became of it, as a sentence for the log.
 */
export const admit = async (
	ports: Ports,
	environment: Environment,
	service: string,
	occasion: Occasion,
	invocation: Invocation,
): Promise<string> => {
	const { hash, definition } = await ports.catalog.read(service);
	const image = await ports.registry.newest(definition.repositoryName, new RegExp(definition.tagPattern));
	if (image === null) return `no image in ${definition.repositoryName} has a tag that matches ${definition.tagPattern}`;
	if (occasion.kind === "sweep" && !isMissedPush(image.pushedAtEpochMs, ports.clock.nowEpochMs()))
		return `${image.imageDigest} was pushed too long ago to have been missed`;
	const release = releaseOf(image.imageDigest, image.tag);
	const state = await ports.store.read(service);
	// What is newest only because something newer was deleted must not end the window of that newer one.
	const isOlder = state.phase !== "idle" && image.pushedAtEpochMs < (state.startedAtEpochMs ?? 0);
	if (occasion.kind === "sweep" && isOlder && state.release?.imageDigest !== image.imageDigest)
		return `${image.imageDigest} is older than the rollout under way`;
	invocation.ensureTimeLeft(actMs);
	try {
		return await decideAndAct(ports, environment, state, release, hash, occasion);
	} catch (error) {
		if (!(error instanceof StoreConflictError)) throw error;
		// Somebody else wrote in between; what they wrote came with the refusal, so one more try needs no read.
		return decideAndAct(ports, environment, error.current, release, hash, occasion);
	}
};

const decideAndAct = async (
	ports: Ports,
	environment: Environment,
	state: ServiceState,
	release: Release,
	definitionHash: string,
	occasion: Occasion,
): Promise<string> => {
	const { service } = state;
	const atEpochMs = ports.clock.nowEpochMs();
	const admission = decideAdmission(state, release, definitionHash, atEpochMs);
	switch (admission.kind) {
		case "start": {
			try {
				await ports.store.admit(service, release, admission.transition);
			} catch (error) {
				if (!(error instanceof ReleaseSeenConflictError)) throw error;
				// Another delivery of the same push may have been faster; that one is no refusal.
				const now = await ports.store.read(service);
				if (isSameRelease(now.release, release)) return `${release.id} is being rolled out`;
				return refuseSeen(ports, service, release, occasion);
			}
			countFound(ports, occasion);
			await beginExecution(ports, environment, admission.rolloutId, state.stableRelease, release);
			return `started ${admission.rolloutId}`;
		}
		case "start-execution":
			await beginExecution(ports, environment, admission.rolloutId, state.stableRelease, release);
			return `started ${admission.rolloutId}`;
		case "queue": {
			const queued = announce(
				"release.queued.v1",
				{ service, release, atEpochMs, reason: `the service is ${state.phase}` },
				release.id,
			);
			const { superseded } = admission;
			const passed =
				superseded === null
					? []
					: [
							announce(
								"rollout.superseded.v1",
								{ service, release: superseded, by: release, atEpochMs },
								superseded.id,
							),
						];
			// Said first: once it is written, another delivery of the push finds it waiting and says nothing.
			await ports.events.publish([queued, ...passed]);
			await ports.store.write(service, admission.transition);
			countFound(ports, occasion);
			return `queued ${release.id}`;
		}
		case "ignore":
			return `${release.id} ignored: ${admission.reason}`;
	}
};

/** Each one is an event that was lost, or that is slower than the sweep. */
const countFound = ({ telemetry }: Ports, occasion: Occasion): void => {
	if (occasion.kind === "sweep") telemetry.count("FoundBySweep");
};

const beginExecution = async (
	ports: Ports,
	environment: Environment,
	rolloutId: string,
	replaces: Release,
	release: Release,
) => {
	const { service, epoch } = parseRolloutId(rolloutId);
	const atEpochMs = ports.clock.nowEpochMs();
	await ports.events.publish([announce("rollout.started.v1", { service, rolloutId, atEpochMs, release, replaces })]);
	await ports.executions.start(environment.ROLLOUT_MACHINE_ARN, rolloutId, { v: 1, rolloutId });
	await ports.store.write(service, acknowledgeStart(rolloutId, epoch));
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
