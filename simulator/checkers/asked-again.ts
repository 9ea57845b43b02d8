import { lifecycleSource, parseLifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import type { BusEvent } from "../events/bus-event.ts";
import type { Observation } from "./checker.ts";
import { commandIn } from "./command-in.ts";

/** Releases that people have asked for again by command: the only way in which one is rolled out a second time (D10). */
export class AskedAgain {
	readonly #service: string;
	/** By what people named: ids or digests, or how they begin. */
	readonly #counts = new Map<string, number>();
	/** Digests of releases that have started, by their ids. */
	readonly #digests = new Map<string, string>();
	/** Ids of releases by their rollouts. */
	readonly #releaseIds = new Map<string, string>();
	/** What `retry` means: what ended last without being promoted. */
	#failedId: string | null = null;

	constructor({ definition }: Pick<Observation, "definition">) {
		this.#service = definition.service;
	}

	/** Takes in an event of any kind. */
	hear(event: BusEvent): void {
		if (event.source === lifecycleSource) this.#hearLifecycle(event);
		const command = commandIn(event, this.#service);
		if (command?.verb === "retry" && this.#failedId !== null) this.#add(this.#failedId);
		if (command?.verb !== "release") return;
		const { id, digest } = command.release ?? {};
		const asked = id ?? digest;
		if (asked !== undefined) this.#add(asked);
	}

	/** How often somebody has asked for a release, by its id. */
	times(releaseId: string): number {
		let times = 0;
		const digest = this.#digests.get(releaseId) ?? "";
		for (const [asked, count] of this.#counts)
			if (releaseId.startsWith(asked) || digest.startsWith(asked)) times += count;
		return times;
	}

	#add(asked: string): void {
		this.#counts.set(asked, (this.#counts.get(asked) ?? 0) + 1);
	}

	#hearLifecycle(event: BusEvent): void {
		const { kind, detail } = parseLifecycleEvent(event);
		if (detail.service !== this.#service) return;
		if (kind === "rollout.started.v1") {
			this.#releaseIds.set(detail.rolloutId, detail.release.id);
			this.#digests.set(detail.release.id, detail.release.imageDigest);
		}
		if (kind === "rollout.ended.v1" && detail.outcome !== "promoted")
			this.#failedId = this.#releaseIds.get(detail.rolloutId) ?? null;
	}
}
