import { routerByKind, targetHealthByKind } from "../../lib/ports/router-by-kind.ts";
import type { MetricStore } from "../../simulator/alarms/metric-store.ts";
import type { Engine } from "../../simulator/asl/engine.ts";
import { type AlarmStates, fakeAlarms } from "../../simulator/fakes/alarms.ts";
import { fakeClock } from "../../simulator/fakes/clock.ts";
import { fakeExecutions } from "../../simulator/fakes/executions.ts";
import { fakeGatewayRouter } from "../../simulator/fakes/gateway-router.ts";
import { fakeImageRegistry } from "../../simulator/fakes/image-registry.ts";
import { fakeLifecycleEvents } from "../../simulator/fakes/lifecycle-events.ts";
import { fakeMeasurements } from "../../simulator/fakes/measurements.ts";
import { fakeReleaseContents } from "../../simulator/fakes/release-contents.ts";
import { fakeReleaseLedger } from "../../simulator/fakes/release-ledger.ts";
import { fakeRolloutHistory } from "../../simulator/fakes/rollout-history.ts";
import { fakeServiceCatalog } from "../../simulator/fakes/service-catalog.ts";
import { fakeServiceStore } from "../../simulator/fakes/service-store.ts";
import { fakeGatewayHealth, fakeTargetHealth } from "../../simulator/fakes/target-health.ts";
import type { RecordedTelemetry } from "../../simulator/fakes/telemetry.ts";
import { fakeTrafficRouter } from "../../simulator/fakes/traffic-router.ts";
import { fakeTrialSeats } from "../../simulator/fakes/trial-seats.ts";
import { fakeWorkloads } from "../../simulator/fakes/workloads.ts";
import type { Caller } from "../../simulator/kernel/caller.ts";
import type { World } from "../../simulator/world/world.ts";
import { rollbackMachineArn, rolloutMachineArn } from "./answer-engine.ts";

/** Every variable that any function reads. */
export const environment = {
	SERVICE_TABLE: "sluice",
	CATALOG_BUCKET: "sluice-catalog",
	BUS_NAME: "sluice-production",
	ROLLOUT_MACHINE_ARN: rolloutMachineArn,
	ROLLBACK_MACHINE_ARN: rollbackMachineArn,
	ENVIRONMENT: "production",
	AWS_REGION: "eu-central-1",
} as const;

/** What the ports of all sandboxes of a test lead to. */
interface Surroundings {
	readonly world: World;
	readonly engine: Engine;
	readonly alarms: AlarmStates;
	readonly metrics: MetricStore;
	readonly telemetry: RecordedTelemetry;
}

/** Every port of every function, composed of the simulator's fakes. */
export const functionPorts = (around: Surroundings, caller: Caller) => {
	const { world, engine, alarms, metrics, telemetry } = around;
	return {
		store: fakeServiceStore(world, caller, environment.SERVICE_TABLE),
		history: fakeRolloutHistory(world, caller, environment.SERVICE_TABLE),
		ledger: fakeReleaseLedger(world, caller, environment.SERVICE_TABLE),
		seats: fakeTrialSeats(world, caller, environment.SERVICE_TABLE),
		catalog: fakeServiceCatalog(world, caller, environment.CATALOG_BUCKET),
		registry: fakeImageRegistry(world, caller),
		executions: fakeExecutions(engine, caller),
		events: fakeLifecycleEvents(world, caller, environment.BUS_NAME),
		router: routerByKind(
			fakeTrafficRouter(world, caller, environment.ENVIRONMENT),
			fakeGatewayRouter(world, caller, environment.ENVIRONMENT),
		),
		targetHealth: targetHealthByKind(fakeTargetHealth(world, caller), fakeGatewayHealth(world, caller)),
		workloads: fakeWorkloads(world, caller),
		contents: fakeReleaseContents(world, caller),
		alarms: fakeAlarms(alarms, caller),
		measurements: fakeMeasurements(metrics, caller),
		clock: fakeClock(caller),
		telemetry,
	};
};

export type Ports = ReturnType<typeof functionPorts>;
