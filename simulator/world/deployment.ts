import type { Random } from "../kernel/random.ts";
import type { Cancel, Timers } from "../kernel/timers.ts";
import type { VersionBehaviour } from "./versions.ts";

/** Ready pods of one image in a Deployment, and since when that image has been ready there without a break. */
export interface ReadyPods {
	readonly imageDigest: string;
	readonly count: number;
	readonly sinceEpochMs: number;
}

/** What a Deployment needs of the world around it, and what it tells. */
export interface DeploymentSurroundings {
	readonly timers: Timers;
	readonly random: Random;
	behaviourOf(imageDigest: string): VersionBehaviour;
	onPodReady(podId: string): void;
	/** Only for pods that were ready. */
	onPodGone(podId: string): void;
	/** A pod that was ready has exited; it will be restarted. */
	onPodCrashed(podId: string): void;
	/** A pod that is ready does not answer health checks any more. */
	onPodFailing(podId: string): void;
	/** After every change of what is ready. */
	onReadyChange(ready: readonly ReadyPods[]): void;
}

interface Pod {
	readonly id: string;
	readonly imageDigest: string;
	isReady: boolean;
	/** Ends what is about to happen to it: getting ready, crashing. */
	stop: Cancel;
	crashes: number;
}

/** A container that exits is restarted at once, then after 10 s, 20 s and so on, at most every five minutes. */
const backOffMs = (crashes: number): number => (crashes <= 1 ? 0 : Math.min(300_000, 10_000 * 2 ** (crashes - 2)));

/**
 * A Deployment and its pods. A new image is rolled out by surge: all new pods start at once, and an old one goes
 * for each new one that is ready. Scheduling takes no time of its own: a version's start includes it.
 */
export class Deployment {
	/** The image of the pod template. */
	imageDigest: string;
	/** Annotation sluice.dev/epoch; null where Sluice never wrote it. */
	epoch: number | null;
	#replicas = 0;
	#pods: Pod[] = [];
	#started = 0;
	readonly #readySince = new Map<string, number>();
	readonly #name: string;
	readonly #around: DeploymentSurroundings;

	constructor(name: string, imageDigest: string, epoch: number | null, around: DeploymentSurroundings) {
		this.#name = name;
		this.imageDigest = imageDigest;
		this.epoch = epoch;
		this.#around = around;
	}

	get replicas(): number {
		return this.#replicas;
	}

	get readyReplicas(): number {
		let count = 0;
		for (const pod of this.#pods) if (pod.isReady) count++;
		return count;
	}

	/** As `kubectl rollout status` has it: as many pods as wanted, all of the newest image, all ready. */
	get isSettled(): boolean {
		return (
			this.#pods.length === this.#replicas &&
			this.#pods.every((pod) => pod.isReady && pod.imageDigest === this.imageDigest)
		);
	}

	/** What is ready now, by image: one entry but for the time of a rolling update. */
	get ready(): readonly ReadyPods[] {
		const counts = new Map<string, number>();
		for (const pod of this.#pods) {
			if (pod.isReady) counts.set(pod.imageDigest, (counts.get(pod.imageDigest) ?? 0) + 1);
		}
		return [...counts].map(([imageDigest, count]) => ({
			imageDigest,
			count,
			sinceEpochMs: this.#readySince.get(imageDigest) ?? this.#around.timers.nowEpochMs(),
		}));
	}

	/** Wants this many pods of the present image. */
	scale(replicas: number): void {
		this.#replicas = replicas;
		this.#converge();
	}

	/** Changes the pod template: pods of another image are replaced. */
	setImage(imageDigest: string): void {
		this.imageDigest = imageDigest;
		this.#around.onReadyChange(this.ready);
		this.#converge();
	}

	/** Pods that have been ready for a day already, as of a service that ran long before it was enrolled. */
	seed(replicas: number): void {
		const { timers } = this.#around;
		this.#replicas = replicas;
		this.#readySince.set(this.imageDigest, timers.nowEpochMs() - 86_400_000);
		for (let index = 0; index < replicas; index++) {
			const pod = { id: this.#nextId(), imageDigest: this.imageDigest, isReady: true, stop: () => {}, crashes: 0 };
			this.#pods.push(pod);
			this.#around.onPodReady(pod.id);
		}
		this.#around.onReadyChange(this.ready);
	}

	#nextId(): string {
		return `${this.#name}#${this.#started++}`;
	}

	#start(): void {
		const pod: Pod = { id: this.#nextId(), imageDigest: this.imageDigest, isReady: false, stop: () => {}, crashes: 0 };
		this.#pods.push(pod);
		this.#run(pod);
	}

	/** Starts a pod's container, after the wait that its crashes have earned it. */
	#run(pod: Pod): void {
		const { timers, random, behaviourOf } = this.#around;
		const { startSeconds, neverReady } = behaviourOf(pod.imageDigest);
		const startMs = startSeconds * 1_000 * random.between(0.8, 1.25);
		pod.stop = neverReady ? () => {} : timers.after(backOffMs(pod.crashes) + startMs, () => this.#becomeReady(pod));
	}

	/** What its version does to a pod that has become ready, if anything. */
	#live(pod: Pod): void {
		const { timers, random, behaviourOf } = this.#around;
		const { crashAfterSeconds, hangAfterSeconds, answersChecksWhileHanging } = behaviourOf(pod.imageDigest);
		if (crashAfterSeconds !== undefined) {
			pod.stop = timers.after(crashAfterSeconds * 1_000 * random.between(0.8, 1.25), () => this.#crash(pod));
		} else if (hangAfterSeconds !== undefined && answersChecksWhileHanging !== true) {
			const hangsAtEpochMs = (this.#readySince.get(pod.imageDigest) ?? 0) + hangAfterSeconds * 1_000;
			const waitMs = Math.max(0, hangsAtEpochMs - timers.nowEpochMs());
			pod.stop = timers.after(waitMs, () => this.#around.onPodFailing(pod.id));
		}
	}

	#crash(pod: Pod): void {
		pod.isReady = false;
		pod.crashes += 1;
		this.#around.onPodCrashed(pod.id);
		this.#forgetSilent();
		this.#around.onReadyChange(this.ready);
		this.#run(pod);
	}

	/** An image of which no pod is ready any more begins anew when one is. */
	#forgetSilent(): void {
		for (const imageDigest of this.#readySince.keys()) {
			const isServing = this.#pods.some((pod) => pod.isReady && pod.imageDigest === imageDigest);
			if (!isServing) this.#readySince.delete(imageDigest);
		}
	}

	#becomeReady(pod: Pod): void {
		pod.isReady = true;
		if (!this.#readySince.has(pod.imageDigest)) {
			this.#readySince.set(pod.imageDigest, this.#around.timers.nowEpochMs());
		}
		this.#around.onPodReady(pod.id);
		this.#around.onReadyChange(this.ready);
		this.#live(pod);
		this.#converge();
	}

	/** Starts what is missing and stops what is too much: of the new image first the unready, then the youngest. */
	#converge(): void {
		const isNew = (pod: Pod): boolean => pod.imageDigest === this.imageDigest;
		const news = this.#pods.filter(isNew);
		for (let count = news.length; count < this.#replicas; count++) this.#start();
		const byWorth = [...news].sort((a, b) => Number(b.isReady) - Number(a.isReady));
		const readyNews = Math.min(this.#replicas, news.filter((pod) => pod.isReady).length);
		const olds = this.#pods.filter((pod) => !isNew(pod));
		this.#stop([...byWorth.slice(this.#replicas), ...olds.slice(Math.max(0, this.#replicas - readyNews))]);
	}

	#stop(pods: readonly Pod[]): void {
		if (pods.length === 0) return;
		const stopped = new Set(pods);
		this.#pods = this.#pods.filter((pod) => !stopped.has(pod));
		for (const pod of pods) {
			pod.stop();
			if (pod.isReady) this.#around.onPodGone(pod.id);
		}
		this.#forgetSilent();
		this.#around.onReadyChange(this.ready);
	}
}
