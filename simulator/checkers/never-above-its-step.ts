import type { ServiceState } from "../../lib/domain/service-state.ts";
import { hasWrittenWeights, isRoutingWrite, type Routing, routingOf } from "../world/routing.ts";
import type { Checker, Observation, SeenCall, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { ObservedImage } from "./observed-image.ts";

/** Who edits a rule is found out at the next look, a minute and a half later at most; then the rollback needs its 30 s. */
const handGraceMs = 150_000;
/** Shares come from divisions. */
const roundingPercent = 1e-6;

class WeightWatch implements Watching {
	readonly #observation: Observation;
	readonly #findings = new Findings();
	readonly #candidate: ObservedImage;
	readonly #routing: Routing;
	/** Entries of the users' shares that were looked at already. */
	#sharesSeen = 0;
	/** The most that the record ever allowed. */
	#highestPercent = 0;
	#allowedBeforePercent = 0;
	#excess: { readonly sinceEpochMs: number; readonly isWritten: boolean; isTold: boolean } | null = null;

	constructor(observation: Observation) {
		this.#observation = observation;
		this.#candidate = new ObservedImage(observation, observation.candidateDigest);
		this.#routing = routingOf(observation.system.world, observation.definition);
	}

	onStateWritten({ service, weightPercent }: ServiceState): void {
		const { definition, hands } = this.#observation;
		if (service !== definition.service) return;
		const isStep = weightPercent === 0 || definition.steps.some((step) => step.weightPercent === weightPercent);
		if (!isStep && !hands.has("record-edited"))
			this.#find(`${weightPercent} % is on record, which is no step's weight.`);
		this.#look(false);
	}

	onCall({ call: { operation } }: SeenCall): void {
		if (isRoutingWrite(operation)) this.#look(hasWrittenWeights(operation, this.#routing));
	}

	onTick(): void {
		this.#look(false);
	}

	broken(): readonly string[] {
		return this.#findings.sentences;
	}

	#find(sentence: string): void {
		this.#findings.add(this.#observation.system.clock.nowEpochMs(), sentence);
	}

	/** @param isWritten - whether a function has just made a rule or changed its weights. */
	#look(isWritten: boolean): void {
		const { system, definition } = this.#observation;
		const state = system.world.table.get(definition.service);
		if (state === null) return;
		const allowedPercent = this.#allowedPercent(state);
		this.#lookAtRules(state, allowedPercent, isWritten);
		this.#lookAtUsers(state, Math.max(allowedPercent, this.#allowedBeforePercent));
		this.#allowedBeforePercent = allowedPercent;
	}

	/**
	 * The weight is claimed on record before a rule is touched, and stays there until a rollback has ended: a shift that
	 * was claimed before it may land in between. From closing on the candidate is to have everything.
	 */
	#allowedPercent({ phase, release, stableRelease, weightPercent }: ServiceState): number {
		const { candidateDigest, hands } = this.#observation;
		if (phase === "closing" || stableRelease.imageDigest === candidateDigest) return 100;
		const isOnTrial = phase !== "idle" && release?.imageDigest === candidateDigest;
		const claimedPercent = isOnTrial ? weightPercent : 0;
		this.#highestPercent = Math.max(this.#highestPercent, claimedPercent);
		// Whoever forges the record takes Sluice's measure away: what it had claimed until then must do.
		return hands.has("record-edited") ? this.#highestPercent : claimedPercent;
	}

	#lookAtRules(state: ServiceState, allowedPercent: number, isWritten: boolean): void {
		const percent = this.#candidate.configuredPercent;
		if (percent <= allowedPercent + roundingPercent) {
			this.#excess = null;
			return;
		}
		const now = this.#observation.system.clock.nowEpochMs();
		this.#excess ??= { sinceEpochMs: now, isWritten, isTold: false };
		const { sinceEpochMs, isTold } = this.#excess;
		// What a function wrote itself was edited by nobody. A rule that it deletes may uncover an edited one below.
		const isByHand = this.#observation.hands.has("rule-edited") && !this.#excess.isWritten;
		if (isTold || (isByHand && now - sinceEpochMs <= handGraceMs)) return;
		this.#excess.isTold = true;
		this.#find(`the rules give the candidate ${percent} % in ${state.phase}; allowed are ${allowedPercent} %.`);
	}

	/** Requests follow the rules within two seconds, so what was allowed at the last look may still be seen. */
	#lookAtUsers(state: ServiceState, allowedPercent: number): void {
		const { system, definition, hands } = this.#observation;
		const shares = system.world.traffic.find(definition.service)?.shares ?? [];
		for (; this.#sharesSeen < shares.length; this.#sharesSeen++) {
			const entry = shares[this.#sharesSeen];
			const percent = entry === undefined ? 0 : this.#candidate.followedPercent(entry);
			// Users follow an edited rule, too; how long that may go on is asked of the rules.
			if (percent <= allowedPercent + roundingPercent || hands.has("rule-edited")) continue;
			this.#find(`users send the candidate ${percent} % in ${state.phase}; allowed are ${allowedPercent} %.`);
		}
	}
}

/** Asked of the rules after each change of them or of the record, and of where users' requests really went. */
export const neverAboveItsStep: Checker = {
	promise: "The bad version never gets more than its step's weight.",
	watch: (observation) => new WeightWatch(observation),
};
