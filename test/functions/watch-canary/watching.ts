import type { FunctionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload } from "../rollout-journey.ts";

/** What a look answers, as far as the machine hands it on. */
export interface LookAnswer {
	readonly kind: string;
	readonly round: number;
	readonly evidence: { readonly settledBuckets: number; readonly missingBuckets: number; readonly total: object };
	readonly reason?: string;
	readonly explanation?: string;
	readonly cause?: { readonly kind: string; readonly explanation: string };
}

export const comparisonStep = {
	weightPercent: 25,
	judgedBy: "comparison",
	minBakeSeconds: 60,
	maxBakeSeconds: 300,
	approval: null,
} as const;

export const windowStep = {
	weightPercent: 100,
	judgedBy: "guardrails",
	minBakeSeconds: 0,
	maxBakeSeconds: 0,
	approval: null,
} as const;

/** The payload of a first look at a step that began now, and what a test says of it. */
export const watchPayload = (stage: FunctionStage, fields: object = {}): object =>
	payload({
		mode: "trial",
		step: comparisonStep,
		startEpochMs: stage.clock.nowEpochMs(),
		round: 0,
		evidence: null,
		...fields,
	});

/** One invocation, with as much time as the deployed function has. */
export const lookOnce = async (
	stage: FunctionStage,
	event: object,
	remainingMs = 75_000,
	ports = stage.ports,
): Promise<LookAnswer> => (await stage.run(handlersOf(ports).watchCanary, event, remainingMs)) as LookAnswer;

/** Invokes as the watch machine does, until something is known. */
export const watch = async (stage: FunctionStage, first: object, remainingMs = 75_000): Promise<LookAnswer> => {
	let event = first;
	for (let invocation = 0; invocation < 200; invocation++) {
		const answer = await lookOnce(stage, event, remainingMs);
		if (answer.kind !== "keep-watching") return answer;
		event = { ...event, round: answer.round, evidence: answer.evidence };
		await stage.pass("mode" in event && event.mode === "window" ? 60 : 0.1);
	}
	throw new RangeError("Nothing became known.");
};
