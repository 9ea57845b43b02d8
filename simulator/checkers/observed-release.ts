import { releaseOf } from "../../lib/domain/release.ts";
import type { SharesSince } from "../world/service-traffic.ts";
import type { Observation } from "./checker.ts";
import { ObservedSlot } from "./observed-slot.ts";

/** Checkers ask at each tick, and an id is a hash. */
const ids = new Map<string, string>();

/** Which release a slot runs, by its id; null where nothing was ever deployed there. */
export const releaseIdIn = ({ deployment }: ObservedSlot): string | null => {
	if (deployment === null) return null;
	const { imageDigest, content } = deployment;
	const key = `${imageDigest} ${content.contentHash}`;
	const known = ids.get(key);
	if (known !== undefined) return known;
	const { id } = releaseOf(imageDigest, undefined, content.contentHash ?? undefined);
	ids.set(key, id);
	return id;
};

/** One release wherever it runs: which share of the users it is given, whichever slot it is in. */
export class ObservedRelease {
	readonly id: string;
	readonly #slots: readonly ObservedSlot[];

	constructor(observation: Observation, releaseId: string) {
		this.id = releaseId;
		const { blue, green } = ObservedSlot.pairOf(observation);
		this.#slots = [blue, green];
	}

	/** Share of the service's requests that the rules give it as they are configured, percent. */
	get configuredPercent(): number {
		let percent = 0;
		for (const slot of this.#slots) if (releaseIdIn(slot) === this.id) percent += slot.configuredPercent;
		return percent;
	}

	/** The same of testers' requests. */
	get testersPercent(): number {
		let percent = 0;
		for (const slot of this.#slots) if (releaseIdIn(slot) === this.id) percent += slot.testersPercent;
		return percent;
	}

	/** Share of the users' requests that it really had from an instant on, percent; by where it runs now. */
	followedPercent(shares: SharesSince): number {
		let percent = 0;
		for (const slot of this.#slots) if (releaseIdIn(slot) === this.id) percent += 100 * shares[slot.name];
		return percent;
	}
}
