import type { Clock } from "../../lib/ports/clock.ts";
import type { Executions } from "../../lib/ports/executions.ts";
import type { ImageRegistry } from "../../lib/ports/image-registry.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { ReleaseContents } from "../../lib/ports/release-contents.ts";
import type { ReleaseLedger } from "../../lib/ports/release-ledger.ts";
import type { RolloutHistory } from "../../lib/ports/rollout-history.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { TrafficRouter } from "../../lib/ports/traffic-router.ts";
import type { Workloads } from "../../lib/ports/workloads.ts";

/** What admission needs of the world. */
export interface Ports {
	readonly store: ServiceStore;
	readonly ledger: ReleaseLedger;
	readonly history: RolloutHistory;
	readonly catalog: ServiceCatalog;
	readonly registry: ImageRegistry;
	readonly contents: ReleaseContents;
	/** Read only: a service that is idle is compared with the record. */
	readonly router: Pick<TrafficRouter, "read">;
	readonly workloads: Pick<Workloads, "read" | "readInClusterService">;
	readonly executions: Executions;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}
