import { lapsePause } from "../../lib/domain/pause.ts";
import type { Invocation } from "../pipeline.ts";
import { readRollout } from "../rollout-payload.ts";
import type { Ports } from "./ask.ts";
import type { Lapse } from "./question.ts";

/** Takes a question back that nobody has answered; says so where somebody has, even in the last moment. */
export const lapse = async (ports: Ports, { rolloutId, askedAtEpochMs }: Lapse, invocation: Invocation) => {
	const { service, epoch, state } = await readRollout(ports, rolloutId);
	if (state.answeredAtEpochMs === askedAtEpochMs) return { v: 1, kind: "answered" } as const;
	if (state.pause?.sinceEpochMs === askedAtEpochMs) {
		invocation.ensureTimeLeft(2_000);
		// Conditional on what was read: an answer that lands in between is found by the next try.
		await ports.store.write(service, lapsePause(epoch, state.pause));
	}
	return { v: 1, kind: "lapsed" } as const;
};
