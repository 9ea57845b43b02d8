import { describe, expect, it } from "vitest";
import { type AdmissionTerms, decideAdmission } from "../../lib/domain/admission.ts";
import { type RedTurn, reactToAlarm } from "../../lib/domain/alarm-reaction.ts";
import { rolloutVerbs } from "../../lib/domain/command.ts";
import { decideCommand } from "../../lib/domain/command-decision.ts";
import { type Driver, reconcile } from "../../lib/domain/reconciliation.ts";
import { beginRollback, continueRollback } from "../../lib/domain/rollback.ts";
import { rolloutIdOf } from "../../lib/domain/rollout-id.ts";
import { type Phase, revertiblePhases, type ServiceState } from "../../lib/domain/service-state.ts";
import { satisfies } from "../../lib/domain/transition.ts";
import { admittedAtEpochMs, exposedAtEpochMs, release } from "./builders.ts";
import { exceptions } from "./exceptions.ts";
import { askedAtEpochMs, explore, lastRolloutEpoch } from "./reachable-states.ts";

const { states } = explore();

const isRevertible = ({ phase }: ServiceState): boolean => revertiblePhases.includes(phase);
const kindsOf = (decisions: readonly { readonly kind: string }[]): readonly string[] =>
	[...new Set(decisions.map(({ kind }) => kind))].sort();

describe("every alarm in every state", () => {
	const times = [exposedAtEpochMs - 1, exposedAtEpochMs, exposedAtEpochMs + 1_000_000];
	const turns: readonly RedTurn[] = ["old", "new"].flatMap((alarmName) =>
		times.flatMap((turnedRedAtEpochMs) =>
			[null, turnedRedAtEpochMs - 299_999, turnedRedAtEpochMs - 300_000].map((okSinceEpochMs) => ({
				alarmName,
				turnedRedAtEpochMs,
				okSinceEpochMs,
			})),
		),
	);
	const cases = states.flatMap((state) => turns.map((turn) => ({ state, turn, reaction: reactToAlarm(state, turn) })));

	it("given all of them, each is answered, and every answer occurs", () => {
		expect(kindsOf(cases.map(({ reaction }) => reaction))).toEqual(["ignore", "join", "page", "roll-back"]);
	});

	it("given all of them, it rolls back exactly in trial and window, after exposure, unless red before and not re-armed", () => {
		const should = (state: ServiceState, turn: RedTurn): boolean =>
			(state.phase === "trial" || state.phase === "window") &&
			turn.turnedRedAtEpochMs >= (state.exposedAtEpochMs ?? Infinity) &&
			(!(turn.alarmName in state.redAlarms) ||
				(turn.okSinceEpochMs !== null && turn.okSinceEpochMs <= turn.turnedRedAtEpochMs - 300_000));

		expect(
			exceptions(cases, ({ state, turn, reaction }) => (reaction.kind === "roll-back") === should(state, turn)),
		).toEqual([]);
	});

	it("given all of them, closing always pages, and a rollback under way is always joined", () => {
		expect(
			exceptions(
				cases,
				({ state, reaction }) =>
					(state.phase === "closing") === (reaction.kind === "page") &&
					(state.phase === "rolling-back") === (reaction.kind === "join"),
			),
		).toEqual([]);
	});

	it("given a decision to roll back, the write that follows is possible", () => {
		const rolledBack = cases.flatMap(({ state, reaction }) =>
			reaction.kind === "roll-back" ? [{ state, rolloutId: reaction.rolloutId }] : [],
		);

		expect(exceptions(rolledBack, ({ state, rolloutId }) => canBegin(state, rolloutId))).toEqual([]);
	});
});

const cause = { kind: "person", explanation: "", triggeredAtEpochMs: 1 } as const;
const canBegin = (state: ServiceState, rolloutId: string): boolean =>
	satisfies(state, beginRollback(rolloutId, cause, "execution-a", 2).condition);

describe("every rollback in every state", () => {
	const ids = Array.from({ length: lastRolloutEpoch + 2 }, (_, index) => rolloutIdOf("checkout", index + 1));
	const cases = states.flatMap((state) => ids.map((rolloutId) => ({ state, rolloutId })));

	it("given all of them, it begins exactly for the present rollout in preparing, trial and window", () => {
		expect(
			exceptions(
				cases,
				({ state, rolloutId }) => canBegin(state, rolloutId) === (isRevertible(state) && state.rolloutId === rolloutId),
			),
		).toEqual([]);
	});

	it("given one that cannot begin, says what it is: its own, another's, over, or past the point of no return", () => {
		const refused = cases
			.filter(({ state, rolloutId }) => !canBegin(state, rolloutId))
			.flatMap((one) => ["execution-a", "execution-b"].map((executionArn) => ({ ...one, executionArn })));
		const answer = ({ state, rolloutId, executionArn }: (typeof refused)[number]): string =>
			continueRollback(state, rolloutId, executionArn).kind;

		expect(kindsOf(refused.map((one) => ({ kind: answer(one) })))).toEqual(["join", "over", "own", "page"]);
		expect(
			exceptions(refused, (one) => {
				const { state, rolloutId, executionArn } = one;
				if (state.rolloutId !== rolloutId) return answer(one) === "over";
				if (state.phase === "closing") return answer(one) === "page";
				return answer(one) === (state.rollback?.executionArn === executionArn ? "own" : "join");
			}),
		).toEqual([]);
	});
});

describe("every command in every state", () => {
	const cases = states.flatMap((state) =>
		rolloutVerbs.flatMap((verb) =>
			["ana", "eve"].flatMap((by) =>
				["checkout-1", "checkout-3"].flatMap((rolloutId) =>
					[askedAtEpochMs - 1_000, askedAtEpochMs].map((sentAtEpochMs) => {
						const command = { id: "1", service: "checkout", rolloutId, verb, by, sentAtEpochMs };
						return { state, command, decision: decideCommand(state, command, askedAtEpochMs) };
					}),
				),
			),
		),
	);

	it("given all of them, each is answered, and every answer occurs", () => {
		expect(kindsOf(cases.map(({ decision }) => decision))).toEqual(["obey", "refuse", "roll-back"]);
	});

	it("given all of them, abort rolls back the present rollout where that is possible or done already, and nothing else does", () => {
		const mayAbort = (state: ServiceState, rolloutId: string): boolean =>
			canBegin(state, rolloutId) || (state.phase === "rolling-back" && state.rolloutId === rolloutId);

		expect(
			exceptions(
				cases,
				({ state, command, decision }) =>
					(decision.kind === "roll-back") === (command.verb === "abort" && mayAbort(state, command.rolloutId)),
			),
		).toEqual([]);
	});

	it("given all of them, only the right verb of the right person, in time, answers what the present rollout waits for", () => {
		const should = (one: (typeof cases)[number]): boolean => {
			const { rolloutId, pause, askedBy } = one.state;
			if (pause === undefined || rolloutId !== one.command.rolloutId || !isRevertible(one.state)) return false;
			// Who promotes means whatever stands in the way, asked a moment ago or just now.
			if (one.command.verb === "promote") return pause.reason !== "approval";
			if (one.command.sentAtEpochMs < askedAtEpochMs) return false;
			return pause.reason === "approval"
				? // As long as nobody is known to have asked for the release, one approval alone may be the pusher's own.
					one.command.verb === "approve" && one.command.by === "ana" && askedBy !== undefined
				: one.command.verb === "resume";
		};

		expect(
			exceptions(cases, ({ decision, ...one }) => {
				const isAnswer = decision.kind === "obey" && decision.final !== null;
				return isAnswer === should({ decision, ...one });
			}),
		).toEqual([]);
	});
});

describe("every release in every state", () => {
	const terms: AdmissionTerms = {
		definitionHash: "hash",
		nowEpochMs: admittedAtEpochMs,
		gate: { kind: "open" },
		onNewPush: "close-window",
	};
	const cases = states.flatMap((state) =>
		["a", "b", "c", "d"].map((digit) => {
			const pushed = release(digit);
			return { state, pushed, admission: decideAdmission(state, { release: pushed }, terms) };
		}),
	);

	it("given all of them, each is answered, and every answer occurs", () => {
		expect(kindsOf(cases.map(({ admission }) => admission))).toEqual([
			"forget",
			"ignore",
			"queue",
			"start",
			"start-execution",
		]);
	});

	it("given all of them, only idle starts, and only what does not serve already", () => {
		expect(
			exceptions(
				cases,
				({ state, pushed, admission }) =>
					(admission.kind === "start") ===
					(state.phase === "idle" && state.stableRelease.imageDigest !== pushed.imageDigest),
			),
		).toEqual([]);
	});

	it("given all of them, every other service keeps what is new to it, so that no push is lost", () => {
		const isKnown = (state: ServiceState, digest: string): boolean =>
			[state.release, state.next].some((known) => known?.imageDigest === digest);

		expect(
			exceptions(
				cases.filter(({ state }) => state.phase !== "idle"),
				({ state, pushed, admission }) =>
					(admission.kind === "queue") === !isKnown(state, pushed.imageDigest) &&
					(admission.kind !== "queue" || admission.superseded === (state.next ?? null)),
			),
		).toEqual([]);
	});

	it("given an execution that is started again, its rollout prepares and its start was never acknowledged", () => {
		const again = cases.filter(({ admission }) => admission.kind === "start-execution");

		expect(exceptions(again, ({ state }) => state.phase === "preparing" && !state.executionStarted)).toEqual([]);
	});

	it("given what is written after any answer, the record it was read from still allows it", () => {
		expect(
			exceptions(
				cases,
				({ state, admission }) =>
					!("transition" in admission) ||
					admission.transition === null ||
					satisfies(state, admission.transition.condition),
			),
		).toEqual([]);
	});
});

describe("every driver in every state", () => {
	const drivers: readonly Driver[] = ["running", "ended", "never-started"];
	const moments = [admittedAtEpochMs, admittedAtEpochMs + 59_999, admittedAtEpochMs + 60_000];
	const cases = states.flatMap((state) =>
		drivers.flatMap((driver) => moments.map((now) => ({ state, driver, now, action: reconcile(state, driver, now) }))),
	);

	it("given all of them, each is answered, and every answer occurs", () => {
		expect(kindsOf(cases.map(({ action }) => action))).toEqual([
			"leave",
			"resume-closing",
			"roll-back",
			"start-rollout",
		]);
	});

	it("given all of them, acts only where nothing runs, and always on the present rollout", () => {
		expect(
			exceptions(
				cases,
				({ state, driver, action }) =>
					action.kind === "leave" || (driver !== "running" && action.rolloutId === state.rolloutId),
			),
		).toEqual([]);
	});

	it("given all of them, nothing that stands still is left alone for longer than the grace of a start", () => {
		const stuck = cases.filter(
			({ state, driver, now }) => state.phase !== "idle" && driver !== "running" && now === moments[2],
		);

		expect(exceptions(stuck, ({ action }) => action.kind !== "leave")).toEqual([]);
	});

	it("given all of them, each phase is taken on in its own way, and closing never back", () => {
		const allowed: Readonly<Record<Phase, readonly string[]>> = {
			idle: ["leave"],
			preparing: ["leave", "roll-back", "start-rollout"],
			trial: ["leave", "roll-back", "start-rollout"],
			window: ["leave", "roll-back", "start-rollout"],
			closing: ["leave", "resume-closing"],
			"rolling-back": ["leave", "roll-back"],
		};

		expect(exceptions(cases, ({ state, action }) => allowed[state.phase].includes(action.kind))).toEqual([]);
	});
});
