import type { BusEvent } from "../events/bus-event.ts";
import type { Observation } from "./checker.ts";

/** Whoever lost the event of a push finds it at a sweep, five minutes later, or at the one after that. */
const noticedWithinMs = 660_000;

interface PushDetail {
	readonly "repository-name": string;
	readonly "image-digest": string;
	readonly "image-tag"?: string;
	readonly "action-type": string;
}

interface Push {
	readonly imageDigest: string;
	readonly atEpochMs: number;
	/** Whether something was rolled out at that moment. */
	readonly isServiceBusy: boolean;
	/** Whether the image was not there before. */
	readonly isFirst: boolean;
	/** What lost its last tag to this push. */
	readonly untaggedDigest: string | undefined;
	/** What waited at that moment to be rolled out next; whoever takes its place must say so. */
	readonly waitingDigest: string | undefined;
}

/** What was pushed for a service under a tag that is rolled out, as the registry itself says. */
export class PushedImages {
	readonly #observation: Observation;
	readonly #tag: RegExp;
	readonly #pushes: Push[] = [];
	/** Images by the tag that points at them. */
	readonly #tags = new Map<string, string>();

	constructor(observation: Observation) {
		this.#observation = observation;
		this.#tag = new RegExp(observation.definition.tagPattern);
	}

	/** Takes in an event of any kind. */
	hear(event: BusEvent): void {
		if (event["detail-type"] !== "ECR Image Action") return;
		const { system, definition } = this.#observation;
		const { "image-digest": imageDigest, "image-tag": tag, ...about } = event.detail as PushDetail;
		const isOurs = about["repository-name"] === definition.repositoryName && about["action-type"] === "PUSH";
		if (!isOurs || tag === undefined || !this.#tag.test(tag)) return;
		const state = system.world.table.get(definition.service);
		this.#pushes.push({
			isFirst: this.#pushes.every((push) => push.imageDigest !== imageDigest),
			untaggedDigest: this.#move(tag, imageDigest),
			imageDigest,
			atEpochMs: system.clock.nowEpochMs(),
			isServiceBusy: state !== null && state.phase !== "idle",
			waitingDigest: state?.next?.imageDigest,
		});
	}

	/**
	 * Images that must have been rolled out by the end, or superseded: the newest always; an older one unless a newer one
	 * came before anybody had to notice it, or during a rollout that it was not yet known to wait for. One that lost its
	 * tag is none any more, as if a newer one had come.
	 */
	due(): readonly string[] {
		return this.#pushes
			.filter(({ imageDigest, isFirst, atEpochMs }, index) => {
				if (!isFirst) return false;
				const next = this.#pushes.slice(index + 1).find((push) => push.isFirst || push.untaggedDigest === imageDigest);
				if (next === undefined) return true;
				// Nobody takes the place of what its owner has taken back.
				if (next.waitingDigest === imageDigest && next.isFirst) return true;
				return !next.isServiceBusy && next.atEpochMs - atEpochMs > noticedWithinMs;
			})
			.map(({ imageDigest }) => imageDigest);
	}

	/** Moves a tag, and answers which image is left without one; undefined where none is. */
	#move(tag: string, imageDigest: string): string | undefined {
		const before = this.#tags.get(tag);
		this.#tags.set(tag, imageDigest);
		return before === undefined || [...this.#tags.values()].includes(before) ? undefined : before;
	}
}
