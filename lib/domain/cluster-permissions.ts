/** Groups that access entries of the cluster name, and that RBAC binds: everyday work, and taking services in and out. */
export type ClusterGroup = "sluice" | "sluice-enrolment";

/** What may be done to one kind of object within a namespace. */
export interface ClusterPermission {
	readonly group: ClusterGroup;
	/** "" stands for the core group, as in RBAC. */
	readonly apiGroup: string;
	/** Plural, as in paths of the API. */
	readonly resource: string;
	readonly verbs: readonly ClusterVerb[];
}

export type ClusterVerb = "get" | "list" | "create" | "patch" | "delete";

/** Kinds of the load balancer controller and of EKS Auto Mode, which bind pods to target groups. */
export const bindingApiGroups = ["elbv2.k8s.aws", "eks.amazonaws.com"] as const;

/**
 * Everything that Sluice may do in a cluster, said once: the Roles that people apply, the simulator's authority and
 * the tests of the adapters are derived from it. Nobody may read a Secret, and nothing of the user's may be deleted
 * but by enrolment, which deletes what it made.
 */
export const clusterPermissions: readonly ClusterPermission[] = [
	{ group: "sluice", apiGroup: "apps", resource: "deployments", verbs: ["get", "create", "patch"] },
	{
		group: "sluice",
		apiGroup: "autoscaling",
		resource: "horizontalpodautoscalers",
		verbs: ["get", "list", "create", "patch"],
	},
	{ group: "sluice", apiGroup: "", resource: "services", verbs: ["get", "patch"] },
	{ group: "sluice", apiGroup: "", resource: "persistentvolumeclaims", verbs: ["get"] },
	// Contents of releases are kept as immutable ConfigMaps and given up when nobody can go back to them.
	{ group: "sluice", apiGroup: "", resource: "configmaps", verbs: ["get", "list", "create", "patch", "delete"] },
	// With cluster.gatewayApi: the weights of HTTPRoutes, and which endpoints are ready.
	{ group: "sluice", apiGroup: "gateway.networking.k8s.io", resource: "httproutes", verbs: ["get", "patch"] },
	{ group: "sluice", apiGroup: "discovery.k8s.io", resource: "endpointslices", verbs: ["list"] },
	{ group: "sluice-enrolment", apiGroup: "apps", resource: "deployments", verbs: ["delete"] },
	{ group: "sluice-enrolment", apiGroup: "apps", resource: "statefulsets", verbs: ["get"] },
	{ group: "sluice-enrolment", apiGroup: "apps", resource: "daemonsets", verbs: ["get"] },
	{ group: "sluice-enrolment", apiGroup: "autoscaling", resource: "horizontalpodautoscalers", verbs: ["delete"] },
	{ group: "sluice-enrolment", apiGroup: "", resource: "services", verbs: ["list", "create", "delete"] },
	{ group: "sluice-enrolment", apiGroup: "", resource: "pods", verbs: ["list"] },
	{ group: "sluice-enrolment", apiGroup: "", resource: "resourcequotas", verbs: ["list"] },
	...bindingApiGroups.map(
		(apiGroup): ClusterPermission => ({
			group: "sluice-enrolment",
			apiGroup,
			resource: "targetgroupbindings",
			verbs: ["get", "list", "create", "delete"],
		}),
	),
];

/** Groups whose members may do this to objects of this kind; empty where nobody may. */
export const groupsThatMay = (verb: string, resource: string): readonly ClusterGroup[] => [
	...new Set(
		clusterPermissions
			.filter((permission) => permission.resource === resource && permission.verbs.some((allowed) => allowed === verb))
			.map(({ group }) => group),
	),
];

const ruleOf = ({ apiGroup, resource, verbs }: ClusterPermission): string =>
	`  - { apiGroups: ["${apiGroup}"], resources: [${resource}], verbs: [${verbs.join(", ")}] }`;

const roleOf = (group: ClusterGroup, namespace: string): string =>
	[
		"apiVersion: rbac.authorization.k8s.io/v1",
		"kind: Role",
		`metadata: { name: ${group}, namespace: ${namespace} }`,
		"rules:",
		...clusterPermissions.filter((permission) => permission.group === group).map(ruleOf),
		"---",
		"apiVersion: rbac.authorization.k8s.io/v1",
		"kind: RoleBinding",
		`metadata: { name: ${group}, namespace: ${namespace} }`,
		`roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${group} }`,
		`subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: Group, name: ${group} }]`,
	].join("\n");

/** Roles and bindings of these namespaces as YAML, ready for `kubectl apply -f -`; each namespace once. */
export const clusterRolesYaml = (namespaces: readonly string[]): string =>
	[...new Set(namespaces)]
		.toSorted()
		.flatMap((namespace) => [roleOf("sluice", namespace), roleOf("sluice-enrolment", namespace)])
		.join("\n---\n");
