import { routerByKind, targetHealthByKind } from "../../lib/ports/router-by-kind.ts";
import type { SimulatedAlarms } from "../alarms/alarm-clock.ts";
import type { MetricStore } from "../alarms/metric-store.ts";
import type { Engine } from "../asl/engine.ts";
import { fakeAlarms } from "../fakes/alarms.ts";
import { fakeBaseRoute } from "../fakes/base-route.ts";
import { fakeClock } from "../fakes/clock.ts";
import { fakeEnrolmentRecord } from "../fakes/enrolment-record.ts";
import { fakeExecutions } from "../fakes/executions.ts";
import { fakeGatewayRouter } from "../fakes/gateway-router.ts";
import { fakeImageRegistry } from "../fakes/image-registry.ts";
import { fakeLifecycleEvents } from "../fakes/lifecycle-events.ts";
import { fakeMeasurements } from "../fakes/measurements.ts";
import { fakeReleaseContents } from "../fakes/release-contents.ts";
import { fakeReleaseLedger } from "../fakes/release-ledger.ts";
import { fakeRolloutHistory } from "../fakes/rollout-history.ts";
import { fakeServiceCatalog } from "../fakes/service-catalog.ts";
import { fakeServiceStore } from "../fakes/service-store.ts";
import { fakeGatewayHealth, fakeTargetHealth } from "../fakes/target-health.ts";
import type { RecordedTelemetry } from "../fakes/telemetry.ts";
import { fakeTrafficRouter } from "../fakes/traffic-router.ts";
import { fakeTrialSeats } from "../fakes/trial-seats.ts";
import { fakeUserWorkload } from "../fakes/user-workload.ts";
import { fakeWorkloads } from "../fakes/workloads.ts";
import type { Caller } from "../kernel/caller.ts";
import type { World } from "../world/world.ts";

/** What all sandboxes of a run share. */
export interface Surroundings {
	readonly world: World;
	readonly engine: Engine;
	readonly alarms: SimulatedAlarms;
	readonly metrics: MetricStore;
	readonly telemetry: RecordedTelemetry;
}

/**
 * Every port, reached from one sandbox with the variables of its function: what an `index.ts` composes of adapters,
 * composed of fakes. A variable that the template lacks leads nowhere, as it would on AWS.
 */
export const sandboxPorts = (around: Surroundings, caller: Caller, variables: Readonly<Record<string, string>>) => {
	const { world, engine, alarms, metrics, telemetry } = around;
	const { SERVICE_TABLE = "", CATALOG_BUCKET = "", BUS_NAME = "", ENVIRONMENT = "" } = variables;
	return {
		store: fakeServiceStore(world, caller, SERVICE_TABLE),
		history: fakeRolloutHistory(world, caller, SERVICE_TABLE),
		ledger: fakeReleaseLedger(world, caller, SERVICE_TABLE),
		seats: fakeTrialSeats(world, caller, SERVICE_TABLE),
		catalog: fakeServiceCatalog(world, caller, CATALOG_BUCKET),
		registry: fakeImageRegistry(world, caller),
		executions: fakeExecutions(engine, caller),
		events: fakeLifecycleEvents(world, caller, BUS_NAME),
		router: routerByKind(fakeTrafficRouter(world, caller, ENVIRONMENT), fakeGatewayRouter(world, caller, ENVIRONMENT)),
		targetHealth: targetHealthByKind(fakeTargetHealth(world, caller), fakeGatewayHealth(world, caller)),
		workloads: fakeWorkloads(world, caller),
		contents: fakeReleaseContents(world, caller),
		alarms: fakeAlarms(alarms, caller),
		measurements: fakeMeasurements(metrics, caller),
		record: fakeEnrolmentRecord(world, caller, SERVICE_TABLE),
		users: fakeUserWorkload(world, caller),
		baseRoute: fakeBaseRoute(world, caller, ENVIRONMENT),
		clock: fakeClock(caller),
		telemetry,
	};
};
