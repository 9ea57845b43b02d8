import { InvalidWorkloadError, SlotEpochConflictError, WorkloadsUnavailableError } from "../ports/workloads.ts";
import {
	InvalidObjectError,
	type JsonPatchOperation,
	type KubernetesApi,
	ObjectConflictError,
} from "./kubernetes-api.ts";
import type { KubernetesObject } from "./kubernetes-objects.ts";

/** Annotation that carries the epoch of the last writer, in decimal. */
export const epochAnnotation = "sluice.dev/epoch";

const epochPath = `/metadata/annotations/${epochAnnotation.replaceAll("~", "~0").replaceAll("/", "~1")}`;

/** Annotation of the user's own Deployment: the epoch of the enrolment that may scale it to zero. */
export const stopAnnotation = "sluice.dev/enrolment-epoch";

/** The epoch that an object carries; null where Sluice never wrote it. */
export const epochOf = (object: KubernetesObject | null, annotation = epochAnnotation): number | null => {
	const text = object?.metadata.annotations?.[annotation];
	return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
};

/** Operations that leave an epoch on an object, also where it has no annotations at all. */
export const markWithEpoch = (live: KubernetesObject, epoch: number): readonly JsonPatchOperation[] =>
	live.metadata.annotations === undefined
		? [{ op: "add", path: "/metadata/annotations", value: { [epochAnnotation]: String(epoch) } }]
		: [{ op: "add", path: epochPath, value: String(epoch) }];

/**
 * Patches an object only while it carries this epoch: the API server evaluates the `test` and writes in one step,
 * so that a write is harmless however late it lands (D4).
 * @throws SlotEpochConflictError when it carries another; ObjectGoneConflictError when it is not there.
 */
export const patchFenced = async (
	api: KubernetesApi,
	path: string,
	carriedEpoch: number,
	operations: readonly JsonPatchOperation[],
): Promise<void> => {
	const test: JsonPatchOperation = { op: "test", path: epochPath, value: String(carriedEpoch) };
	try {
		await api.jsonPatch(path, [test, ...operations]);
	} catch (error) {
		if (!(error instanceof InvalidObjectError || error instanceof ObjectConflictError)) throw error;
		// 422 is the answer to a failed test and to an invalid object alike, without a reason: only the object can tell.
		const present = epochOf(await api.get<KubernetesObject>(path));
		if (present !== carriedEpoch)
			throw new SlotEpochConflictError(
				`${path} carries epoch ${present ?? "none"}, this writer is allowed epoch ${carriedEpoch} only.`,
				{ cause: error },
			);
		if (error instanceof ObjectConflictError)
			throw new WorkloadsUnavailableError(`${path} is written by others at this moment.`, { cause: error });
		throw new InvalidWorkloadError(error.message, { cause: error });
	}
};
