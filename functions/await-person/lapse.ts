import { settleQuestion } from "../../lib/domain/command-decision.ts";
import { lapsePause } from "../../lib/domain/pause.ts";
import type { Invocation } from "../pipeline.ts";
import { readRollout } from "../rollout-payload.ts";
import type { Ports } from "./ask.ts";
import type { Lapse } from "./question.ts";

/** Takes a question back that nobody has answered; says so where somebody has, even in the last moment. */
export const lapse = async (ports: Ports, { rolloutId, askedAtEpochMs }: Lapse, invocation: Invocation) => {
	const { service, epoch, state } = await readRollout(ports, rolloutId);
	if (state.answeredAtEpochMs === askedAtEpochMs) return { v: 1, kind: "answered" } as const;
	if (state.pause?.sinceEpochMs !== askedAtEpochMs) return { v: 1, kind: "lapsed" } as const;
	// An approval may have become enough since the reconciler looked last.
	const settled = settleQuestion(state, ports.clock.nowEpochMs());
	invocation.ensureTimeLeft(2_000);
	// Conditional on what was read: an answer that lands in between is found by the next try.
	const write = settled === null ? lapsePause(epoch, state.pause) : settled.write;
	if (write !== null) await ports.store.write(service, write);
	if (settled === null) return { v: 1, kind: "lapsed" } as const;
	await ports.events.publish(settled.says);
	return { v: 1, kind: "answered" } as const;
};
