import { announce } from "../../lib/domain/announcement.ts";
import type { LifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import type { RollbackCauseKind, ServiceState } from "../../lib/domain/service-state.ts";
import { reasonsIn } from "../../lib/domain/verdict.ts";

/** Causes that are a judgement of Sluice's own, by the name that it is told under. Alarms and people judge for themselves. */
const verdicts: Partial<Readonly<Record<RollbackCauseKind, string>>> = {
	verdict: "roll-back",
	"external-writer": "foreign-edit",
};

/** The judgement that has sent traffic back, as the record has it: told only now that nobody can take it back. */
export const judgement = ({ service, rolloutId = "", weightPercent, rollback }: ServiceState): LifecycleEvent[] => {
	const verdict = rollback === undefined ? undefined : verdicts[rollback.kind];
	if (rollback === undefined || verdict === undefined) return [];
	const { triggeredAtEpochMs: atEpochMs, explanation } = rollback;
	const reasons = reasonsIn(explanation).slice(0, 20);
	return [announce("rollout.judged.v1", { service, rolloutId, atEpochMs, verdict, weightPercent, reasons }, verdict)];
};
