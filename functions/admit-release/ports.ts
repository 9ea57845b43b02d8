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

/** What admission needs of the world. */
export interface Ports {
	readonly store: ServiceStore;
	readonly ledger: ReleaseLedger;
	readonly history: RolloutHistory;
	readonly catalog: ServiceCatalog;
	readonly registry: ImageRegistry;
	readonly contents: ReleaseContents;
	readonly executions: Executions;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}
