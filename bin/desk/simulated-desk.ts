import { fakeAlarms } from "../../simulator/fakes/alarms.ts";
import { fakeClock } from "../../simulator/fakes/clock.ts";
import { fakeCommands } from "../../simulator/fakes/commands.ts";
import { fakeEnrolmentRecord } from "../../simulator/fakes/enrolment-record.ts";
import { fakeEnrolments } from "../../simulator/fakes/enrolments.ts";
import { fakeIdentity } from "../../simulator/fakes/identity.ts";
import { fakeMeasurements } from "../../simulator/fakes/measurements.ts";
import { fakeReleaseLedger } from "../../simulator/fakes/release-ledger.ts";
import { fakeRolloutHistory } from "../../simulator/fakes/rollout-history.ts";
import { fakeServiceCatalog } from "../../simulator/fakes/service-catalog.ts";
import { fakeServiceStore } from "../../simulator/fakes/service-store.ts";
import { fakeTrialSeats } from "../../simulator/fakes/trial-seats.ts";
import { runAsTold } from "../../simulator/faults/enumeration.ts";
import { directCaller } from "../../simulator/kernel/caller.ts";
import { clockTime } from "../../simulator/report/clock-time.ts";
import { usualLimitSeconds } from "../../simulator/scenarios/run-scenario.ts";
import type { Scenario } from "../../simulator/scenarios/scenario.ts";
import type { ScenarioResult } from "../../simulator/scenarios/scenario-result.ts";
import type { TimelineEntry } from "../../simulator/scenarios/timeline.ts";
import { type System, startEpochMs } from "../../simulator/system/make-system.ts";
import type { Prepared } from "../../simulator/system/prepare.ts";
import type { Desk } from "./desk.ts";

/** A moment of a story, and who is there. */
export interface Moment {
	readonly scenario: Scenario;
	readonly seed: number;
	/** Virtual seconds since the story began. */
	readonly atSeconds: number;
	/** Who asks and sends commands. */
	readonly by: string;
}

/** What became of a visit to a story. */
export interface Visit<T> {
	readonly answer: T;
	readonly result: ScenarioResult;
}

/** A story that is over goes on for this long when somebody comes; what they begin then is seen through. */
const visitSeconds = 120;

const deskIn = (system: System, { deployment }: Prepared, { scenario, atSeconds, by }: Moment): Desk => {
	const { world, metrics, alarms } = system;
	const caller = directCaller(system.clock);
	const [tableName = ""] = deployment.tableNames;
	const [bucketName = ""] = deployment.bucketNames;
	const [busName = ""] = deployment.busNames;
	const enrolmentArn = deployment.machines.find(({ arn }) => arn.endsWith("-enrolment"))?.arn ?? "";
	return {
		place: `${scenario.name} at ${clockTime(atSeconds)}`,
		store: fakeServiceStore(world, caller, tableName),
		catalog: fakeServiceCatalog(world, caller, bucketName),
		history: fakeRolloutHistory(world, caller, tableName),
		ledger: fakeReleaseLedger(world, caller, tableName),
		seats: fakeTrialSeats(world, caller, tableName),
		measurements: fakeMeasurements(metrics, caller),
		alarms: fakeAlarms(alarms, caller),
		clock: fakeClock(caller),
		identity: fakeIdentity(caller, by),
		commands: fakeCommands(world, caller, busName),
		enrolments: fakeEnrolments(system.engine, caller, enrolmentArn),
		record: fakeEnrolmentRecord(world, caller, tableName),
	};
};

/**
 * Runs a story to a moment and does something there. Where it goes on, the story is run to its end, and what happens
 * from that moment on is told; where it does not, the story stops there.
 */
export const visit = async <T>(
	prepared: Prepared,
	moment: Moment,
	work: (desk: Desk) => Promise<T>,
	goesOn: ((entry: TimelineEntry) => void) | null,
): Promise<Visit<T>> => {
	const { scenario, seed, atSeconds } = moment;
	const worked: Promise<T>[] = [];
	let hasCome = false;
	const result = await runAsTold(prepared, scenario, seed, {
		onEntry: (entry) => {
			// What the visitor does is told by whoever visits.
			if (hasCome && entry.kind !== "hand.lent") goesOn?.(entry);
		},
		onDeployed: (system, { lend }) => {
			const untilMs = Math.max(0, startEpochMs + atSeconds * 1000 - system.clock.nowEpochMs());
			system.clock.after(untilMs, () => {
				hasCome = true;
				// Whatever a visitor sends, the story may end otherwise than it would have by itself.
				if (goesOn !== null) lend("aborted");
				const working = work(deskIn(system, prepared, moment));
				// Looked at below, when the run is over; until then a failure is not forgotten.
				working.catch(() => undefined);
				worked.push(working);
			});
		},
		...(goesOn === null
			? { lastsSeconds: atSeconds, limitSeconds: atSeconds }
			: // A fault alone would end the story sooner than what a visitor begins in it.
				{ lastsSeconds: atSeconds + visitSeconds, limitSeconds: scenario.limitSeconds ?? usualLimitSeconds }),
	});
	const [answer] = worked;
	if (answer === undefined) throw new RangeError(`The story was over before ${clockTime(atSeconds)}.`);
	return { answer: await answer, result };
};
