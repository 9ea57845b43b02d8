import type { Alarms } from "../../lib/ports/alarms.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { Commands } from "../../lib/ports/commands.ts";
import type { EnrolmentRecord } from "../../lib/ports/enrolment-record.ts";
import type { Enrolments } from "../../lib/ports/enrolments.ts";
import type { Identity } from "../../lib/ports/identity.ts";
import type { Measurements } from "../../lib/ports/measurements.ts";
import type { ReleaseLedger } from "../../lib/ports/release-ledger.ts";
import type { RolloutHistory } from "../../lib/ports/rollout-history.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { TrialSeats } from "../../lib/ports/trial-seats.ts";

/** What a person at the command line can ask and send, whether Sluice runs on AWS or in the simulator. */
export interface Desk {
	/** Where the answers come from, as a person calls it. */
	readonly place: string;
	readonly store: Pick<ServiceStore, "read">;
	readonly catalog: Pick<ServiceCatalog, "read" | "readPinned" | "list">;
	readonly history: Pick<RolloutHistory, "list">;
	readonly ledger: Pick<ReleaseLedger, "hasAdmitted">;
	readonly seats: Pick<TrialSeats, "list">;
	readonly measurements: Measurements;
	readonly alarms: Alarms;
	readonly clock: Clock;
	readonly identity: Identity;
	readonly commands: Commands;
	readonly enrolments: Enrolments;
	/** What is left of services that are not enrolled, or not any more. */
	readonly record: Pick<EnrolmentRecord, "read">;
}
