import { ambiguityOf } from "./autoscaler-ambiguity.ts";
import { usersGroupOf } from "./base-rule.ts";
import type { CommonFacts, EnrolmentFacts } from "./enrolment-facts.ts";

/**
 * What becomes of autoscaling: whose bounds count, and that two autoscalers must not mean the same pods. Once the
 * user's own pods are gone, the slot's autoscaler says whether they do.
 */
export const autoscalerWarnings = ({
	cluster,
	definition: { workload },
	record,
	slots,
}: CommonFacts): readonly string[] => {
	const { autoscaler, minReplicas, maxReplicas, users } = cluster;
	if (users === null) return [];
	if (record !== null && users.replicas === 0)
		return slots[record.stableSlot].isScalingAmbiguous
			? [ambiguityOf(`${workload.deployment}-${record.stableSlot}`)]
			: [];
	return [
		autoscaler === null
			? `No autoscaler scales Deployment "${workload.namespace}/${workload.deployment}": slots get the default one, from ${minReplicas} to ${maxReplicas} pods. If other bounds are wanted, give it an autoscaler of your own first.`
			: `The selector of autoscaler "${autoscaler}" matches pods of slots as well, and Kubernetes lets neither of two such autoscalers scale (AmbiguousSelector): while both run, pods stay as many as they are. Once your Deployment is at zero, delete "${autoscaler}" and create it again as it was: it rests then, and slots go on taking its bounds.`,
	];
};

/** What a person should know and may leave as it is. */
export const enrolmentWarnings = (facts: EnrolmentFacts): readonly string[] => {
	const { definition, cluster, route } = facts;
	const { users } = cluster;
	const usersGroup = usersGroupOf(route, definition.route);
	const { blue } = definition.route.targetGroupArns;
	const delay = route.groups[blue]?.deregistrationDelaySeconds ?? 0;
	const feeding = cluster.otherServices.filter(
		({ feedsTargetGroups }) => usersGroup !== null && feedsTargetGroups.includes(usersGroup),
	);
	return [
		...autoscalerWarnings(facts),
		...(users !== null && delay < users.terminationGraceSeconds
			? [
					`Target groups forget a pod after ${delay} s, and a pod may take ${users.terminationGraceSeconds} s to stop (terminationGracePeriodSeconds): requests that take longer than ${delay} s may be cut.`,
				]
			: []),
		...(users !== null && !users.hasPreStop
			? [
					"Pods have no preStop hook: they are told to stop while the load balancer still sends them requests. A sleep of some seconds closes that gap.",
				]
			: []),
		...(users !== null && users.containerPorts.length > 0 && !users.containerPorts.includes(definition.workload.port)
			? [
					`No container declares port ${definition.workload.port}; declared are ${users.containerPorts.join(", ")}. Requests are sent to ${definition.workload.port}.`,
				]
			: []),
		...feeding.map(
			({ name }) =>
				`Service "${name}" brings pods to your own target group and selects pods of both slots: callers in the cluster should not use it.`,
		),
	];
};
