import type { WorkloadTarget } from "../../lib/domain/service-definition.ts";
import { type SlotName, slotNames } from "../../lib/domain/slot.ts";
import type { Random } from "../kernel/random.ts";
import type { Cancel, Timers } from "../kernel/timers.ts";
import { Autoscaler, type AutoscalerBounds } from "./autoscaler.ts";
import { ConfigMaps } from "./config-maps.ts";
import { Deployment, type ReadyPods } from "./deployment.ts";
import { type Configuration, type PodContent, plainContent } from "./pod-content.ts";
import { Refusal } from "./refusal.ts";
import type { VersionBehaviour } from "./versions.ts";

/** An in-cluster Service: the slot its selector names, if any, and the epoch of whoever wrote that. */
export interface ClusterService {
	readonly slot: SlotName | null;
	readonly epoch: number | null;
	readonly resourceVersion: number;
}

/** What clusters need of the world around them, and what they tell. Keys are those of `objectKey`. */
export interface ClusterSurroundings {
	readonly timers: Timers;
	readonly random: Random;
	behaviourOf(imageDigest: string, configuration: Configuration): VersionBehaviour;
	/** Replicas that the present load of a Deployment needs. */
	neededReplicas(key: string): number;
	onPodReady(key: string, podId: string): void;
	onPodGone(key: string, podId: string): void;
	onPodCrashed(key: string, podId: string): void;
	onPodFailing(key: string, podId: string): void;
	onReadyChange(key: string, ready: readonly ReadyPods[]): void;
	onServiceChange(key: string, slot: SlotName | null): void;
}

/** How often an autoscaler looks: the default of the controller manager. */
const autoscalerPeriodMs = 15_000;

/** Names an object of a target's namespace in its cluster. */
export const objectKey = (target: WorkloadTarget, name: string): string =>
	`${target.clusterName}/${target.namespace}/${name}`;

/** All clusters of the region: Deployments, autoscalers, Services and ConfigMaps, written as the Kubernetes API allows it. */
export class Cluster {
	readonly configMaps = new ConfigMaps();
	readonly #around: ClusterSurroundings;
	readonly #deployments = new Map<string, Deployment>();
	readonly #autoscalers = new Map<string, Autoscaler>();
	/** Autoscalers whose selector the controller knows, because they were active once. */
	readonly #selectors = new Set<string>();
	readonly #services = new Map<string, ClusterService>();
	#stopLooking: Cancel = () => {};

	constructor(around: ClusterSurroundings) {
		this.#around = around;
		this.#look(around.random.between(0, autoscalerPeriodMs));
	}

	deployment(key: string): Deployment | null {
		return this.#deployments.get(key) ?? null;
	}

	/** POST: one replica, as the API defaults it. @throws Refusal Conflict where one exists. */
	createDeployment(
		key: string,
		imageDigest: string,
		epoch: number | null,
		replicas = 1,
		content: PodContent = plainContent,
	): Deployment {
		if (this.#deployments.has(key)) throw new Refusal("Conflict", `Deployment "${key}" already exists.`);
		const namespace = key.slice(0, key.lastIndexOf("/"));
		const around = {
			timers: this.#around.timers,
			random: this.#around.random,
			behaviourOf: this.#around.behaviourOf,
			read: (template: PodContent) => this.#read(namespace, template),
			onPodReady: (podId: string) => this.#around.onPodReady(key, podId),
			onPodGone: (podId: string) => this.#around.onPodGone(key, podId),
			onPodCrashed: (podId: string) => this.#around.onPodCrashed(key, podId),
			onPodFailing: (podId: string) => this.#around.onPodFailing(key, podId),
			onReadyChange: (ready: readonly ReadyPods[]) => this.#around.onReadyChange(key, ready),
		};
		const deployment = new Deployment(key, imageDigest, epoch, around, content);
		this.#deployments.set(key, deployment);
		this.#around.onReadyChange(key, []);
		deployment.scale(replicas);
		return deployment;
	}

	/** JSON Patch that begins with a test of the epoch. @throws Refusal NotFound; Invalid where the test fails. */
	patchDeployment(
		key: string,
		testEpoch: number,
		change: {
			readonly imageDigest?: string;
			readonly content?: PodContent;
			readonly epoch?: number;
			readonly replicas?: number;
		},
	): void {
		const deployment = this.#deployments.get(key);
		if (deployment === undefined) throw new Refusal("NotFound", `Deployment "${key}" does not exist.`);
		assertEpoch(key, deployment.epoch, testEpoch);
		if (change.epoch !== undefined) deployment.epoch = change.epoch;
		const { imageDigest = deployment.imageDigest, content = deployment.content } = change;
		if (change.imageDigest !== undefined || change.content !== undefined) deployment.setTemplate(imageDigest, content);
		if (change.replicas !== undefined) deployment.scale(change.replicas);
	}

	/** JSON Patch that begins with a test of the version. @throws Refusal NotFound; Invalid where the test fails. */
	patchVersion(
		key: string,
		testResourceVersion: string,
		change: { readonly imageDigest?: string; readonly replicas?: number; readonly stopEpoch?: number | null },
	): void {
		const deployment = this.#deployments.get(key);
		if (deployment === undefined) throw new Refusal("NotFound", `Deployment "${key}" does not exist.`);
		if (String(deployment.resourceVersion) !== testResourceVersion)
			throw new Refusal("Invalid", `"${key}" is at version ${deployment.resourceVersion}: the test failed.`);
		if (change.stopEpoch !== undefined) deployment.stopEpoch = change.stopEpoch;
		if (change.imageDigest !== undefined) deployment.setTemplate(change.imageDigest, deployment.content);
		if (change.replicas !== undefined) deployment.scale(change.replicas);
	}

	/** DELETE of a Deployment in one version; pods go with it. @throws Refusal Invalid where it is another. */
	removeVersion(key: string, resourceVersion: number): void {
		const deployment = this.#deployments.get(key);
		if (deployment === undefined) return;
		if (deployment.resourceVersion !== resourceVersion)
			throw new Refusal("Invalid", `"${key}" is at version ${deployment.resourceVersion}: the precondition failed.`);
		deployment.scale(0);
		this.#deployments.delete(key);
	}

	removeAutoscaler(key: string): void {
		this.#autoscalers.delete(key);
		this.#selectors.delete(key);
	}

	/** An autoscaler has the name of the Deployment that it scales. */
	autoscaler(key: string): Autoscaler | null {
		return this.#autoscalers.get(key) ?? null;
	}

	/** @throws Refusal Conflict where one exists, Invalid where the bounds are. */
	createAutoscaler(key: string, bounds: AutoscalerBounds): void {
		if (this.#autoscalers.has(key)) throw new Refusal("Conflict", `Autoscaler "${key}" already exists.`);
		assertBounds(key, bounds);
		this.#autoscalers.set(key, new Autoscaler(bounds));
	}

	/** JSON Patch that begins with a test of the epoch. @throws Refusal NotFound; Invalid where the test fails or the bounds are. */
	patchAutoscaler(key: string, testEpoch: number, change: Partial<AutoscalerBounds>): void {
		const autoscaler = this.#autoscalers.get(key);
		if (autoscaler === undefined) throw new Refusal("NotFound", `Autoscaler "${key}" does not exist.`);
		assertEpoch(key, autoscaler.bounds.epoch, testEpoch);
		const bounds = { ...autoscaler.bounds, ...change };
		assertBounds(key, bounds);
		autoscaler.bounds = bounds;
	}

	service(key: string): ClusterService | null {
		return this.#services.get(key) ?? null;
	}

	/** Makes a Service, or edits it as a person would: without a test. */
	putService(key: string, slot: SlotName | null, epoch: number | null): void {
		const resourceVersion = (this.#services.get(key)?.resourceVersion ?? 0) + 1;
		this.#services.set(key, { slot, epoch, resourceVersion });
		this.#around.onServiceChange(key, slot);
	}

	/** JSON Patch that begins with a test of the resource version. @throws Refusal NotFound; Invalid where the test fails. */
	patchService(key: string, testResourceVersion: number, slot: SlotName, epoch: number): void {
		const service = this.#services.get(key);
		if (service === undefined) throw new Refusal("NotFound", `Service "${key}" does not exist.`);
		if (service.resourceVersion !== testResourceVersion) {
			throw new Refusal("Invalid", `Service "${key}" is at version ${service.resourceVersion}: the test failed.`);
		}
		this.putService(key, slot, epoch);
	}

	/** What the pods of a template read if they start now; null where they could not start. */
	configurationOf({ clusterName, namespace }: WorkloadTarget, content: PodContent): Configuration | null {
		return this.#read(`${clusterName}/${namespace}`, content);
	}

	/** JSON Patch that takes the slot off a Service and leaves an epoch. @throws Refusal NotFound; Invalid where the test fails. */
	freeService(key: string, testResourceVersion: number, epoch: number): void {
		const service = this.#services.get(key);
		if (service === undefined) throw new Refusal("NotFound", `Service "${key}" does not exist.`);
		if (service.resourceVersion !== testResourceVersion)
			throw new Refusal("Invalid", `Service "${key}" is at version ${service.resourceVersion}: the test failed.`);
		this.putService(key, null, epoch);
	}

	/** No autoscaler looks any more. */
	stop(): void {
		this.#stopLooking();
	}

	/** All keys of all ConfigMaps that a template refers to, later ones first; null where one is missing that may not be. */
	#read(namespace: string, { configMaps }: PodContent): Configuration | null {
		let configuration: Configuration = {};
		for (const { name, isOptional } of configMaps) {
			const found = this.configMaps.get(`${namespace}/${name}`);
			if (found === null && !isOptional) return null;
			configuration = { ...configuration, ...found?.data };
		}
		return configuration;
	}

	#look(delayMs: number): void {
		this.#stopLooking = this.#around.timers.after(delayMs, () => {
			for (const [key, autoscaler] of this.#autoscalers) this.#autoscale(key, autoscaler);
			this.#look(autoscalerPeriodMs);
		});
	}

	/** What `kubectl replace --force` does: deletes an autoscaler and creates it again as it was. */
	recreateAutoscaler(key: string): void {
		const bounds = this.#autoscalers.get(key)?.bounds;
		if (bounds === undefined) return;
		this.removeAutoscaler(key);
		this.createAutoscaler(key, bounds);
	}

	/** Whether pods that one autoscaler selects are selected by another one that the controller knows of as well. */
	#isAmbiguous(key: string): boolean {
		const others = [...this.#selectors].filter((other) => other !== key);
		for (const [pods, { replicas }] of this.#deployments)
			if (replicas > 0 && selects(key, pods) && others.some((other) => selects(other, pods))) return true;
		return false;
	}

	/**
	 * An autoscaler rests while its Deployment is at zero; its selector stays known until the autoscaler is deleted.
	 * @see https://github.com/kubernetes/kubernetes/pull/112011
	 */
	#autoscale(key: string, autoscaler: Autoscaler): void {
		const deployment = this.#deployments.get(key);
		if (deployment === undefined || deployment.replicas === 0) return;
		this.#selectors.add(key);
		const wanted = this.#isAmbiguous(key)
			? autoscaler.standStill(deployment.replicas)
			: autoscaler.look(this.#around.neededReplicas(key), this.#around.timers.nowEpochMs());
		if (wanted !== deployment.replicas) deployment.scale(wanted);
	}
}

/** Whether an autoscaler's selector, which is its Deployment's, matches pods: those of slots carry the user's labels, too. */
const selects = (autoscaler: string, pods: string): boolean =>
	pods === autoscaler || slotNames.some((slot) => pods === `${autoscaler}-${slot}`);

const assertEpoch = (key: string, carried: number | null, tested: number): void => {
	if (carried !== tested) throw new Refusal("Invalid", `"${key}" carries epoch ${carried ?? "none"}: the test failed.`);
};

const assertBounds = (key: string, { minReplicas, maxReplicas }: AutoscalerBounds): void => {
	if (minReplicas >= 1 && maxReplicas >= minReplicas) return;
	throw new Refusal(
		"Invalid",
		`Autoscaler "${key}" cannot have ${minReplicas} to ${maxReplicas} replicas: allowed is 1 ≤ min ≤ max.`,
	);
};
