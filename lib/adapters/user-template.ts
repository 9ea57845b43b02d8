import type { QuotaRoom } from "../domain/enrolment-facts.ts";
import { quantityOf } from "../domain/kubernetes-quantity.ts";
import type { Container, Deployment, KubernetesObject } from "./kubernetes-objects.ts";

/** Fields of a pod template that only enrolment looks at. */
interface StoppingSpec {
	readonly terminationGracePeriodSeconds?: number;
}

interface StoppingContainer extends Container {
	readonly lifecycle?: { readonly preStop?: object };
}

/** v1 ResourceQuota. */
export interface ResourceQuota extends KubernetesObject {
	readonly spec?: { readonly scopes?: readonly string[]; readonly scopeSelector?: object };
	readonly status?: {
		readonly hard?: Readonly<Record<string, string>>;
		readonly used?: Readonly<Record<string, string>>;
	};
}

/** Containers that run as long as the pod does. */
const lastingContainers = ({ spec }: Deployment): readonly Container[] => {
	const { containers, initContainers = [] } = spec.template.spec;
	return [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === "Always")];
};

/** How pods of a Deployment stop: the time they may take, and whether the container waits first. */
export const stopOf = ({ spec }: Deployment, containerName: string) => {
	const pods: Deployment["spec"]["template"]["spec"] & StoppingSpec = spec.template.spec;
	const container: StoppingContainer | undefined = pods.containers.find(({ name }) => name === containerName);
	return {
		terminationGraceSeconds: pods.terminationGracePeriodSeconds ?? 30,
		hasPreStop: container?.lifecycle?.preStop !== undefined,
	};
};

/** What one more pod takes of a resource that a quota counts; null for one that pods do not take. */
const takenPerPod = (deployment: Deployment, resource: string): number | null => {
	if (resource === "pods" || resource === "count/pods") return 1;
	const [, kind = "requests", name = ""] =
		/^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage)$/.exec(resource) ?? [];
	if (name === "") return null;
	return lastingContainers(deployment).reduce((sum, { resources }) => {
		const text =
			kind === "limits" ? resources?.limits?.[name] : (resources?.requests?.[name] ?? resources?.limits?.[name]);
		return sum + (quantityOf(text ?? "0") ?? 0);
	}, 0);
};

/** Room that quotas leave for pods of a Deployment; those for pods of some kind only are left out. */
export const quotaRooms = (deployment: Deployment, quotas: readonly ResourceQuota[]): readonly QuotaRoom[] =>
	quotas
		.filter(({ spec }) => spec?.scopes === undefined && spec?.scopeSelector === undefined)
		.flatMap(({ metadata, status }) =>
			Object.entries(status?.hard ?? {}).flatMap(([resource, hard]): QuotaRoom[] => {
				const perPod = takenPerPod(deployment, resource);
				const limit = quantityOf(hard);
				if (perPod === null || limit === null) return [];
				const left = limit - (quantityOf(status?.used?.[resource] ?? "0") ?? 0);
				return [{ quota: metadata.name, resource, left, perPod }];
			}),
		);
