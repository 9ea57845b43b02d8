import { alarmNameOf } from "./alarm-config.ts";
import type { BrokenRule } from "./broken-rule.ts";
import { pathText } from "./configuration-problem.ts";
import type { EnvironmentConfig } from "./environment-config.ts";
import type { ServiceConfig } from "./service-config.ts";

/** Something that can be had once only. Two claims of one thing break a rule at the later one's path. */
interface Claim {
	readonly thing: string;
	readonly path: readonly (string | number)[];
}

/** What must hold between services, and between a service and its environment. */
export const environmentRules = (config: EnvironmentConfig): readonly BrokenRule[] => {
	const services = Object.entries(config.services);
	return [
		...clusterRules(config),
		...services.flatMap(([name, service]) => [
			...listenerRules(config, name, service),
			...gatewayRules(config, name, service),
		]),
		...doubleClaims(services),
	];
};

/** Who moves traffic back never runs inside the VPC (D16), so it must reach the cluster from outside. */
const clusterRules = ({ cluster }: EnvironmentConfig): readonly BrokenRule[] =>
	cluster.gatewayApi && cluster.endpoint === "private"
		? [
				{
					path: ["cluster", "gatewayApi"],
					allowed:
						"false with a private endpoint, which the functions that move traffic cannot reach; with an endpoint that is public, or public and private, say endpoint: public",
				},
			]
		: [];

const gatewayRules = (
	{ cluster }: EnvironmentConfig,
	name: string,
	{ traffic }: ServiceConfig,
): readonly BrokenRule[] =>
	traffic.router === "gateway-api" && !cluster.gatewayApi
		? [
				{
					path: ["services", name, "traffic", "router"],
					allowed: "load-balancer, or gateway-api in an environment whose cluster.gatewayApi is true",
				},
			]
		: [];

const listenerRules = (config: EnvironmentConfig, name: string, { traffic }: ServiceConfig): readonly BrokenRule[] => {
	if (traffic.router === "gateway-api") return [];
	const [, , , region, account] = traffic.listenerArn.split(":");
	return region === config.region && account === config.account
		? []
		: [
				{
					path: ["services", name, "traffic", "listenerArn"],
					allowed: `a listener in region ${config.region} of account ${config.account}`,
				},
			];
};

const doubleClaims = (services: readonly (readonly [string, ServiceConfig])[]): readonly BrokenRule[] => {
	const owners = new Map<string, string>();
	const broken: BrokenRule[] = [];
	for (const [name, service] of services)
		for (const claim of claimsOf(service)) {
			const path = ["services", name, ...claim.path];
			const owner = owners.get(claim.thing);
			if (owner === undefined) owners.set(claim.thing, pathText(path));
			else broken.push({ path, allowed: `another one: ${claim.thing} belongs to ${owner}` });
		}
	return broken;
};

const routeClaims = ({ traffic, workload, preview }: ServiceConfig): readonly Claim[] => {
	if (traffic.router === "gateway-api")
		return [{ thing: `HTTPRoute ${workload.namespace}/${traffic.httpRoute}`, path: ["traffic", "httpRoute"] }];
	const { listenerArn, basePriority } = traffic;
	// The trial rule stands one priority before the base rule, and the rule for testers before that.
	const priorities = [basePriority, basePriority - 1, ...(preview === undefined ? [] : [basePriority - 2])];
	return priorities.map((priority) => ({
		thing: `priority ${priority} of ${listenerArn}`,
		path: ["traffic", "basePriority"],
	}));
};

const claimsOf = (service: ServiceConfig): readonly Claim[] => {
	const { namespace, deployment } = service.workload;
	const slots = [`${deployment}-blue`, `${deployment}-green`];
	const path = ["workload", "deployment"];
	return [
		...[deployment, ...slots].map((name) => ({ thing: `Deployment ${namespace}/${name}`, path })),
		...slots.map((name) => ({ thing: `Service ${namespace}/${name}`, path })),
		...(service.inClusterService === "none"
			? []
			: [{ thing: `Service ${namespace}/${service.inClusterService}`, path: ["inClusterService"] }]),
		...routeClaims(service),
		// An alarm's event must lead to one service with one look-up.
		...service.alarms.map((alarm, position) => ({
			thing: `alarm ${alarmNameOf(alarm)}`,
			path: ["alarms", position, "existing" in alarm ? "existing" : "name"],
		})),
	];
};
