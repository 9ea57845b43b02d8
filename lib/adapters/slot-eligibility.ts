import type { WorkloadTarget } from "../domain/service-definition.ts";
import { InvalidWorkloadError } from "../ports/workloads.ts";
import type { Container, PodTemplate, VolumeClaim } from "./kubernetes-objects.ts";

/** Names of the volume claims that a template's pods mount. */
export const claimNamesOf = (template: PodTemplate): readonly string[] => [
	...new Set(
		(template.spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
			persistentVolumeClaim === undefined ? [] : [persistentVolumeClaim.claimName],
		),
	),
];

/** Modes in which pods of two slots on two nodes can mount one claim. */
const sharedModes = ["ReadWriteMany", "ReadOnlyMany"];

const refuse = (target: WorkloadTarget, field: string, value: string, allowed: string): never => {
	throw new InvalidWorkloadError(
		`Deployment "${target.namespace}/${target.deployment}" cannot run in two slots: ${field} is ${value}; allowed is ${allowed}.`,
	);
};

const refusePorts = (target: WorkloadTarget, container: Container): void => {
	const port = container.ports?.find(({ hostPort }) => (hostPort ?? 0) > 0);
	if (port !== undefined)
		refuse(
			target,
			`hostPort of container "${container.name}"`,
			String(port.hostPort),
			"none: two slots cannot share a port of a node",
		);
};

const refuseClaim = (target: WorkloadTarget, claimName: string, claim: VolumeClaim | null): void => {
	const modes = claim?.spec.accessModes ?? [];
	if (modes.some((mode) => sharedModes.includes(mode))) return;
	const value = claim === null ? "missing" : modes.join(", ") || "without access modes";
	refuse(target, `persistentVolumeClaim "${claimName}"`, value, sharedModes.join(" or "));
};

/** A limit counts as a request: Kubernetes makes one of it where the request is missing. */
const refuseRequests = (target: WorkloadTarget, container: Container): void => {
	for (const resource of ["cpu", "memory"]) {
		const quantity = container.resources?.requests?.[resource] ?? container.resources?.limits?.[resource];
		if (quantity === undefined)
			refuse(
				target,
				`resources.requests.${resource} of container "${container.name}"`,
				"missing",
				"a quantity, or an autoscaler of your own: the default one scales by CPU and memory",
			);
	}
};

/**
 * Refuses a template that cannot run twice, or that the default autoscaler could not scale (D2, D5).
 * @param claims - what `claimNamesOf` names, null for a claim that does not exist.
 * @throws InvalidWorkloadError naming the field, its value and what is allowed.
 */
export const assertEligible = (
	template: PodTemplate,
	target: WorkloadTarget,
	hasAutoscaler: boolean,
	claims: ReadonlyMap<string, VolumeClaim | null>,
): void => {
	const { containers, initContainers = [] } = template.spec;
	if (!containers.some(({ name }) => name === target.container))
		refuse(
			target,
			`container "${target.container}"`,
			"missing",
			`one of ${containers.map(({ name }) => `"${name}"`).join(", ")}`,
		);
	for (const container of [...containers, ...initContainers]) refusePorts(target, container);
	for (const [claimName, claim] of claims) refuseClaim(target, claimName, claim);
	if (hasAutoscaler) return;
	const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === "Always");
	for (const container of [...containers, ...sidecars]) refuseRequests(target, container);
};
