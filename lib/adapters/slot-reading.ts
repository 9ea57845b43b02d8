import type { WorkloadTarget } from "../domain/service-definition.ts";
import type { SlotWorkload } from "../ports/workloads.ts";
import { epochOf } from "./epoch-fence.ts";
import type { Autoscaler, Deployment } from "./kubernetes-objects.ts";
import { contentAnnotation } from "./slot-manifests.ts";

const neverDeployed: SlotWorkload = {
	wantedReplicas: 0,
	readyReplicas: 0,
	minReplicas: 0,
	imageDigest: null,
	contentHash: null,
	epoch: 0,
	isSettled: false,
	isScalingAmbiguous: false,
};

/** As `kubectl rollout status` has it: seen by its controller, all pods new, all of them ready, none of the old left. */
export const isSettled = ({ metadata, spec, status = {} }: Deployment): boolean => {
	const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, readyReplicas = 0 } = status;
	return (
		observedGeneration >= (metadata.generation ?? 0) &&
		updatedReplicas === (spec.replicas ?? 1) &&
		replicas === updatedReplicas &&
		readyReplicas === updatedReplicas
	);
};

/** Since Kubernetes 1.27 neither of two autoscalers scales that select the same pods. */
const isAmbiguous = (autoscaler: Autoscaler | null): boolean =>
	autoscaler?.status?.conditions?.some(
		({ type, status, reason }) => type === "ScalingActive" && status === "False" && reason === "AmbiguousSelector",
	) === true;

/** What a slot's objects say together. A Deployment without an epoch is not Sluice's, so its slot was never deployed. */
export const slotReading = (
	target: WorkloadTarget,
	slot: Deployment | null,
	autoscaler: Autoscaler | null,
): SlotWorkload => {
	const epoch = epochOf(slot);
	if (slot === null || epoch === null) return neverDeployed;
	const replicas = slot.spec.replicas ?? 1;
	const image = slot.spec.template.spec.containers.find(({ name }) => name === target.container)?.image;
	return {
		// An autoscaler rests while its Deployment is at zero, and its status may be left from before.
		wantedReplicas: replicas === 0 ? 0 : Math.max(replicas, autoscaler?.status?.desiredReplicas ?? 0),
		readyReplicas: slot.status?.readyReplicas ?? 0,
		minReplicas: autoscaler?.spec.minReplicas ?? 0,
		imageDigest: /@(sha256:[0-9a-f]{64})$/.exec(image ?? "")?.[1] ?? null,
		contentHash: slot.metadata.annotations?.[contentAnnotation] ?? null,
		epoch,
		isSettled: isSettled(slot),
		isScalingAmbiguous: replicas > 0 && isAmbiguous(autoscaler),
	};
};
