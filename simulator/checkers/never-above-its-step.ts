import type { ServiceState } from "../../lib/domain/service-state.ts";
import { hasWrittenWeights, isRoutingWrite, type Routing, routingOf } from "../world/routing.ts";
import type { SharesSince } from "../world/service-traffic.ts";
import type { Checker, Observation, SeenCall, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { ObservedRelease, releaseIdIn } from "./observed-release.ts";
import { ObservedSlot } from "./observed-slot.ts";

/** Who edits a rule is found out at the next look, a minute and a half later at most; then the rollback needs its 30 s. */
const handGraceMs = 150_000;
/** Shares come from divisions. */
const roundingPercent = 1e-6;

interface Excess {
	readonly sinceEpochMs: number;
	readonly isWritten: boolean;
	isTold: boolean;
}

/** What one release was allowed. */
interface Allowance {
	/** The most that the record ever allowed, percent. */
	highest: number;
	/** At the last look, percent. */
	before: number;
	excess: Excess | null;
}

class WeightWatch implements Watching {
	readonly #observation: Observation;
	readonly #findings = new Findings();
	readonly #routing: Routing;
	readonly #slots: readonly ObservedSlot[];
	/** By the id of the release: all that ever were in a slot. */
	readonly #releases = new Map<string, Allowance & { readonly observed: ObservedRelease }>();
	/** Entries of the users' shares that were looked at already. */
	#sharesSeen = 0;

	constructor(observation: Observation) {
		this.#observation = observation;
		const { blue, green } = ObservedSlot.pairOf(observation);
		this.#slots = [blue, green];
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
		for (const slot of this.#slots) this.#meet(releaseIdIn(slot));
		const shares = system.world.traffic.find(definition.service)?.shares ?? [];
		const news = shares.slice(this.#sharesSeen);
		this.#sharesSeen = shares.length;
		for (const release of this.#releases.values()) {
			const allowedPercent = this.#allowedPercent(release, state);
			this.#lookAtRules(release, state, allowedPercent, isWritten);
			this.#lookAtUsers(release.observed, state, Math.max(allowedPercent, release.before), news);
			release.before = allowedPercent;
		}
	}

	#meet(releaseId: string | null): void {
		if (releaseId === null || this.#releases.has(releaseId)) return;
		const observed = new ObservedRelease(this.#observation, releaseId);
		this.#releases.set(releaseId, { observed, highest: 0, before: 0, excess: null });
	}

	/**
	 * The weight is claimed on record before a rule is touched, and stays there until a rollback has ended: a shift that
	 * was claimed before it may land in between. What is stable may have everything, and from closing on the release that
	 * was on trial.
	 */
	#allowedPercent(
		known: Allowance & { readonly observed: ObservedRelease },
		{ phase, release, stableRelease, weightPercent }: ServiceState,
	): number {
		const { id } = known.observed;
		if (stableRelease.id === id) return 100;
		const isOnTrial = phase !== "idle" && release?.id === id;
		if (isOnTrial && phase === "closing") return 100;
		const claimedPercent = isOnTrial ? weightPercent : 0;
		known.highest = Math.max(known.highest, claimedPercent);
		// Whoever forges the record takes Sluice's measure away: what it had claimed until then must do.
		return this.#observation.hands.has("record-edited") ? known.highest : claimedPercent;
	}

	#lookAtRules(
		known: Allowance & { readonly observed: ObservedRelease },
		state: ServiceState,
		allowedPercent: number,
		isWritten: boolean,
	): void {
		const percent = known.observed.configuredPercent;
		if (percent <= allowedPercent + roundingPercent) {
			known.excess = null;
			return;
		}
		const now = this.#observation.system.clock.nowEpochMs();
		known.excess ??= { sinceEpochMs: now, isWritten, isTold: false };
		const { sinceEpochMs, isTold } = known.excess;
		// What a function wrote itself was edited by nobody. A rule that it deletes may uncover an edited one below.
		const isByHand = this.#observation.hands.has("rule-edited") && !known.excess.isWritten;
		if (isTold || (isByHand && now - sinceEpochMs <= handGraceMs)) return;
		known.excess.isTold = true;
		this.#find(
			`the rules give the candidate ${percent} % in ${state.phase}; allowed are ${allowedPercent} % for ${known.observed.id}.`,
		);
	}

	/** Requests follow the rules within two seconds, so what was allowed at the last look may still be seen. */
	#lookAtUsers(
		observed: ObservedRelease,
		{ phase }: ServiceState,
		allowedPercent: number,
		shares: readonly SharesSince[],
	): void {
		// Users follow an edited rule, too; how long that may go on is asked of the rules.
		if (this.#observation.hands.has("rule-edited")) return;
		for (const entry of shares) {
			const percent = observed.followedPercent(entry);
			if (percent <= allowedPercent + roundingPercent) continue;
			this.#find(`users send the candidate ${percent} % in ${phase}; allowed are ${allowedPercent} %.`);
		}
	}
}

/** Asked of the rules after each change of them or of the record, and of where users' requests really went. */
export const neverAboveItsStep: Checker = {
	promise: "The bad version never gets more than its step's weight.",
	watch: (observation) => new WeightWatch(observation),
};
