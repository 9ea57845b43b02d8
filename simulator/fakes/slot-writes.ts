import { InvalidWorkloadError, SlotEpochConflictError, WorkloadsUnavailableError } from "../../lib/ports/workloads.ts";
import { isRefusal } from "../world/refusal.ts";

/** How often a write is tried anew after somebody else's came in between, as in the real adapter. */
export const maxAttempts = 3;

/** An object that exists once Sluice made it: how to read, make and change it. Each is one call. */
export interface FencedObject {
	/** For messages. */
	readonly path: string;
	/** Null where there is nothing; its epoch is null where it is not Sluice's. */
	get(): Promise<{ readonly epoch: number | null } | null>;
	create(): Promise<void>;
	/** A patch that begins with a test of this epoch. */
	patch(testEpoch: number): Promise<void>;
}

/** Patches an object only while it carries this epoch. @throws SlotEpochConflictError, InvalidWorkloadError */
export const patchFenced = async (
	object: Pick<FencedObject, "path" | "get">,
	carriedEpoch: number,
	patch: () => Promise<void>,
): Promise<void> => {
	try {
		await patch();
	} catch (error) {
		if (!isRefusal(error, "Invalid")) throw error;
		// The answer to a failed test and to an invalid object is the same: only the object can tell.
		const present = (await object.get())?.epoch ?? null;
		if (present === carriedEpoch) throw new InvalidWorkloadError(error.message, { cause: error });
		throw new SlotEpochConflictError(
			`${object.path} carries epoch ${present ?? "none"}, this writer is allowed epoch ${carriedEpoch} only.`,
			{ cause: error },
		);
	}
};

/** Creates an object, or changes the present one while it carries an older epoch; one of the same epoch is left alone. */
export const writeFenced = async (object: FencedObject, epoch: number): Promise<void> => {
	for (let attempt = 1; ; attempt++) {
		const live = await object.get();
		if (live !== null && live.epoch === null)
			throw new InvalidWorkloadError(`${object.path} exists and is not Sluice's; allowed is a name that is free.`);
		const liveEpoch = live?.epoch ?? null;
		if (liveEpoch !== null && liveEpoch > epoch)
			throw new SlotEpochConflictError(`${object.path} carries epoch ${liveEpoch}, this writer has ${epoch}.`);
		if (liveEpoch === epoch) return;
		try {
			if (liveEpoch === null) await object.create();
			else await patchFenced(object, liveEpoch, () => object.patch(liveEpoch));
			return;
		} catch (error) {
			const isOvertaken =
				error instanceof SlotEpochConflictError || isRefusal(error, "Conflict") || isRefusal(error, "NotFound");
			if (!isOvertaken) throw error;
			if (attempt === maxAttempts)
				throw new WorkloadsUnavailableError(`${object.path} is written by others at this moment.`, { cause: error });
		}
	}
};
