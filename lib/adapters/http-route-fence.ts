import type { GatewayRoute } from "../domain/service-definition.ts";
import type { SlotName, SlotWeights } from "../domain/slot.ts";
import { epochAnnotation, epochOf } from "./epoch-fence.ts";
import { type HttpRoute, type SlotRule, weighed } from "./http-route.ts";
import type { JsonPatchOperation } from "./kubernetes-api.ts";

/** The rollout that has a trial open on a route. */
const rolloutAnnotation = "sluice.dev/rollout";
/** The environment whose Sluice opened it; another one's is not ours. */
const environmentAnnotation = "sluice.dev/environment";
/** The slot that gets everything once the trial is over. */
const baseSlotAnnotation = "sluice.dev/base-slot";

/** What Sluice has written on a route beside its weights. */
export interface RouteMarks {
	/** Grows with each opening and each end of a trial; null where Sluice never wrote. */
	readonly epoch: number | null;
	readonly rolloutId: string | null;
	readonly environment: string | null;
	readonly baseSlot: SlotName | null;
}

/** What is to be written; null takes a mark away, and what is absent stays. */
export interface NewMarks {
	readonly epoch?: number;
	readonly rolloutId?: string | null;
	readonly environment?: string | null;
	readonly baseSlot?: SlotName;
}

/** The marks that a route carries. */
export const marksOf = (object: HttpRoute | null): RouteMarks => {
	const annotations = object?.metadata.annotations ?? {};
	const baseSlot = annotations[baseSlotAnnotation];
	return {
		epoch: epochOf(object),
		rolloutId: annotations[rolloutAnnotation] ?? null,
		environment: annotations[environmentAnnotation] ?? null,
		baseSlot: baseSlot === "blue" || baseSlot === "green" ? baseSlot : null,
	};
};

const annotationPath = (name: string): string =>
	`/metadata/annotations/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;

/**
 * The first operation of every patch: what makes a write harmless however late it lands (D4). A route that Sluice
 * never wrote carries no epoch yet; then it must be the very version that was read.
 */
export const fenceOf = (live: HttpRoute): JsonPatchOperation => {
	const { epoch } = marksOf(live);
	return epoch === null
		? { op: "test", path: "/metadata/resourceVersion", value: live.metadata.resourceVersion }
		: { op: "test", path: annotationPath(epochAnnotation), value: String(epoch) };
};

/** Sets the weights of the rule that was read, if it is still there and still says the same. */
export const weighing = (rule: SlotRule, route: GatewayRoute, weights: SlotWeights): readonly JsonPatchOperation[] => {
	const path = `/spec/rules/${rule.index}/backendRefs`;
	return [
		{ op: "test", path, value: rule.backendRefs },
		{ op: "replace", path, value: weighed(rule, route, weights) },
	];
};

/** Leaves marks on a route, also where it has no annotations at all. */
export const marking = (live: HttpRoute, marks: NewMarks): readonly JsonPatchOperation[] => {
	const present = live.metadata.annotations;
	const wanted = Object.entries({
		[epochAnnotation]: marks.epoch === undefined ? undefined : String(marks.epoch),
		[rolloutAnnotation]: marks.rolloutId,
		[environmentAnnotation]: marks.environment,
		[baseSlotAnnotation]: marks.baseSlot,
	});
	const set = wanted.flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : []));
	if (present === undefined) return [{ op: "add", path: "/metadata/annotations", value: Object.fromEntries(set) }];
	const gone = wanted.filter(([name, value]) => value === null && present[name] !== undefined);
	return [
		...set.map(([name, value]) => ({ op: "add", path: annotationPath(name), value }) as const),
		...gone.map(([name]) => ({ op: "remove", path: annotationPath(name) }) as const),
	];
};
