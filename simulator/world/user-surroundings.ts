import type { ClusterFacts, InClusterService, Problem, TargetGroupFacts } from "../../lib/domain/enrolment-facts.ts";
import type { Cluster } from "./cluster.ts";
import type { TargetGroups } from "./target-groups.ts";
import type { Wiring } from "./wiring.ts";

/** What the world says of a user's own workload besides what runs: everything that enrolment may refuse. */
export interface UsersFeatures {
	readonly foundInstead: ClusterFacts["foundInstead"];
	readonly problems: readonly Problem[];
	readonly otherServices: ClusterFacts["otherServices"];
	/** Whose pods the in-cluster Service selects. */
	readonly selection: Pick<InClusterService, "selectsUsers" | "alsoSelects">;
	/** Target groups that the in-cluster Service brings its pods to. */
	readonly inClusterFeeds: InClusterService["feedsTargetGroups"];
	readonly takenNames: ClusterFacts["takenNames"];
	/** Reference that the template names; one of the configured repository where nothing is said. */
	readonly image: string | null;
	readonly quotas: ClusterFacts["quotas"];
	readonly missingConfigMaps: readonly string[];
	readonly bindingApiVersion: string | null;
	/** Digests besides the template's, as in a rolling update of the user's own. */
	readonly otherDigests: readonly string[];
}

const usualFeatures: UsersFeatures = {
	foundInstead: null,
	problems: [],
	otherServices: [],
	selection: { selectsUsers: true, alsoSelects: [] },
	inClusterFeeds: [],
	takenNames: [],
	image: null,
	quotas: [],
	missingConfigMaps: [],
	bindingApiVersion: "elbv2.k8s.aws/v1beta1",
	otherDigests: [],
};

/** Rules that a load balancer may have by default. */
const usualRulesAllowed = 100;

/** What users have around a service, and the slots' own Services and bindings. Keys are those of `objectKey`. */
export class UserSurroundings {
	readonly #cluster: Cluster;
	readonly #targetGroups: TargetGroups;
	readonly #wiring: Wiring;
	readonly #features = new Map<string, UsersFeatures>();
	readonly #groups = new Map<string, Partial<TargetGroupFacts>>();
	readonly #listenerTags = new Map<string, Readonly<Record<string, string>>>();
	readonly #services = new Set<string>();
	readonly #bindings = new Set<string>();
	rulesAllowed = usualRulesAllowed;

	constructor(cluster: Cluster, targetGroups: TargetGroups, wiring: Wiring) {
		this.#cluster = cluster;
		this.#targetGroups = targetGroups;
		this.#wiring = wiring;
	}

	/** What is so of the workload of a Deployment's key. */
	features(key: string): UsersFeatures {
		return this.#features.get(key) ?? usualFeatures;
	}

	/** Makes it otherwise, as the user did long before. */
	change(key: string, features: Partial<UsersFeatures>): void {
		this.#features.set(key, { ...this.features(key), ...features });
	}

	group(targetGroupArn: string): Partial<TargetGroupFacts> {
		return this.#groups.get(targetGroupArn) ?? {};
	}

	changeGroup(targetGroupArn: string, facts: Partial<TargetGroupFacts>): void {
		this.#groups.set(targetGroupArn, facts);
	}

	listenerTags(listenerArn: string): Readonly<Record<string, string>> {
		return this.#listenerTags.get(listenerArn) ?? {};
	}

	tagListener(listenerArn: string, tags: Readonly<Record<string, string>>): void {
		this.#listenerTags.set(listenerArn, tags);
	}

	hasService(key: string): boolean {
		return this.#services.has(key);
	}

	hasBinding(key: string): boolean {
		return this.#bindings.has(key);
	}

	addService(key: string): void {
		this.#services.add(key);
	}

	/** Pods that are ready become targets, and those that get ready from now on. */
	bind(key: string): void {
		if (this.#bindings.has(key)) return;
		this.#bindings.add(key);
		this.#wiring.unbound.delete(key);
		const place = this.#wiring.byDeployment.get(key);
		if (place === undefined) return;
		for (const podId of this.#cluster.deployment(key)?.readyPodIds ?? [])
			this.#targetGroups.register(place.targetGroupArn, podId);
	}

	/** Deletes a slot's binding and Service: its targets go, if there are any left. */
	unbind(key: string): void {
		const place = this.#wiring.byDeployment.get(key);
		if (this.#bindings.delete(key) && place !== undefined) {
			for (const podId of this.#cluster.deployment(key)?.readyPodIds ?? [])
				this.#targetGroups.deregister(place.targetGroupArn, podId);
		}
		this.#wiring.unbound.add(key);
		this.#services.delete(key);
	}
}
