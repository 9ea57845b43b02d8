import { lifecycleSource, parseLifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { BusEvent } from "../events/bus-event.ts";
import { hasWrittenWeights, isRoutingWrite, type Routing, routingOf } from "../world/routing.ts";
import type { SharesSince } from "../world/service-traffic.ts";
import { AskedAgain } from "./asked-again.ts";
import type { Checker, Observation, SeenCall, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import type { ObservedRelease } from "./observed-release.ts";
import { type ObservedTrial, ObservedTrials } from "./observed-trials.ts";

/** A release that was said to be rolled back. */
interface RolledBack {
	readonly observed: ObservedRelease;
	/** What was said first. */
	readonly saidZeroAtEpochMs: number;
	sharesSeen: number;
	testersSharesSeen: number;
	isTold: boolean;
}

class ZeroWatch implements Watching {
	readonly #observation: Observation;
	readonly #findings = new Findings();
	readonly #trials: ObservedTrials;
	readonly #routing: Routing;
	readonly #asked: AskedAgain;
	/** By the release's id, until somebody asks for it again. */
	readonly #rolledBack = new Map<string, RolledBack>();

	constructor(observation: Observation) {
		this.#observation = observation;
		this.#trials = new ObservedTrials(observation);
		this.#routing = routingOf(observation.system.world, observation.definition);
		this.#asked = new AskedAgain(observation);
	}

	onCall({ call: { operation } }: SeenCall): void {
		if (isRoutingWrite(operation)) this.#look(hasWrittenWeights(operation, this.#routing));
	}

	onTick(): void {
		this.#look(false);
	}

	onStateWritten(state: ServiceState): void {
		this.#trials.hear(state);
		if (this.#isAskedAgain(state)) this.#rolledBack.delete(state.release?.id ?? "");
	}

	onEvent(_busName: string, event: BusEvent): void {
		this.#asked.hear(event);
		if (event.source !== lifecycleSource) return;
		const { kind, detail } = parseLifecycleEvent(event);
		if (kind !== "rollout.rolled-back.v1" || detail.service !== this.#observation.definition.service) return;
		const trial = this.#trials.of(detail.rolloutId);
		// One that was said to begin and never did is for another checker.
		if (trial === null) return;
		this.#look(false);
		this.#hearZero(trial, detail.zeroConfirmedAtEpochMs);
		const shownPercent = trial.observed.testersPercent;
		if (shownPercent > 0) this.#find(`zero is said to be confirmed; testers are given ${shownPercent} % of it.`);
		const { observed } = trial;
		const state = this.#observation.system.world.table.get(detail.service);
		// Said again, or very late: what was asked for again in between has begun anew.
		const hasBegunAnew = state !== null && state.rolloutId !== detail.rolloutId && this.#isAskedAgain(state);
		if (this.#rolledBack.has(observed.id) || (hasBegunAnew && state.release?.id === observed.id)) return;
		const saidZeroAtEpochMs = detail.zeroConfirmedAtEpochMs;
		this.#rolledBack.set(observed.id, {
			observed,
			saidZeroAtEpochMs,
			sharesSeen: 0,
			testersSharesSeen: 0,
			isTold: false,
		});
	}

	broken(): readonly string[] {
		return this.#findings.sentences;
	}

	#find(sentence: string): void {
		this.#findings.add(this.#observation.system.clock.nowEpochMs(), sentence);
	}

	#isAskedAgain({ service, phase, release }: ServiceState): boolean {
		const isBeginning = phase === "preparing" || phase === "trial" || phase === "window";
		const isOurs = service === this.#observation.definition.service;
		return isOurs && isBeginning && release !== undefined && this.#asked.times(release.id) > 0;
	}

	/** What is said must have been so at the moment that it names, and still be so. */
	#hearZero({ rolloutId, percent, zeroSinceEpochMs }: ObservedTrial, zeroAtEpochMs: number): void {
		const { system, definition, hands } = this.#observation;
		const { table } = system.world;
		// A rule may be opened late, with nothing for the canary; the one on record must have gone.
		const state = table.get(definition.service);
		const { trialRuleArn } = state ?? {};
		const isRuleThere = trialRuleArn !== undefined && this.#routing.isOpen(trialRuleArn);
		if (state?.phase === "rolling-back" && state.rolloutId === rolloutId && isRuleThere)
			this.#find("zero is said to be confirmed while the recorded trial rule is there.");
		if (hands.has("rule-edited")) return;
		if (percent > 0) this.#find(`zero is said to be confirmed; the rules give ${percent} %.`);
		// Functions count whole milliseconds.
		else if (zeroSinceEpochMs >= zeroAtEpochMs + 1)
			this.#find(
				`zero is said to be confirmed ${Math.round(zeroSinceEpochMs - zeroAtEpochMs)} ms before it was configured.`,
			);
	}

	/** @param isWritten - whether a function has just made a rule or changed its weights. */
	#look(isWritten: boolean): void {
		this.#trials.look();
		for (const rolledBack of this.#rolledBack.values()) {
			this.#lookAtRules(rolledBack, isWritten);
			this.#lookAtUsers(rolledBack);
		}
	}

	/** What people turn back by hand is theirs: nobody looks for that while a rolled back canary drains, or afterwards. */
	#lookAtRules(rolledBack: RolledBack, isWritten: boolean): void {
		const { observed } = rolledBack;
		const percent = Math.max(observed.configuredPercent, observed.testersPercent);
		const isByHand = this.#observation.hands.has("rule-edited") && !isWritten;
		if (percent === 0 || isByHand || rolledBack.isTold) return;
		rolledBack.isTold = true;
		this.#find(`the rules give the candidate ${percent} % after it was rolled back.`);
	}

	#lookAtUsers(rolledBack: RolledBack): void {
		const { system, definition, hands } = this.#observation;
		const fromEpochMs = rolledBack.saidZeroAtEpochMs + this.#routing.followsWithinMs;
		if (system.clock.nowEpochMs() < fromEpochMs || hands.has("rule-edited")) return;
		const { shares = [], testersShares = [] } = system.world.traffic.find(definition.service) ?? {};
		const seen = rolledBack;
		seen.sharesSeen = this.#followed(rolledBack, shares, seen.sharesSeen, "users");
		seen.testersSharesSeen = this.#followed(rolledBack, testersShares, seen.testersSharesSeen, "testers");
	}

	/** Answers how many entries have been looked at. */
	#followed(
		{ observed, saidZeroAtEpochMs }: RolledBack,
		shares: readonly SharesSince[],
		from: number,
		who: string,
	): number {
		const fromEpochMs = saidZeroAtEpochMs + this.#routing.followsWithinMs;
		let next = from;
		// The last entry before that moment still held then.
		while ((shares[next + 1]?.atEpochMs ?? Number.POSITIVE_INFINITY) <= fromEpochMs) next++;
		for (; next < shares.length; next++) {
			const entry = shares[next];
			const percent = entry === undefined ? 0 : observed.followedPercent(entry);
			if (percent > 0) this.#find(`${who} still send the candidate ${percent} % after it was rolled back.`);
		}
		return next;
	}
}

/** Asked of the rules and of the users from the first word of zero confirmed to the end of the run. */
export const rolledBackStaysAtZero: Checker = {
	promise: "Rolled back means 0 %, and stays at 0 %.",
	watch: (observation) => new ZeroWatch(observation),
};
