import { lifecycleSource, parseLifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import type { BusEvent } from "../events/bus-event.ts";
import { hasWrittenWeights, isRoutingWrite, type Routing, routingOf } from "../world/routing.ts";
import type { Checker, Observation, SeenCall, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { ObservedImage } from "./observed-image.ts";

class ZeroWatch implements Watching {
	readonly #observation: Observation;
	readonly #findings = new Findings();
	readonly #candidate: ObservedImage;
	readonly #routing: Routing;
	#percent = 0;
	/** Since when the rules have given the candidate nothing. */
	#zeroSinceEpochMs = Number.NEGATIVE_INFINITY;
	/** What was said first; null before any rollback of the candidate was said. */
	#saidZeroAtEpochMs: number | null = null;
	#sharesSeen = 0;
	#isTold = false;

	constructor(observation: Observation) {
		this.#observation = observation;
		this.#candidate = new ObservedImage(observation, observation.candidateDigest);
		this.#routing = routingOf(observation.system.world, observation.definition);
	}

	onCall({ call: { operation } }: SeenCall): void {
		if (isRoutingWrite(operation)) this.#look(hasWrittenWeights(operation, this.#routing));
	}

	onTick(): void {
		this.#look(false);
	}

	onEvent(_busName: string, event: BusEvent): void {
		if (event.source !== lifecycleSource) return;
		const { kind, detail } = parseLifecycleEvent(event);
		if (kind !== "rollout.rolled-back.v1" || !this.#isOfCandidate(detail.service, detail.rolloutId)) return;
		this.#look(false);
		this.#saidZeroAtEpochMs ??= detail.zeroConfirmedAtEpochMs;
		this.#hearZero(detail.zeroConfirmedAtEpochMs);
	}

	broken(): readonly string[] {
		return this.#findings.sentences;
	}

	#find(sentence: string): void {
		this.#findings.add(this.#observation.system.clock.nowEpochMs(), sentence);
	}

	#isOfCandidate(service: string, rolloutId: string): boolean {
		const { system, definition, candidateDigest } = this.#observation;
		if (service !== definition.service) return false;
		const state = system.world.table.get(service);
		// An event that is said late may find another rollout on record, or none.
		return state?.rolloutId !== rolloutId || state.release?.imageDigest === candidateDigest;
	}

	/** What is said must have been so at the moment that it names, and still be so. */
	#hearZero(zeroAtEpochMs: number): void {
		const { system, definition, hands } = this.#observation;
		const { table } = system.world;
		// A rule may be opened late, with nothing for the canary; the one on record must have gone.
		const { trialRuleArn, phase } = table.get(definition.service) ?? {};
		if (phase === "rolling-back" && trialRuleArn !== undefined && this.#routing.isOpen(trialRuleArn))
			this.#find("zero is said to be confirmed while the recorded trial rule is there.");
		if (hands.has("rule-edited")) return;
		if (this.#percent > 0) this.#find(`zero is said to be confirmed; the rules give ${this.#percent} %.`);
		// Functions count whole milliseconds.
		else if (this.#zeroSinceEpochMs >= zeroAtEpochMs + 1)
			this.#find(
				`zero is said to be confirmed ${Math.round(this.#zeroSinceEpochMs - zeroAtEpochMs)} ms before it was configured.`,
			);
	}

	/** @param isWritten - whether a function has just made a rule or changed its weights. */
	#look(isWritten: boolean): void {
		const { system } = this.#observation;
		const percent = this.#candidate.configuredPercent;
		if (percent === 0 && this.#percent > 0) this.#zeroSinceEpochMs = system.clock.nowEpochMs();
		this.#percent = percent;
		if (this.#saidZeroAtEpochMs === null) return;
		this.#lookAtRules(isWritten);
		this.#lookAtUsers(this.#saidZeroAtEpochMs + this.#routing.followsWithinMs);
	}

	/** What people turn back by hand is theirs: nobody looks for that while a rolled back canary drains, or afterwards. */
	#lookAtRules(isWritten: boolean): void {
		const isByHand = this.#observation.hands.has("rule-edited") && !isWritten;
		if (this.#percent === 0 || isByHand || this.#isTold) return;
		this.#isTold = true;
		this.#find(`the rules give the candidate ${this.#percent} % after it was rolled back.`);
	}

	#lookAtUsers(fromEpochMs: number): void {
		const { system, definition, hands } = this.#observation;
		if (system.clock.nowEpochMs() < fromEpochMs || hands.has("rule-edited")) return;
		const shares = system.world.traffic.find(definition.service)?.shares ?? [];
		// The last entry before that moment still held then.
		while ((shares[this.#sharesSeen + 1]?.atEpochMs ?? Number.POSITIVE_INFINITY) <= fromEpochMs) this.#sharesSeen++;
		for (; this.#sharesSeen < shares.length; this.#sharesSeen++) {
			const entry = shares[this.#sharesSeen];
			const percent = entry === undefined ? 0 : this.#candidate.followedPercent(entry);
			if (percent > 0) this.#find(`users still send the candidate ${percent} % after it was rolled back.`);
		}
	}
}

/** Asked of the rules and of the users from the first word of zero confirmed to the end of the run. */
export const rolledBackStaysAtZero: Checker = {
	promise: "Rolled back means 0 %, and stays at 0 %.",
	watch: (observation) => new ZeroWatch(observation),
};
