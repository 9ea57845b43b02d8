import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import type { Phase, ServiceState } from "../../lib/domain/service-state.ts";
import { otherSlot, type SlotName, slotNames } from "../../lib/domain/slot.ts";
import { objectKey } from "../world/cluster.ts";
import { hasWrittenWeights, isRoutingWrite, routingOf } from "../world/routing.ts";
import type { Checker, Observation, SeenCall, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { followRecord, type RecordWrite } from "./record-follower.ts";

/** Where a record can go from each phase; whoever goes another way wrote for a rollout that was over. */
const onward: Readonly<Record<Phase, readonly Phase[]>> = {
	idle: ["idle", "preparing"],
	preparing: ["preparing", "trial", "rolling-back"],
	trial: ["trial", "window", "rolling-back"],
	window: ["window", "closing", "rolling-back"],
	closing: ["closing", "idle"],
	"rolling-back": ["rolling-back", "idle"],
};

/** In these the right to write was taken from the rollout, so the record's epoch is above the one that its id carries. */
const takenPhases: readonly Phase[] = ["closing", "rolling-back"];

const isClusterWrite = ({ operation }: SeenCall["call"]): boolean =>
	operation.startsWith("kubernetes:patch:") || operation.startsWith("kubernetes:create:");

/** What a change of the record says about its writer, as sentences; empty where nothing is wrong. */
const brokenWrite = ({ before, after, entry }: RecordWrite): readonly string[] => [
	...(after.epoch < before.epoch
		? [`${entry} lowered the record's epoch from ${before.epoch} to ${after.epoch}.`]
		: []),
	...(onward[before.phase].includes(after.phase) || isForgotten(before, after)
		? []
		: [`${entry} moved the record from ${before.phase} to ${after.phase}.`]),
	...(takenPhases.includes(after.phase) && after.epoch <= parseRolloutId(after.rolloutId ?? "").epoch
		? [`${entry} left ${after.rolloutId} its right to write: the record is ${after.phase} at epoch ${after.epoch}.`]
		: []),
	...(before.phase !== "closing" && rolesOf(before) !== rolesOf(after)
		? [`${entry} changed roles while ${before.phase}: ${rolesOf(before)} became ${rolesOf(after)}.`]
		: []),
];

/** A record that says idle and still names its rollout was edited by hand; taking that rollout back mends it. */
const isForgotten = (before: ServiceState, after: ServiceState): boolean =>
	before.phase === "idle" && before.rolloutId !== undefined && after.phase === "rolling-back";

const rolesOf = ({ stableSlot, stableRelease }: ServiceState): string => `${stableSlot} with ${stableRelease.id}`;

/** What the router and the cluster say, as configured. */
const readerOf = ({ system: { world }, definition }: Observation) => {
	const { workload } = definition;
	const routing = routingOf(world, definition);
	const keys = slotNames.map((slot) => objectKey(workload, `${workload.deployment}-${slot}`));
	const serviceKey = workload.inClusterService === null ? null : objectKey(workload, workload.inClusterService);
	return {
		/** The rollout that opened the trial rule; null where there is no rule, or it is somebody else's. */
		trialRolloutId: () => routing.trial()?.rolloutId ?? null,
		/** The same of what is shown to testers. */
		previewRolloutId: () => routing.preview()?.rolloutId ?? null,
		weightOf: (slot: SlotName) => routing.configuredPercent(slot),
		isRaise: ({ operation }: SeenCall["call"]) => isRoutingWrite(operation) && hasWrittenWeights(operation, routing),
		/** Epoch annotations by what carries them; absent where Sluice never wrote one. */
		epochs: (): ReadonlyMap<string, number> => {
			const found: (readonly [string, number | null | undefined])[] = [
				...keys.map((key) => [`Deployment ${key}`, world.cluster.deployment(key)?.epoch] as const),
				...keys.map((key) => [`autoscaler ${key}`, world.cluster.autoscaler(key)?.bounds.epoch] as const),
				...(serviceKey === null ? [] : [[`Service ${serviceKey}`, world.cluster.service(serviceKey)?.epoch] as const]),
			];
			return new Map(found.flatMap(([name, epoch]) => (typeof epoch === "number" ? [[name, epoch]] : [])));
		},
		replicas: (): number => {
			let replicas = 0;
			for (const key of keys) replicas += world.cluster.deployment(key)?.replicas ?? 0;
			return replicas;
		},
	};
};

const watch = (observation: Observation): Watching => {
	const { system, definition, hands } = observation;
	const { world, clock } = system;
	const findings = new Findings();
	const reader = readerOf(observation);
	const find = (sentence: string): void => findings.add(clock.nowEpochMs(), sentence);
	const record = (): ServiceState | null => world.table.get(definition.service);
	const canaryWeight = (): number => reader.weightOf(otherSlot(record()?.stableSlot ?? "blue"));
	let before = { weight: canaryWeight(), replicas: reader.replicas() };
	let epochs = reader.epochs();
	/** In a rollback that has begun: whether the trial rule is gone, so that nothing on its way can move it any more. */
	let isTrialGone = false;

	/** An edited record may forget a rollout that is under way; then the rule's tag proves nothing. */
	const judgeTrial = (): void => {
		const rolloutId = reader.trialRolloutId();
		if (rolloutId === null || rolloutId === record()?.rolloutId || hands.has("record-edited")) return;
		const weight = canaryWeight();
		if (weight > 0)
			find(`${rolloutId} gives the canary ${weight} %, and the record says ${record()?.rolloutId ?? "idle"}.`);
	};
	const judgeRules = ({ entry }: SeenCall): void => {
		judgeTrial();
		const weight = canaryWeight();
		const phase = record()?.phase;
		// A shift that was under way when the rollback began may still land: until the rule is gone, that moves users.
		const isOver = phase === "idle" || (phase === "rolling-back" && isTrialGone && entry !== "functions/roll-back");
		if (isOver && weight > before.weight)
			find(`${entry} raised the canary from ${before.weight} to ${weight} % while ${phase}.`);
	};
	const judgeCluster = ({ entry }: SeenCall): void => {
		const now = reader.epochs();
		// Before its record there is only the enrolment, and after it only the way back.
		const highest = record()?.epoch ?? Number.POSITIVE_INFINITY;
		for (const [name, epoch] of now) {
			const earlier = epochs.get(name) ?? epoch;
			if (epoch < earlier) find(`${entry} lowered the epoch of ${name} from ${earlier} to ${epoch}.`);
			// An epoch on record that was lowered by hand leaves the annotations above it.
			if (epoch > highest && !hands.has("record-edited"))
				find(`${entry} wrote epoch ${epoch} on ${name}, and the record is at ${highest}.`);
		}
		epochs = now;
		// In a rollback a deployment that was under way may still land; what is retired afterwards makes up for it.
		const replicas = reader.replicas();
		if (record()?.phase === "idle" && replicas > before.replicas)
			find(`${entry} scaled the slots from ${before.replicas} to ${replicas} pods while idle.`);
	};
	const remember = (): void => {
		before = { weight: canaryWeight(), replicas: reader.replicas() };
		const isGone = record()?.phase === "rolling-back" && reader.trialRolloutId() === null;
		isTrialGone = record()?.phase === "rolling-back" && (isTrialGone || isGone);
	};
	const follower = followRecord(observation, (write) => {
		for (const sentence of brokenWrite(write)) find(sentence);
		judgeTrial();
	});
	return {
		onStateWritten: follower.onStateWritten,
		onCall: (seen) => {
			follower.onCall(seen);
			if (reader.isRaise(seen.call)) judgeRules(seen);
			if (isClusterWrite(seen.call)) judgeCluster(seen);
			remember();
		},
		// Autoscalers and hands move things between calls.
		onTick: remember,
		broken: () => {
			const rolloutId = reader.trialRolloutId();
			if (rolloutId !== null) find(`the trial rule of ${rolloutId} is still there.`);
			const shown = reader.previewRolloutId();
			if (shown !== null) find(`what ${shown} shows to testers is still there.`);
			return findings.sentences;
		},
	};
};

/** Watches the record, the epochs that cluster objects carry, and what the router is told. */
export const noWriterOfAnOldEpoch: Checker = { promise: "No writer acts on an old epoch.", watch };
