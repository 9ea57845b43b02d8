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
	return [...services.flatMap(([name, service]) => listenerRules(config, name, service)), ...doubleClaims(services)];
};

const listenerRules = (config: EnvironmentConfig, name: string, service: ServiceConfig): readonly BrokenRule[] => {
	const [, , , region, account] = service.traffic.listenerArn.split(":");
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

const claimsOf = (service: ServiceConfig): readonly Claim[] => {
	const { namespace, deployment } = service.workload;
	const { listenerArn, basePriority } = service.traffic;
	const slots = [`${deployment}-blue`, `${deployment}-green`];
	const path = ["workload", "deployment"];
	return [
		...[deployment, ...slots].map((name) => ({ thing: `Deployment ${namespace}/${name}`, path })),
		...slots.map((name) => ({ thing: `Service ${namespace}/${name}`, path })),
		...(service.inClusterService === "none"
			? []
			: [{ thing: `Service ${namespace}/${service.inClusterService}`, path: ["inClusterService"] }]),
		// The trial rule stands one priority before the base rule, so a service needs both.
		...[basePriority, basePriority - 1].map((priority) => ({
			thing: `priority ${priority} of ${listenerArn}`,
			path: ["traffic", "basePriority"],
		})),
		// An alarm's event must lead to one service with one look-up.
		...service.alarms.map((alarm, position) => ({
			thing: `alarm ${alarmNameOf(alarm)}`,
			path: ["alarms", position, "existing" in alarm ? "existing" : "name"],
		})),
	];
};
