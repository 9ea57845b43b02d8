import * as z from "zod/mini";
import { rolloutPayload } from "../rollout-payload.ts";

const count = z.number().check(z.nonnegative());
const Counts = z.object({ requests: count, errors: count, slow: count, unanswered: z.optional(z.number()) });

/** Evidence as it travels through the state machine; bounded, so that payloads stay far below 256 KiB. */
const EvidencePayload = z.object({
	watermarkEpochMs: z.int(),
	settledBuckets: count,
	missingBuckets: count,
	recent: z
		.array(z.object({ startEpochMs: z.int(), stable: z.nullable(Counts), canary: z.nullable(Counts) }))
		.check(z.maxLength(400)),
	total: z.object({ stable: Counts, canary: Counts }),
	targets: z.optional(
		z.object({
			mostHealthy: count,
			failingSinceEpochMs: z.nullable(z.int()),
			emptySinceEpochMs: z.nullable(z.int()),
		}),
	),
});

/** What a watch is about: a baking step, the window after the last one, or a canary whose rollout waits for a person. */
export const WatchInput = z.object({
	...rolloutPayload,
	mode: z.enum(["trial", "window", "pause"]),
	step: z.object({
		weightPercent: z.number().check(z.minimum(0), z.maximum(100)),
		judgedBy: z.enum(["comparison", "guardrails"]),
		minBakeSeconds: count,
		maxBakeSeconds: count,
		approval: z.nullable(z.object({ approvers: z.array(z.string()), expiresSeconds: count })),
	}),
	startEpochMs: z.int(),
	round: z.int().check(z.minimum(0), z.maximum(1_000_000)),
	evidence: z.nullable(EvidencePayload),
	/** Pods that the canary should have, as the cluster was asked just before; absent or null where that is not known. */
	wantedReplicas: z.optional(z.nullable(count)),
});
