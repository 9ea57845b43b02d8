import { announce } from "./announcement.ts";
import type { LifecycleEvent } from "./lifecycle-event.ts";
import type { ServiceDefinition } from "./service-definition.ts";
import type { ServiceState } from "./service-state.ts";
import { otherSlot, type SlotName, type SlotWeights } from "./slot.ts";
import type { Transition } from "./transition.ts";

/** One thing that is not as an idle service left it, and how a person puts it right. */
export interface DriftFinding {
	/** What it is about; the same as long as it is the same trouble. */
	readonly what: "base-rule" | "trial-rule" | "preview-rule" | "callers" | "stable-slot" | "users-replicas";
	readonly text: string;
}

/** What somebody else's hand has changed of an idle service, and since when that is known. */
export interface Drift {
	readonly found: readonly DriftFinding[];
	readonly sinceEpochMs: number;
}

/** What the world says of an idle service. */
export interface IdleReading {
	readonly router: {
		readonly base: SlotWeights | null;
		readonly trial: { readonly rolloutId: string | null; readonly weights: SlotWeights } | null;
		readonly preview?: { readonly rolloutId: string | null };
	};
	/** The slot that the in-cluster Service selects, null for neither; undefined where the service has none. */
	readonly callers: SlotName | null | undefined;
	/** No digest: the image is named by a tag, or, at zero pods, there is no Deployment of Sluice's. */
	readonly stable: { readonly wantedReplicas: number; readonly imageDigest: string | null };
	/** Pods that the user's own Deployment wants; it is left at zero. */
	readonly usersReplicas: number;
}

/** A round is an hour of sweeps; each service has its moment in it by its name, so that no sweep looks at all of them. */
const sweepsInRound = 12;
const sweepMs = 300_000;

/** A schedule may be late by this: the next sweep after a service's moment must not take it for one that has been looked at. */
const latenessMs = 60_000;

/** Whether this sweep looks for drift: at a service whose turn it is, and at each one that has drifted. */
export const isTurnToLook = ({ service, drift }: ServiceState, nowEpochMs: number): boolean => {
	const place = [...service].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9_973, 7);
	const roundMs = sweepsInRound * sweepMs;
	const sinceMomentMs = (nowEpochMs + roundMs - (place % sweepsInRound) * sweepMs) % roundMs;
	return drift !== undefined || sinceMomentMs < sweepMs + latenessMs;
};

const ofBase = (
	base: SlotWeights | null,
	stableSlot: SlotName,
	route: ServiceDefinition["route"],
): readonly DriftFinding[] => {
	if (base?.[stableSlot] === 100) return [];
	const other = otherSlot(stableSlot);
	const name =
		route.kind === "gateway-api"
			? `HTTPRoute "${route.namespace}/${route.httpRoute}"`
			: `The base rule at priority ${route.basePriority}`;
	const found =
		base === null
			? `${name} is gone, or does something else than share requests between the two slots`
			: `${name} gives slot ${other} ${base[other]} %`;
	return [{ what: "base-rule", text: `${found}: give slot ${stableSlot} 100 % and slot ${other} 0 % there.` }];
};

const ofTrial = (trial: IdleReading["router"]["trial"], stableSlot: SlotName): readonly DriftFinding[] => {
	if (trial === null) return [];
	const { rolloutId, weights } = trial;
	const text =
		rolloutId === null
			? "A rule that is not Sluice's stands where a trial rule goes: remove it, or no rollout can begin."
			: `The trial of ${rolloutId} was left behind and gives slot ${otherSlot(stableSlot)} ${weights[otherSlot(stableSlot)]} %: remove it.`;
	return [{ what: "trial-rule", text }];
};

const ofPreview = ({ preview }: IdleReading["router"]): readonly DriftFinding[] =>
	preview === undefined
		? []
		: [
				{
					what: "preview-rule",
					text: `What ${preview.rolloutId} showed to testers was left behind: remove that rule, or no rollout can begin.`,
				},
			];

const ofCallers = (
	selected: IdleReading["callers"],
	stableSlot: SlotName,
	inClusterService: string | null,
): readonly DriftFinding[] => {
	if (selected === undefined || selected === stableSlot) return [];
	const found = selected === null ? "neither slot" : `slot ${selected}`;
	return [
		{
			what: "callers",
			text: `In-cluster Service ${inClusterService} selects ${found}: set sluice.dev/slot to ${stableSlot} in its selector, and leave that label out of what your GitOps tool applies.`,
		},
	];
};

const ofStable = (
	{ wantedReplicas, imageDigest }: IdleReading["stable"],
	{ stableSlot, stableRelease }: ServiceState,
): readonly DriftFinding[] => {
	const finding = (text: string): readonly DriftFinding[] => [{ what: "stable-slot", text }];
	if (wantedReplicas === 0 && imageDigest === null)
		return finding(`The Deployment of slot ${stableSlot}, which serves, is gone or lost its annotations: restore it.`);
	if (wantedReplicas === 0) return finding(`Slot ${stableSlot} serves and is scaled to zero: scale it up.`);
	if (imageDigest === stableRelease.imageDigest) return [];
	return finding(
		`Slot ${stableSlot} runs ${imageDigest ?? "an image without a digest"}, and on record ${stableRelease.imageDigest} serves: set its image back, and release what you want by a push.`,
	);
};

/** Everything that differs from how a closing or a rollback left it, what touches users first. */
export const findDrift = (
	state: ServiceState,
	{ workload, route }: Pick<ServiceDefinition, "workload" | "route">,
	{ router, callers, stable, usersReplicas }: IdleReading,
): readonly DriftFinding[] => [
	...ofBase(router.base, state.stableSlot, route),
	...ofCallers(callers, state.stableSlot, workload.inClusterService),
	...ofStable(stable, state),
	...ofTrial(router.trial, state.stableSlot),
	...ofPreview(router),
	...(usersReplicas === 0
		? []
		: [
				{
					what: "users-replicas",
					text: `Deployment "${workload.namespace}/${workload.deployment}" wants ${usersReplicas} of your own pods again, which Sluice sends nothing: scale it to zero (\`enrol\` does, and says first what else sends them requests), and leave its replicas out of what your GitOps tool applies.`,
				} as const,
			]),
];

/** What users notice, or what the next rollout runs into, wakes somebody; pods that only cost money do not. */
const isUrgent = ({ what }: DriftFinding): boolean => what !== "users-replicas";

/** What a look adds to the record, and what is said of it; said once for each set of findings. */
export interface DriftChange {
	readonly transition: Transition;
	/** Null where the drift is over, or the same trouble has other figures. */
	readonly says: LifecycleEvent | null;
}

/** What follows from a look; null where it found what is on record. Sluice says it and does not fight (D4). */
export const driftChange = (
	{ service, epoch, drift }: ServiceState,
	found: readonly DriftFinding[],
	nowEpochMs: number,
): DriftChange | null => {
	const namesOf = (findings: readonly DriftFinding[]): string => findings.map(({ what }) => what).join("+");
	const known = drift?.found ?? [];
	if (found.length === known.length && found.every(({ text }, index) => text === known[index]?.text)) return null;
	const condition = { epoch, phaseIn: ["idle"] } as const;
	if (found.length === 0) return { transition: { condition, set: {}, remove: ["drift"] }, says: null };
	const sinceEpochMs = drift?.sinceEpochMs ?? nowEpochMs;
	const transition: Transition = { condition, set: { drift: { found, sinceEpochMs } } };
	if (namesOf(found) === namesOf(known)) return { transition, says: null };
	const reason = `While nothing is rolled out: ${found.map(({ text }) => text).join(" ")}`.slice(0, 2_000);
	const told = { service, atEpochMs: nowEpochMs, reason };
	// A second try after a crash says the same within the hour.
	const occasion = `drift ${namesOf(found)} ${Math.floor(nowEpochMs / 3_600_000)}`;
	const says = found.some(isUrgent)
		? announce("service.needs-attention.v1", told, occasion)
		: announce("service.drifted.v1", told, occasion);
	return { transition, says };
};
