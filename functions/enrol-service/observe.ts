import { usersGroupOf } from "../../lib/domain/base-rule.ts";
import type { CommonFacts, EnrolmentFacts, GatewayFacts } from "../../lib/domain/enrolment-facts.ts";
import type { GatewayRoute } from "../../lib/domain/service-definition.ts";
import { type SlotName, slotNames } from "../../lib/domain/slot.ts";
import type { BaseRoute } from "../../lib/ports/base-route.ts";
import type { EnrolmentRecord } from "../../lib/ports/enrolment-record.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { TargetHealth } from "../../lib/ports/target-health.ts";
import type { TrafficRouter } from "../../lib/ports/traffic-router.ts";
import type { UserWorkload } from "../../lib/ports/user-workload.ts";
import type { Workloads } from "../../lib/ports/workloads.ts";

export interface Ports {
	readonly catalog: ServiceCatalog;
	readonly record: EnrolmentRecord;
	readonly users: UserWorkload;
	readonly baseRoute: BaseRoute;
	readonly workloads: Workloads;
	readonly router: TrafficRouter<GatewayRoute>;
	readonly targetHealth: TargetHealth<GatewayRoute>;
}

/** What cluster and record say of a service, and how many targets of each slot are healthy. */
const observeCommon = async <Definition extends CommonFacts["definition"]>(
	ports: Ports,
	definition: Definition,
	healthyTargets: (slot: SlotName) => number,
) => {
	const { workload, service } = definition;
	const [cluster, blue, green] = await Promise.all([
		ports.users.inspect(workload),
		ports.workloads.read(workload, "blue"),
		ports.workloads.read(workload, "green"),
	]);
	// Last: what was seen of an object before a service began to leave was written since, or is written no more by us.
	const { record, tombstone } = await ports.record.read(service);
	const slots = {
		blue: { ...blue, healthyTargets: healthyTargets("blue") },
		green: { ...green, healthyTargets: healthyTargets("green") },
	};
	return { definition, record, tombstone, cluster, slots };
};

/** Looks at everything that the next step is decided by, and changes nothing. */
export const observe = async (
	ports: Ports,
	definition: EnrolmentFacts["definition"],
	fromPriority: number | null,
	isEnrolling: boolean,
): Promise<EnrolmentFacts> => {
	const route = await ports.baseRoute.inspect(definition.route, fromPriority);
	const healthyTargets = (slot: SlotName): number =>
		route.groups[definition.route.targetGroupArns[slot]]?.healthyTargets ?? 0;
	const common = await observeCommon(ports, definition, healthyTargets);
	const usersGroup = usersGroupOf(route, definition.route);
	const group = usersGroup === null ? null : route.groups[usersGroup];
	// Many calls for each listener, which say whose requests would reach the user's pods once those are stopped.
	const isAsked = isEnrolling && (common.cluster.users?.replicas ?? 0) > 0;
	const routesToUsersGroup =
		!isAsked || usersGroup === null || group == null
			? []
			: await ports.baseRoute.routesTo(definition.route, usersGroup, group);
	return { ...common, route: { ...route, routesToUsersGroup }, fromPriority };
};

/** The same where an HTTPRoute, which is the user's to point, says who is served by whom. */
export const observeGateway = async (ports: Ports, definition: GatewayFacts["definition"]): Promise<GatewayFacts> => {
	const { base, trial, reachesNoSlot = false } = await ports.router.read(definition.route);
	const counts = await Promise.all(slotNames.map((slot) => ports.targetHealth.count(definition.route, slot)));
	const healthyTargets = (slot: SlotName): number => counts[slotNames.indexOf(slot)]?.healthy ?? 0;
	const common = await observeCommon(ports, definition, healthyTargets);
	return { ...common, base, reachesNoSlot, isTrialOpen: trial !== null };
};
