import type { Problem } from "../domain/enrolment-facts.ts";
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

const refusePorts = ({ name, ports = [] }: Container): readonly Problem[] =>
	ports.flatMap(({ hostPort = 0 }) =>
		hostPort > 0
			? [
					{
						what: `hostPort of container "${name}"`,
						value: String(hostPort),
						allowed: "none: two slots cannot share a port of a node",
					},
				]
			: [],
	);

const refuseClaim = (claimName: string, claim: VolumeClaim | null): readonly Problem[] => {
	const modes = claim?.spec.accessModes ?? [];
	if (modes.some((mode) => sharedModes.includes(mode))) return [];
	const value = claim === null ? "missing" : modes.join(", ") || "without access modes";
	return [{ what: `persistentVolumeClaim "${claimName}"`, value, allowed: sharedModes.join(" or ") }];
};

/** A limit counts as a request: Kubernetes makes one of it where the request is missing. */
const refuseRequests = ({ name, resources }: Container): readonly Problem[] =>
	["cpu", "memory"].flatMap((resource) =>
		(resources?.requests?.[resource] ?? resources?.limits?.[resource]) === undefined
			? [
					{
						what: `resources.requests.${resource} of container "${name}"`,
						value: "missing",
						allowed: "a quantity, or an autoscaler of your own: the default one scales by CPU and memory",
					},
				]
			: [],
	);

/**
 * Why a template cannot run twice, or the default autoscaler could not scale it (D2, D5); empty where both hold.
 * @param claims - what `claimNamesOf` names, null for a claim that does not exist.
 */
export const eligibilityProblems = (
	template: PodTemplate,
	target: WorkloadTarget,
	hasAutoscaler: boolean,
	claims: ReadonlyMap<string, VolumeClaim | null>,
): readonly Problem[] => {
	const { containers, initContainers = [] } = template.spec;
	const isThere = containers.some(({ name }) => name === target.container);
	const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === "Always");
	return [
		...(isThere
			? []
			: [
					{
						what: `container "${target.container}"`,
						value: "missing",
						allowed: `one of ${containers.map(({ name }) => `"${name}"`).join(", ")}`,
					},
				]),
		...[...containers, ...initContainers].flatMap(refusePorts),
		...[...claims].flatMap(([name, claim]) => refuseClaim(name, claim)),
		...(hasAutoscaler ? [] : [...containers, ...sidecars].flatMap(refuseRequests)),
	];
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
	const [problem] = eligibilityProblems(template, target, hasAutoscaler, claims);
	if (problem === undefined) return;
	const { what, value, allowed } = problem;
	throw new InvalidWorkloadError(
		`Deployment "${target.namespace}/${target.deployment}" cannot run in two slots: ${what} is ${value}; allowed is ${allowed}.`,
	);
};
