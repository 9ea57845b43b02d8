import type { LifecycleKind } from "../../lib/domain/lifecycle-event.ts";
import { otherSlot, weightsFor } from "../../lib/domain/slot.ts";
import type { Hand } from "../checkers/checker.ts";
import type { RunOptions, Scene } from "../scenarios/run-scenario.ts";
import type { TimelineEntry } from "../scenarios/timeline.ts";
import type { System } from "../system/make-system.ts";
import { objectKey } from "../world/cluster.ts";
import { routingOf } from "../world/routing.ts";
import type { PlannedFault } from "./planned-fault.ts";
import { Occurrences } from "./sampling.ts";

type Act = (system: System, scene: Scene) => void;

interface PersonFault {
	readonly name: string;
	/** Lifecycle events after which it is done. */
	readonly after: readonly LifecycleKind[];
	readonly afterSeconds: number;
	readonly hand: Hand | null;
	readonly act: Act;
	/** What the same person, or another one, does about it; nothing where Sluice must see to it alone. */
	readonly mend?: { readonly afterSeconds: number; readonly act: Act };
	/** How much later than usual the story may end because of it, seconds; what mending takes unless said otherwise. */
	readonly delaysSeconds?: number;
}

const served: readonly LifecycleKind[] = ["rollout.shifted.v1", "rollout.promoted.v1"];
const paused: LifecycleKind = "rollout.paused.v1";
const rolledBack: LifecycleKind = "rollout.rolled-back.v1";
const anyMoment: readonly LifecycleKind[] = [
	"rollout.started.v1",
	"rollout.opened.v1",
	...served,
	"rollout.closed.v1",
	rolledBack,
];

const weigh = ({ world }: System, { definition }: Scene, canaryPercent: number, what: "trial" | "base") => {
	const state = world.table.get(definition.service);
	if (state !== null) routingOf(world, definition).weigh(what, weightsFor(state.stableSlot, canaryPercent));
};

const weightOnRecord = ({ world }: System, { definition }: Scene): number =>
	world.table.get(definition.service)?.weightPercent ?? 0;

const canaryOf = ({ world }: System, { definition: { service, workload } }: Scene) => {
	const state = world.table.get(service);
	if (state === null) return null;
	return world.cluster.deployment(objectKey(workload, `${workload.deployment}-${otherSlot(state.stableSlot)}`));
};

const editRecord =
	(change: (state: NonNullable<ReturnType<System["world"]["table"]["get"]>>) => object): Act =>
	({ world }, { definition }) => {
		const state = world.table.get(definition.service);
		if (state !== null) world.table.put({ ...state, ...change(state) });
	};

const approve: Act = (_system, { command }) => command("approve", "release-manager");
/** Once more, for a question that was answered; one that nobody has answered yet is not this person's to answer. */
const approveAgain: Act = (system, scene) => {
	if (system.world.table.get(scene.definition.service)?.pause === undefined) approve(system, scene);
};
const promote: Act = (_system, { command }) => command("promote", "release-manager");
const pause: Act = (_system, { command }) => command("pause", "release-manager");
const resume: Act = (_system, { command }) => command("resume", "release-manager");
const abort: Act = (_system, { command }) => command("abort", "release-manager");

/** What people do with their hands, beside or against Sluice. */
const personFaultsByName: readonly PersonFault[] = [
	{ name: "approves-twice", after: [paused], afterSeconds: 95, hand: null, act: approveAgain },
	{ name: "approves-late", after: served, afterSeconds: 7, hand: null, act: approve },
	{ name: "approves-after-rollback", after: [rolledBack], afterSeconds: 7, hand: null, act: approve },
	{
		name: "promotes",
		after: [...anyMoment, paused],
		afterSeconds: 7,
		// How far a bad version comes is the person's doing then; that it goes back is Sluice's.
		hand: "wished",
		act: promote,
		// What would have been stopped early may come as far as its window.
		delaysSeconds: 7_200,
	},
	{
		name: "pauses",
		after: anyMoment,
		afterSeconds: 7,
		hand: "wished",
		act: pause,
		mend: { afterSeconds: 200, act: resume },
		// A step that goes on after a pause bakes anew.
		delaysSeconds: 2_400,
	},
	{ name: "aborts", after: [...anyMoment, paused], afterSeconds: 7, hand: "aborted", act: abort },
	{
		name: "raises-the-trial-rule",
		after: served,
		afterSeconds: 7,
		hand: "rule-edited",
		act: (system, scene) => weigh(system, scene, 100, "trial"),
	},
	{
		name: "lowers-the-trial-rule",
		after: served,
		afterSeconds: 7,
		hand: "rule-edited",
		act: (system, scene) => weigh(system, scene, 0, "trial"),
		mend: {
			afterSeconds: 120,
			act: (system, scene) => weigh(system, scene, weightOnRecord(system, scene), "trial"),
		},
	},
	{
		name: "deletes-the-trial-rule",
		after: served,
		afterSeconds: 7,
		hand: "rule-edited",
		act: ({ world }, { definition }) => routingOf(world, definition).removeTrial(),
		mend: { afterSeconds: 200, act: abort },
	},
	{
		name: "moves-the-base-rule",
		after: anyMoment,
		afterSeconds: 7,
		hand: "rule-edited",
		act: (system, scene) => weigh(system, scene, 100, "base"),
		mend: { afterSeconds: 120, act: (system, scene) => weigh(system, scene, 0, "base") },
	},
	{
		name: "scales-the-canary-down",
		after: served,
		afterSeconds: 7,
		hand: "deployment-edited",
		act: (system, scene) => canaryOf(system, scene)?.scale(1),
	},
	{
		name: "stops-the-canary",
		after: served,
		afterSeconds: 7,
		hand: "deployment-edited",
		act: (system, scene) => canaryOf(system, scene)?.scale(0),
		mend: { afterSeconds: 120, act: (system, scene) => canaryOf(system, scene)?.scale(1) },
		// Buckets without the canary's requests are missing: the step bakes to its end before it has data enough.
		delaysSeconds: 3_600,
	},
	{
		name: "raises-the-weight-on-record",
		after: served,
		afterSeconds: 7,
		hand: "record-edited",
		act: editRecord(() => ({ weightPercent: 100 })),
	},
	{
		name: "raises-the-epoch-on-record",
		after: served,
		afterSeconds: 7,
		hand: "record-edited",
		act: editRecord(({ epoch }) => ({ epoch: epoch + 1 })),
	},
	{
		name: "sets-the-record-idle",
		after: served,
		afterSeconds: 7,
		hand: "record-edited",
		act: editRecord(() => ({ phase: "idle" })),
	},
];

/** Everything that people may do in a story, at each moment that its timeline has for it. */
export const personFaults = (timeline: readonly TimelineEntry[]): readonly PlannedFault[] => {
	const moments = new Occurrences();
	for (const { kind } of timeline) moments.next(kind);
	return moments.representative().flatMap((place) =>
		personFaultsByName
			.filter(({ after }) => after.some((kind) => place.startsWith(`${kind} `)))
			.map((fault) => ({
				thing: "person",
				kind: fault.name,
				place,
				lengthSeconds: fault.delaysSeconds ?? fault.mend?.afterSeconds ?? 0,
				options: () => interfering(place, fault),
			})),
	);
};

const interfering = (place: string, { afterSeconds, hand, act, mend }: PersonFault): RunOptions => {
	const moments = new Occurrences();
	const inside: { strike: () => void } = { strike: () => {} };
	return {
		onDeployed: (system, scene) => {
			const later = (seconds: number, what: Act): void =>
				void system.clock.after(seconds * 1000, () => what(system, scene));
			inside.strike = () => {
				later(afterSeconds, (...reached) => {
					if (hand !== null) scene.lend(hand);
					act(...reached);
				});
				if (mend !== undefined) later(afterSeconds + mend.afterSeconds, mend.act);
			};
		},
		onEntry: ({ kind }) => {
			if (moments.next(kind) === place) inside.strike();
		},
	};
};
