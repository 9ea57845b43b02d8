import { previewPriorityOf } from "../../lib/domain/traffic-route.ts";
import { objectKey } from "../world/cluster.ts";
import { groupsOf } from "../world/hosting.ts";
import type { ArmName } from "../world/service-traffic.ts";
import type { Checker, Observation, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";

const armNames: readonly ArmName[] = ["users", "blue", "green"];

/** What a service that was hosted has of the user's own, and how much of what serves is there at this moment. */
const readerOf = ({ system: { world }, definition }: Observation) => {
	const { workload, service } = definition;
	const { route } = definition;
	const groups = groupsOf(definition);
	const own = objectKey(workload, workload.deployment);
	const keyOf = (arm: ArmName): string =>
		arm === "users" ? own : objectKey(workload, `${workload.deployment}-${arm}`);
	/** An HTTPRoute is the user's to change; nothing of Sluice's could delete it. */
	const usersRules = (): readonly string[] =>
		route.kind === "gateway-api"
			? []
			: world.loadBalancer
					.rulesOf(route.listenerArn)
					.filter(({ priority }) => priority !== route.trialPriority && priority !== previewPriorityOf(route))
					.map(({ ruleArn }) => ruleArn);
	return {
		usersRules,
		/** Pods and targets of an arm that get requests, and how many it needs for what it gets now. */
		serving: () =>
			armNames.flatMap((arm) => {
				const needed = world.traffic.of(service).fewestPods(arm);
				if (needed === 0) return [];
				const pods = world.cluster.deployment(keyOf(arm))?.readyPodIds ?? [];
				const ready = pods.length;
				const share = world.traffic.of(service).shares.at(-1)?.[arm] ?? 0;
				// Pods of slots may be targets of the user's group as well; they are about to go.
				const healthy = world.targetGroups.healthyIds(groups[arm]).filter((id) => pods.includes(id)).length;
				return [{ arm, needed, ready, healthy: share > 0 ? healthy : ready }];
			}),
		unrouted: () => world.traffic.of(service).totals().unrouted,
		missing: (rules: readonly string[]): readonly string[] => [
			...(world.cluster.deployment(own) === null ? ["the Deployment"] : []),
			...(world.cluster.autoscaler(own) === null ? ["the autoscaler"] : []),
			...(workload.inClusterService !== null &&
			world.cluster.service(objectKey(workload, workload.inClusterService)) === null
				? ["the in-cluster Service"]
				: []),
			...rules.filter((ruleArn) => world.loadBalancer.rule(ruleArn) === null).map((ruleArn) => `rule ${ruleArn}`),
		],
		/** Listeners by which requests reach the user's own group although its pods are to be none. */
		strandedBy: (): readonly string[] => {
			const { loadBalancer } = world;
			if (route.kind === "gateway-api" || (world.cluster.deployment(own)?.replicas ?? 1) > 0) return [];
			const isReached = (weights: Readonly<Record<string, number>>): boolean => (weights[groups.users] ?? 0) > 0;
			return loadBalancer
				.loadBalancersOf(groups.users)
				.flatMap((loadBalancerArn) => loadBalancer.listenersOf(loadBalancerArn))
				.filter(
					(listenerArn) =>
						isReached(loadBalancer.defaultOf(listenerArn)) ||
						loadBalancer
							.rulesOf(listenerArn)
							.some(({ conditions }) => isReached(loadBalancer.configured(listenerArn, conditions))),
				);
		},
		isEnrolling: () => world.table.get(service) === null || (world.cluster.deployment(own)?.replicas ?? 0) > 0,
	};
};

const watch = (observation: Observation): Watching => {
	const { system } = observation;
	const findings = new Findings();
	const reader = readerOf(observation);
	const find = (sentence: string): void => findings.add(system.clock.nowEpochMs(), sentence);
	const rules = reader.usersRules();
	let told = "";
	const look = (): void => {
		if (!reader.isEnrolling()) return;
		for (const { arm, needed, ready, healthy } of reader.serving()) {
			if (Math.min(ready, healthy) >= needed) continue;
			const sentence = `${arm} gets requests for ${needed} pods, and has ${ready} ready and ${healthy} healthy targets.`;
			if (told !== sentence) find(sentence);
			told = sentence;
		}
		for (const listenerArn of reader.strandedBy()) {
			const sentence = `the user's own pods are stopped, and ${listenerArn} still sends them requests.`;
			if (told !== sentence) find(sentence);
			told = sentence;
		}
	};
	return {
		onCall: ({ call: { operation } }) => {
			if (/Rule$|^kubernetes:(patch|create|delete):/.test(operation)) look();
		},
		onTick: look,
		broken: () => {
			const unrouted = reader.unrouted();
			if (unrouted > 0) find(`${unrouted} requests met no rule or no pod.`);
			for (const what of reader.missing(rules)) find(`${what} of the user's is gone.`);
			return findings.sentences;
		},
	};
};

/** Watches services that are enrolled or given back within a story; one that was enrolled long before has nothing to lose here. */
export const nothingLostOnTheWayIn: Checker = {
	promise: "On the way into Sluice's care and out of it no request is lost, and nothing of the user's is deleted.",
	watch: (observation) => {
		const isHosted = observation.system.world.table.get(observation.definition.service) === null;
		return isHosted ? watch(observation) : { broken: () => [] };
	},
};
