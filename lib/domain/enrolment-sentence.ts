import type { EnrolmentStep } from "./enrolment.ts";
import type { CommonFacts, Problem, RouteFacts } from "./enrolment-facts.ts";
import type { ServiceDefinition } from "./service-definition.ts";
import type { WithdrawalStep } from "./withdrawal.ts";

/** What was found, and of a service behind a load balancer its rules. */
type Found = CommonFacts & { readonly route?: Pick<RouteFacts, "users"> };

/** Which rule is copied is what whoever named it can check: a wrong one of another service's looks like any. */
const modelInWords = (users: RouteFacts["users"], usersGroupArn: string): string => {
	const conditions = (users?.conditions ?? []).map(({ field, values, unlisted = 0 }) => {
		const more = unlisted === 0 ? [] : [`${unlisted} that cannot be listed`];
		return `${field} ${[...values, ...more].join(" or ")}`;
	});
	return `the rule at priority ${users?.priority}, which serves now (${conditions.join(" and ")}); everything goes on going to its target group ${usersGroupArn}`;
};

/** What a step changes, as a sentence for people; the same in a dry run and while it happens. */
export const sentenceOf = (step: EnrolmentStep | WithdrawalStep, found: Found): string => {
	const { definition } = found;
	const { workload } = definition;
	const route = routeInWords(definition);
	const own = `Deployment "${workload.namespace}/${workload.deployment}"`;
	const slotName = (slot: string): string => `"${workload.deployment}-${slot}"`;
	switch (step.kind) {
		case "bind-slot":
			return `Make ${route.slotObjects} ${slotName(step.slot)}, through which pods of slot ${step.slot} get requests.`;
		case "create-base-rule":
			return `Make the base rule at priority ${route.basePriority} with the conditions of ${modelInWords(found.route?.users ?? null, step.usersGroupArn)}.`;
		case "renew-base-rule":
			return `Delete the base rule at priority ${route.basePriority}: your own rule below it and your own pods serve everything until another one is made.`;
		case "deploy-slot":
			return `Copy ${own} into slot ${step.slot} as Deployment ${slotName(step.slot)} with image ${step.release.imageDigest} and an autoscaler like yours.`;
		case "hold-slot":
			return `Start ${step.minReplicas} pods in slot ${step.slot}: as many as serve now.`;
		case "await-slot":
			return `Wait until the slot can serve everything: ${step.missing.join(", ")}.`;
		case "await-route":
			return `Wait until you have pointed ${route.name} at the slots: in the one rule that forwards to your own Service now, backendRefs "${workload.deployment}-blue" with weight 1 and "${workload.deployment}-green" with weight 0, and nothing else.`;
		case "await-route-back":
			return `Wait until you have pointed ${route.name} at your own Service again: no backendRef to a slot's.`;
		case "direct":
			return directSentence(step);
		case "direct-to-slot-again":
			return `Send everything to slot ${step.slot} again: your own pods took over and cannot serve.`;
		case "move-in-cluster-service":
			return `Add the label sluice.dev/slot=${step.slot} to the selector of Service "${workload.inClusterService}": callers in the cluster reach slot ${step.slot}.`;
		case "free-in-cluster-service":
			return `Take the label sluice.dev/slot out of the selector of Service "${workload.inClusterService}": it selects your own pods again.`;
		case "await-drain":
			return `Wait ${step.seconds} s until no request to the old pods is under way any more.`;
		case "follow-load":
			return `Let the autoscaler of slot ${step.slot} follow the load within your bounds.`;
		case "allow-stop":
			return `Mark ${own}, beside its template, as one that this enrolment may scale to zero; giving back takes the mark off.`;
		case "forbid-stop":
			return `Take the mark off ${own}: no enrolment may scale it to zero any more.`;
		case "stop-users":
			return `Scale ${own} to zero; nothing of it is deleted. GitOps may set it back: Sluice sends nothing to those pods, but an autoscaler of yours wakes up with them.`;
		case "record":
			return `Record the service: slot blue serves ${step.release.imageDigest}, and pushes are rolled out from now on.`;
		case "withdraw-record":
			return "Take the service out of the record: pushes are not rolled out any more.";
		case "bar-record":
			return "See to it that no enrolment that was begun can end any more.";
		case "set-users-image":
			return `Set the image of container "${workload.container}" of ${own} to ${workload.repositoryUri}@${step.imageDigest}, which serves now.`;
		case "start-users":
			return `Scale ${own} to ${step.replicas}: as many as serve now.`;
		case "await-users":
			return `Wait until your own pods can serve everything: ${step.missing.join(", ")}.`;
		case "remove-trial-rule":
			return `Delete what a rollout has left above priority ${route.basePriority}.`;
		case "delete-base-rule":
			return `Delete the base rule at priority ${route.basePriority}: requests meet your own rule below it.`;
		case "retire-slot":
			return `Scale slot ${step.slot} to zero.`;
		case "remove-slot":
			return `Delete Deployment, autoscaler, ${route.slotObjects} ${slotName(step.slot)}.`;
		case "close-record":
			return `Keep epoch ${step.epoch} on record, so that a later enrolment begins above it.`;
	}
};

const routeInWords = ({ route }: ServiceDefinition) =>
	route.kind === "gateway-api"
		? {
				name: `HTTPRoute "${route.namespace}/${route.httpRoute}"`,
				slotObjects: "Service",
				basePriority: 0,
			}
		: {
				name: "the base rule",
				slotObjects: "Service and TargetGroupBinding",
				basePriority: route.basePriority,
			};

const directSentence = (step: Extract<EnrolmentStep | WithdrawalStep, { kind: "direct" }>): string => {
	if (!step.listsUsers) return `Take your own target group out of the base rule; slot ${step.slot} has everything.`;
	return step.usersPercent === 100
		? `Send everything to your own target group; both slots' groups stay in the rule, so that their targets are checked.`
		: `Send everything to slot ${step.slot}; your own target group stays in the rule, so that its targets are checked.`;
};

/** What forbids a step, as a sentence for people. */
export const problemText = ({ what, value, allowed }: Problem): string => `${what}: ${value}; allowed is ${allowed}.`;
