import { announce } from "../../lib/domain/announcement.ts";
import type { WorkloadTarget } from "../../lib/domain/service-definition.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { type CapturedContent, ContentNameConflictError } from "../../lib/ports/release-contents.ts";
import { InvalidWorkloadError, WorkloadsUnavailableError } from "../../lib/ports/workloads.ts";
import type { Ports } from "./ports.ts";

/** Hash of what a slot would get now besides its image; a sentence where nothing could be kept of it. */
export type LiveContent = CapturedContent | { readonly trouble: string };

const isTrouble = (error: unknown): error is Error =>
	error instanceof InvalidWorkloadError || error instanceof ContentNameConflictError;

/** Keeps what is live, on the second try if need be: a slow answer of the cluster must not cost a push the minute until it is delivered again. */
export const captured = async (
	{ contents }: Pick<Ports, "contents">,
	target: WorkloadTarget,
): Promise<CapturedContent> => {
	try {
		return await contents.capture(target);
	} catch (error) {
		if (!(error instanceof WorkloadsUnavailableError)) throw error;
		return contents.capture(target);
	}
};

/**
 * Keeps what is live in the cluster now. What a person wants does not wait for a cluster that does not answer: its
 * content is kept already, and making room for it must not take longer than it has to.
 */
export const liveContentOf = async (
	ports: Pick<Ports, "contents" | "telemetry">,
	state: ServiceState,
	target: WorkloadTarget,
	isMakingRoom: boolean,
): Promise<LiveContent> => {
	const isWanted = state.wanted !== undefined;
	if (isMakingRoom) return { trouble: "it makes room for what was asked for" };
	try {
		return await captured(ports, target);
	} catch (error) {
		if (!(error instanceof Error) || !(isTrouble(error) || isWanted)) throw error;
		const { telemetry } = ports;
		telemetry.warn("content not captured", { service: state.service, error: error.message });
		telemetry.count("ContentNotCaptured");
		return { trouble: error.message };
	}
};

/** Answers a push whose content could not be kept; the sweep goes on asking, so that mending it is enough. */
export const sayTrouble = async (
	{ events, clock, telemetry }: Pick<Ports, "events" | "clock" | "telemetry">,
	service: string,
	imageDigest: string,
	trouble: string,
): Promise<void> => {
	const atEpochMs = clock.nowEpochMs();
	const reason = trouble.slice(0, 1_000);
	await events.publish([
		announce("release.refused.v1", { service, imageDigest, atEpochMs, reason }, `${imageDigest}@${atEpochMs}`),
	]);
	telemetry.count("ReleaseRefused");
};
