import { releaseOf } from "../../lib/domain/release.ts";
import type { SharesSince } from "../world/service-traffic.ts";
import type { Observation } from "./checker.ts";
import { ObservedSlot } from "./observed-slot.ts";

/** Which release a slot runs, by its id; null where nothing was ever deployed there. */
export const releaseIdIn = ({ deployment }: ObservedSlot): string | null =>
	deployment === null
		? null
		: releaseOf(deployment.imageDigest, undefined, deployment.content.contentHash ?? undefined).id;

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

	/** Share of the users' requests that it really had from an instant on, percent; by where it runs now. */
	followedPercent(shares: SharesSince): number {
		let percent = 0;
		for (const slot of this.#slots) if (releaseIdIn(slot) === this.id) percent += 100 * shares[slot.name];
		return percent;
	}
}
