import type { WorkloadTarget } from "../domain/service-definition.ts";
import type { SlotName } from "../domain/slot.ts";
import type { SlotBinding } from "../ports/user-workload.ts";
import type { Deployment, KubernetesObject, Service } from "./kubernetes-objects.ts";
import { slotLabel, slotObjectName } from "./slot-manifests.ts";

const managedByLabel = "app.kubernetes.io/managed-by";

/** TargetGroupBinding of the load balancer controller, or of EKS Auto Mode. */
export interface TargetGroupBinding extends KubernetesObject {
	readonly spec: {
		readonly serviceRef: { readonly name: string; readonly port: number | string };
		readonly targetGroupARN?: string;
		readonly targetType?: string;
		readonly networking?: object;
	};
}

/** Whether an object that has no epoch is Sluice's: who made it is said by its label. */
export const isMadeBySluice = ({ metadata }: KubernetesObject): boolean =>
	metadata.labels?.[managedByLabel] === "sluice";

const metadataOf = (target: WorkloadTarget, slot: SlotName) => ({
	name: slotObjectName(target, slot),
	namespace: target.namespace,
	labels: { [managedByLabel]: "sluice", [slotLabel]: slot },
});

/** The slot's own Service: what the binding looks up pods by. */
export const slotService = (users: Deployment, target: WorkloadTarget, slot: SlotName) => ({
	apiVersion: "v1",
	kind: "Service",
	metadata: metadataOf(target, slot),
	spec: {
		type: "ClusterIP",
		selector: { ...users.spec.selector.matchLabels, [slotLabel]: slot },
		ports: [{ name: "app", port: target.port, targetPort: target.port, protocol: "TCP" }],
	},
});

/** Binds pods of the slot's Service to its target group, with the user's own binding as the model for networking. */
export const slotTargetGroupBinding = (
	target: WorkloadTarget,
	slot: SlotName,
	{ apiVersion, targetGroupArn }: SlotBinding,
	model: TargetGroupBinding | undefined,
): TargetGroupBinding => ({
	apiVersion,
	kind: "TargetGroupBinding",
	metadata: metadataOf(target, slot),
	spec: {
		serviceRef: { name: slotObjectName(target, slot), port: target.port },
		targetGroupARN: targetGroupArn,
		targetType: "ip",
		...(model?.spec.networking !== undefined && { networking: model.spec.networking }),
	},
});

/** Whether pods of a slot match a Service's selector; one without a selector matches none. */
export const selectsSlotPods = (service: Service, users: Deployment): boolean => {
	const labels = users.spec.template.metadata?.labels ?? {};
	const selector = Object.entries(service.spec.selector ?? {});
	return selector.length > 0 && selector.every(([name, value]) => name === slotLabel || labels[name] === value);
};
