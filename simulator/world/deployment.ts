import type { Random } from "../kernel/random.ts";
import type { Cancel, Timers } from "../kernel/timers.ts";
import { type Configuration, type PodContent, plainContent, templateKey } from "./pod-content.ts";
import type { VersionBehaviour } from "./versions.ts";

/** Ready pods of one template in a Deployment, and since when such have been ready there without a break. */
export interface ReadyPods {
	readonly imageDigest: string;
	/** What these pods read as they started. */
	readonly configuration: Configuration;
	readonly count: number;
	readonly sinceEpochMs: number;
}

/** What a Deployment needs of the world around it, and what it tells. */
export interface DeploymentSurroundings {
	readonly timers: Timers;
	readonly random: Random;
	behaviourOf(imageDigest: string, configuration: Configuration): VersionBehaviour;
	/** What a pod reads that starts now; null where something is missing that it needs. */
	read(content: PodContent): Configuration | null;
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
	/** The template that it was made of. */
	readonly templateKey: string;
	readonly content: PodContent;
	configuration: Configuration;
	/** The same for pods of one template that read the same. */
	likeness: string;
	isReady: boolean;
	/** Ends what is about to happen to it: getting ready, crashing. */
	stop: Cancel;
	crashes: number;
}

const readBy = (pod: Pod, configuration: Configuration): void => {
	pod.configuration = configuration;
	pod.likeness = `${pod.templateKey} ${JSON.stringify(configuration)}`;
};

/** A container that exits is restarted at once, then after 10 s, 20 s and so on, at most every five minutes. */
const backOffMs = (crashes: number): number => (crashes <= 1 ? 0 : Math.min(300_000, 10_000 * 2 ** (crashes - 2)));

/** How long a kubelet waits before it looks again for what a container lacks, on average. */
const lookAgainMs = 10_000;

/**
 * A Deployment and its pods. A new template is rolled out by surge: all new pods start at once, and an old one goes
 * for each new one that is ready. Scheduling takes no time of its own: a version's start includes it.
 */
export class Deployment {
	/** The image of the pod template. */
	imageDigest: string;
	/** All else that the pod template says. */
	content: PodContent;
	/** Annotation sluice.dev/epoch; null where Sluice never wrote it. */
	epoch: number | null;
	#stopEpoch: number | null = null;
	#replicas = 0;
	#resourceVersion = 1;
	#pods: Pod[] = [];
	#started = 0;
	readonly #readySince = new Map<string, number>();
	readonly #name: string;
	readonly #around: DeploymentSurroundings;

	constructor(
		name: string,
		imageDigest: string,
		epoch: number | null,
		around: DeploymentSurroundings,
		content: PodContent = plainContent,
	) {
		this.#name = name;
		this.content = content;
		this.imageDigest = imageDigest;
		this.epoch = epoch;
		this.#around = around;
	}

	/** Grows with each change of what is wanted; what pods do is left out, which only makes writers' tests pass more often. */
	get resourceVersion(): number {
		return this.#resourceVersion;
	}

	/** Annotation sluice.dev/enrolment-epoch; null where there is none. */
	get stopEpoch(): number | null {
		return this.#stopEpoch;
	}

	set stopEpoch(epoch: number | null) {
		if (epoch !== this.#stopEpoch) this.#resourceVersion++;
		this.#stopEpoch = epoch;
	}

	get readyPodIds(): readonly string[] {
		return this.#pods.filter((pod) => pod.isReady).map(({ id }) => id);
	}

	get podIds(): readonly string[] {
		return this.#pods.map(({ id }) => id);
	}

	get replicas(): number {
		return this.#replicas;
	}

	get readyReplicas(): number {
		return this.readyPodIds.length;
	}

	/** As `kubectl rollout status` has it: as many pods as wanted, all of the newest template, all ready. */
	get isSettled(): boolean {
		const wanted = this.#templateKey;
		return this.#pods.length === this.#replicas && this.#pods.every((pod) => pod.isReady && pod.templateKey === wanted);
	}

	/** What is ready now, by image and by what was read: one entry but for the time of a rolling update. */
	get ready(): readonly ReadyPods[] {
		const groups = new Map<string, { readonly pod: Pod; count: number }>();
		for (const pod of this.#pods) {
			if (!pod.isReady) continue;
			const group = groups.get(pod.likeness);
			if (group === undefined) groups.set(pod.likeness, { pod, count: 1 });
			else group.count++;
		}
		return [...groups.values()].map(({ pod: { imageDigest, templateKey: key, configuration }, count }) => ({
			imageDigest,
			configuration,
			count,
			sinceEpochMs: this.#readySince.get(key) ?? this.#around.timers.nowEpochMs(),
		}));
	}

	get #templateKey(): string {
		return templateKey(this.imageDigest, this.content);
	}

	/** Wants this many pods of the present template. */
	scale(replicas: number): void {
		if (replicas !== this.#replicas) this.#resourceVersion++;
		this.#replicas = replicas;
		this.#converge();
	}

	/** Changes the pod template: pods of another one are replaced. */
	setTemplate(imageDigest: string, content: PodContent): void {
		this.#resourceVersion++;
		this.imageDigest = imageDigest;
		this.content = content;
		this.#around.onReadyChange(this.ready);
		this.#converge();
	}

	/** Pods that have been ready for a day already, as of a service that ran long before it was enrolled. */
	seed(replicas: number): void {
		const { timers } = this.#around;
		this.#replicas = replicas;
		this.#readySince.set(this.#templateKey, timers.nowEpochMs() - 86_400_000);
		for (let index = 0; index < replicas; index++) {
			const configuration = this.#around.read(this.content) ?? {};
			const pod = this.#newPod();
			readBy(pod, configuration);
			pod.isReady = true;
			this.#pods.push(pod);
			this.#around.onPodReady(pod.id);
		}
		this.#around.onReadyChange(this.ready);
	}

	#nextId(): string {
		return `${this.#name}#${this.#started++}`;
	}

	#newPod(): Pod {
		const { imageDigest } = this;
		return {
			id: this.#nextId(),
			imageDigest,
			templateKey: this.#templateKey,
			content: this.content,
			configuration: {},
			likeness: "",
			isReady: false,
			stop: () => {},
			crashes: 0,
		};
	}

	#start(): void {
		const pod = this.#newPod();
		this.#pods.push(pod);
		this.#run(pod);
	}

	/**
	 * Starts a pod's container, after the wait that its crashes have earned it. Configuration is read as it starts; what
	 * it needs and does not find keeps it waiting.
	 */
	#run(pod: Pod): void {
		const { timers, random, behaviourOf, read } = this.#around;
		const configuration = read(pod.content);
		if (configuration === null) {
			pod.stop = timers.after(lookAgainMs, () => this.#run(pod));
			return;
		}
		readBy(pod, configuration);
		const { startSeconds, neverReady } = behaviourOf(pod.imageDigest, configuration);
		const startMs = startSeconds * 1_000 * random.between(0.8, 1.25);
		pod.stop = neverReady ? () => {} : timers.after(backOffMs(pod.crashes) + startMs, () => this.#becomeReady(pod));
	}

	/** What its version does to a pod that has become ready, if anything. */
	#live(pod: Pod): void {
		const { timers, random, behaviourOf } = this.#around;
		const { crashAfterSeconds, hangAfterSeconds, answersChecksWhileHanging } = behaviourOf(
			pod.imageDigest,
			pod.configuration,
		);
		if (crashAfterSeconds !== undefined) {
			pod.stop = timers.after(crashAfterSeconds * 1_000 * random.between(0.8, 1.25), () => this.#crash(pod));
		} else if (hangAfterSeconds !== undefined && answersChecksWhileHanging !== true) {
			const hangsAtEpochMs = (this.#readySince.get(pod.templateKey) ?? 0) + hangAfterSeconds * 1_000;
			const waitMs = Math.max(0, hangsAtEpochMs - timers.nowEpochMs());
			pod.stop = timers.after(waitMs, () => this.#around.onPodFailing(pod.id));
		}
	}

	/** Every pod that is ready exits now, as over one poisonous request after the other. */
	crashReady(): void {
		for (const pod of this.#pods.filter(({ isReady }) => isReady)) {
			pod.stop();
			this.#crash(pod);
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

	/** A template of which no pod is ready any more begins anew when one is. */
	#forgetSilent(): void {
		for (const key of this.#readySince.keys()) {
			const isServing = this.#pods.some((pod) => pod.isReady && pod.templateKey === key);
			if (!isServing) this.#readySince.delete(key);
		}
	}

	#becomeReady(pod: Pod): void {
		pod.isReady = true;
		if (!this.#readySince.has(pod.templateKey)) {
			this.#readySince.set(pod.templateKey, this.#around.timers.nowEpochMs());
		}
		this.#around.onPodReady(pod.id);
		this.#around.onReadyChange(this.ready);
		this.#live(pod);
		this.#converge();
	}

	/** Starts what is missing and stops what is too much: of the new template first the unready, then the youngest. */
	#converge(): void {
		const wanted = this.#templateKey;
		const isNew = (pod: Pod): boolean => pod.templateKey === wanted;
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
