import type { EnrolmentFacts, SlotFacts } from "../../lib/domain/enrolment-facts.ts";
import type { SlotName } from "../../lib/domain/slot.ts";
import { loadBalancerRouteOf } from "../../lib/domain/traffic-route.ts";
import type { BaseRoute } from "../../lib/ports/base-route.ts";
import type { EnrolmentRecord } from "../../lib/ports/enrolment-record.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { UserWorkload } from "../../lib/ports/user-workload.ts";
import type { Workloads } from "../../lib/ports/workloads.ts";

interface Ports {
	readonly catalog: ServiceCatalog;
	readonly record: EnrolmentRecord;
	readonly users: UserWorkload;
	readonly baseRoute: BaseRoute;
	readonly workloads: Workloads;
}

/** Looks at everything that the next step is decided by, and changes nothing. @throws InvalidRouteError behind a gateway. */
export const observe = async (ports: Ports, service: string, fromPriority: number | null): Promise<EnrolmentFacts> => {
	const entry = await ports.catalog.read(service);
	const route = loadBalancerRouteOf(entry.definition);
	const definition = { ...entry.definition, route };
	const { workload } = definition;
	const [{ record, tombstone }, cluster, routeFacts, blue, green] = await Promise.all([
		ports.record.read(service),
		ports.users.inspect(workload),
		ports.baseRoute.inspect(route, fromPriority),
		ports.workloads.read(workload, "blue"),
		ports.workloads.read(workload, "green"),
	]);
	const slotFacts = (slot: SlotName, read: Omit<SlotFacts, "healthyTargets">): SlotFacts => ({
		...read,
		healthyTargets: routeFacts.groups[route.targetGroupArns[slot]]?.healthyTargets ?? 0,
	});
	return {
		definition,
		record,
		tombstone,
		cluster,
		slots: { blue: slotFacts("blue", blue), green: slotFacts("green", green) },
		route: routeFacts,
		fromPriority,
	};
};
