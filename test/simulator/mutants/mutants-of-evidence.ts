import type { LifecycleEvent } from "../../../lib/domain/lifecycle-event.ts";
import type { LifecycleEvents } from "../../../lib/ports/lifecycle-events.ts";
import { goesBackWithin30Seconds } from "../../../simulator/checkers/goes-back-within-30-seconds.ts";
import { lifecycleInOrder } from "../../../simulator/checkers/lifecycle-in-order.ts";
import { noRollbackWithoutReason } from "../../../simulator/checkers/no-rollback-without-reason.ts";
import { nothingPromotedWithoutEvidence } from "../../../simulator/checkers/nothing-promoted-without-evidence.ts";
import { scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import { startEpochMs } from "../../../simulator/system/make-system.ts";
import { type CodeBreak, withAnswer, withPorts } from "./code-break.ts";
import type { Mutant } from "./mutant.ts";

/** Says each event as if it were a new one. */
const neverTheSame = (events: LifecycleEvents): LifecycleEvents => ({
	publish: (said) =>
		events.publish(said.map((event): LifecycleEvent => ({ ...event, id: `${event.id}@${event.detail.atEpochMs}` }))),
});

/** Says of every judgement that it was one of harm. */
const cryingWolf = (events: LifecycleEvents): LifecycleEvents => ({
	publish: (said) =>
		events.publish(
			said.map((event) =>
				event.kind === "rollout.judged.v1" ? { ...event, detail: { ...event.detail, verdict: "roll-back" } } : event,
			),
		),
});

/** Answers that there is nothing to do. */
const idle: CodeBreak = (code) => ({
	...code,
	makeHandler: () => async () => ({ v: 1, kind: "over" }),
});

/** Breaks of what is concluded, and of what is said of it. */
export const mutantsOfEvidence: readonly Mutant[] = [
	{
		what: "a verdict that lets every step pass at once",
		caughtBy: nothingPromotedWithoutEvidence,
		scenario: scenarioOf("good-image"),
		code: {
			"watch-canary": withAnswer((answer, { mode }) => (mode === "trial" ? { ...answer, kind: "pass" } : answer)),
		},
	},
	{
		what: "a window that ends with its first look",
		caughtBy: nothingPromotedWithoutEvidence,
		scenario: scenarioOf("good-image"),
		code: {
			"watch-canary": withAnswer((answer, { mode }) => (mode === "window" ? { ...answer, kind: "close" } : answer)),
			"close-rollout": withPorts(({ store }) => ({
				store: {
					...store,
					read: async (service) => {
						const state = await store.read(service);
						return state.phase === "window" ? { ...state, windowEndsAtEpochMs: startEpochMs } : state;
					},
				},
			})),
		},
	},
	{
		what: "a watch that finds harm in a healthy release",
		caughtBy: noRollbackWithoutReason,
		scenario: scenarioOf("good-image"),
		code: {
			"watch-canary": withAnswer((answer) => ({
				...answer,
				kind: "roll-back",
				cause: { kind: "verdict", explanation: "somehow", triggeredAtEpochMs: startEpochMs },
			})),
		},
		limitSeconds: 1_800,
	},
	{
		what: "a verdict of harm that a machine holds and that is not acted upon",
		caughtBy: goesBackWithin30Seconds,
		scenario: scenarioOf("bad-image"),
		code: { "roll-back": idle },
		limitSeconds: 1_800,
	},
	{
		what: "a verdict of harm that is said and does not come true",
		caughtBy: lifecycleInOrder,
		says: "harm was said to be found",
		scenario: scenarioOf("good-image"),
		code: { "watch-canary": withPorts(({ events }) => ({ events: cryingWolf(events) })) },
	},
	{
		what: "a plan that leaves a step out",
		caughtBy: nothingPromotedWithoutEvidence,
		says: "50 % had been served for 0 s",
		scenario: scenarioOf("good-image"),
		code: {
			"plan-step": withAnswer((answer) => (answer.nextStepIndex === 2 ? { ...answer, nextStepIndex: 3 } : answer)),
		},
	},
	{
		what: "shifts that nobody is told of",
		caughtBy: lifecycleInOrder,
		scenario: scenarioOf("good-image"),
		code: { "shift-traffic": withPorts(() => ({ events: { publish: async () => {} } })) },
	},
	{
		what: "a promotion that nobody is told of",
		caughtBy: lifecycleInOrder,
		scenario: scenarioOf("good-image"),
		code: { "promote-canary": withPorts(() => ({ events: { publish: async () => {} } })) },
	},
	{
		what: "a promotion that is said under another id when it is said again",
		caughtBy: lifecycleInOrder,
		scenario: scenarioOf("good-image"),
		code: { "promote-canary": withPorts(({ events }) => ({ events: neverTheSame(events) })) },
		fault: "crashed-after @ rollout/PromoteCanary promote-canary events:PutEvents #1",
	},
];
