import type { ServiceStore } from "../../../lib/ports/service-store.ts";
import { eachReleaseOnce } from "../../../simulator/checkers/each-release-once.ts";
import { everyExecutionEnds } from "../../../simulator/checkers/every-execution-ends.ts";
import { neverItsPusherAlone } from "../../../simulator/checkers/never-its-pusher-alone.ts";
import { noWriterOfAnOldEpoch } from "../../../simulator/checkers/no-writer-of-an-old-epoch.ts";
import { oneRolloutAtATime } from "../../../simulator/checkers/one-rollout-at-a-time.ts";
import { settles } from "../../../simulator/checkers/settles.ts";
import { scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import { withPorts } from "./code-break.ts";
import type { Mutant } from "./mutant.ts";

/** A store that compares nothing before it writes. */
const comparingNothing = (store: ServiceStore): ServiceStore => ({
	...store,
	write: (service, transition) => store.write(service, { ...transition, condition: {} }),
	admit: (service, release, transition) => store.admit(service, release, { ...transition, condition: {} }),
});

/** A store that knows somebody who asked, where nobody is known to have. */
const knowingAnybody = (store: ServiceStore): ServiceStore => ({
	...store,
	read: async (service) => ({ askedBy: "somebody", ...(await store.read(service)) }),
});

/** Breaks of the one item in which decisions meet: its conditions, its memory, its end. */
export const mutantsOfTheRecord: readonly Mutant[] = [
	{
		what: "a command that takes an unknown pusher for anybody but the approver",
		caughtBy: neverItsPusherAlone,
		says: "nobody but AROAPEOPLE:release-manager had approved",
		scenario: scenarioOf("pusher-may-not-approve-alone"),
		code: { "apply-command": withPorts(({ store }) => ({ store: knowingAnybody(store) })) },
	},
	{
		what: "a claim of weight that does not compare the epoch, and lands after the rollback",
		caughtBy: noWriterOfAnOldEpoch,
		says: "functions/shift-traffic moved the record from rolling-back to trial",
		scenario: scenarioOf("bad-image"),
		code: { "shift-traffic": withPorts(({ store }) => ({ store: comparingNothing(store) })) },
		fault: "late-300s @ rollout/ShiftTraffic shift-traffic dynamodb:UpdateItem #1",
	},
	{
		what: "an admission that compares nothing, and lands while the release is on trial",
		caughtBy: noWriterOfAnOldEpoch,
		says: "functions/admit-release moved the record from trial to preparing",
		scenario: scenarioOf("good-image"),
		world: ({ world: { table } }) => {
			table.admit = (service, _releaseId, transition) => void table.update(service, { ...transition, condition: {} });
		},
		fault: "late-300s @ event admit-release dynamodb:TransactWriteItems #1",
	},
	{
		what: "an admission that neither asks whether a rollout is under way nor compares anything",
		caughtBy: oneRolloutAtATime,
		says: "which had not ended",
		scenario: scenarioOf("good-image"),
		code: {
			"admit-release": withPorts(({ store }) => ({
				store: {
					...comparingNothing(store),
					read: async (service) => {
						const { rolloutId: _, ...state } = await store.read(service);
						return { ...state, phase: "idle" };
					},
					admit: (service, _release, transition) => store.write(service, { ...transition, condition: {} }),
				},
			})),
		},
		limitSeconds: 3_600,
	},
	{
		what: "an admission that does not remember the releases that it has admitted",
		caughtBy: eachReleaseOnce,
		says: "began again",
		scenario: scenarioOf("bad-image"),
		code: {
			"admit-release": withPorts(({ store }) => ({
				store: { ...store, admit: (service, _release, transition) => store.write(service, transition) },
			})),
		},
		lastsSeconds: 1_800,
		limitSeconds: 3_600,
	},
	{
		what: "a closing that leaves the rollout its right to write",
		caughtBy: noWriterOfAnOldEpoch,
		says: "functions/close-rollout left checkout-1 its right to write",
		scenario: scenarioOf("good-image"),
		code: {
			"close-rollout": withPorts(({ store }) => ({
				store: {
					...store,
					write: (service, { set: { epoch: _epoch, ...set }, ...transition }) =>
						store.write(service, { ...transition, set }),
				},
			})),
		},
		limitSeconds: 5_400,
	},
	{
		what: "a rollback whose end is said and not written",
		caughtBy: settles,
		scenario: scenarioOf("bad-image"),
		code: { "finish-rollout": withPorts(({ store }) => ({ store: { ...store, write: store.read } })) },
		limitSeconds: 1_800,
	},
	{
		what: "a rollback whose last task does nothing at all",
		caughtBy: everyExecutionEnds,
		scenario: scenarioOf("bad-image"),
		code: {
			"finish-rollout": (code) => ({ ...code, makeHandler: () => async () => ({ v: 1 }) }),
		},
		limitSeconds: 1_800,
	},
];
