import { announce } from "../../lib/domain/announcement.ts";
import type { Evidence } from "../../lib/domain/evidence.ts";
import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import { explanationOf } from "../../lib/domain/verdict.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { type Decision, look, type Ports, type Watch } from "./look.ts";
import { WatchInput } from "./watch-input.ts";

/**
 * Watches a step for up to a minute and answers the moment something is known, or the epoch has moved (D7).
 * In the window it takes one short look.
 */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const watch = parseEvent(WatchInput, event);
		const { decision, evidence } = await look(ports, watch, invocation);
		await report(ports, watch, decision);
		return conclude(watch, decision, evidence, ports.clock.nowEpochMs());
	});

/** Decisions that send traffic back, and what is recorded as the rollback's cause. */
const causeOf = { "roll-back": "verdict", alarm: "alarm", "foreign-edit": "external-writer" } as const;

/**
 * Harm is only answered. Whoever died right after telling it would look again, and a canary that is well again by then
 * stays: the world would have been told what never became true. The rollback says it, once it is on record.
 */
const report = async (ports: Ports, watch: Watch, decision: Decision): Promise<void> => {
	if (decision.kind === "keep-watching" || decision.kind === "moved") return;
	if (decision.kind in causeOf) {
		ports.telemetry.info("canary to go back", { rolloutId: watch.rolloutId, ...decision });
		return;
	}
	const { service } = parseRolloutId(watch.rolloutId);
	const { weightPercent } = watch.step;
	const judged = {
		service,
		rolloutId: watch.rolloutId,
		atEpochMs: ports.clock.nowEpochMs(),
		verdict: decision.kind,
		weightPercent,
		reasons: [...decision.reasons],
	};
	// Rounds begin anew after a pause; the moment of the beginning tells its judgements from the earlier ones.
	const occasion = `${watch.mode}-${weightPercent}-${watch.startEpochMs}-${watch.round}-${decision.kind}`;
	await ports.events.publish([announce("rollout.judged.v1", judged, occasion)]);
};

/** The machine routes on `kind`; whatever it hands on to the next state is beside it. */
const conclude = (watch: Watch, decision: Decision, evidence: Evidence, nowEpochMs: number) => {
	const round = watch.round + 1;
	const explanation = explanationOf(decision.reasons) || "nothing was seen yet";
	switch (decision.kind) {
		case "roll-back":
		case "alarm":
		case "foreign-edit": {
			const cause = { kind: causeOf[decision.kind], explanation, triggeredAtEpochMs: nowEpochMs };
			return { v: 1, kind: "roll-back", round, evidence, cause } as const;
		}
		case "pause":
			return { v: 1, kind: "pause", round, evidence, reason: decision.reason, explanation } as const;
		case "lowered":
			// A machine of version 1 does not know this answer: there a person decides, as for any other hand.
			return watch.v === 1
				? ({ v: 1, kind: "pause", round, evidence, reason: "external-writer", explanation } as const)
				: ({ v: 1, kind: "lowered", round, evidence, explanation } as const);
		case "keep-watching": {
			// A child execution stays far from the limit of events: after so many rounds another one goes on. Beside a
			// question nobody begins one for a machine of version 1, so there it goes on as far as it can.
			const isHandedOver = round % roundsPerExecution === 0 && (watch.v > 1 || watch.mode !== "pause");
			return { v: 1, kind: isHandedOver ? "hand-over" : "keep-watching", round, evidence } as const;
		}
		default:
			return { v: 1, kind: decision.kind, round, evidence } as const;
	}
};

/** Some sixteen events each, of 25,000. */
const roundsPerExecution = 500;
