import { InvalidRolloutIdError, parseRolloutId } from "../../lib/domain/rollout-id.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { InvalidServiceError } from "../../lib/ports/service-store.ts";
import type { Ports } from "./reconcile-one.ts";

/**
 * Makes the seats agree with what is under way. A seat and the beginning of its rollout were written in one transaction,
 * and epochs only grow: a service that names another rollout now will never name this one again, so its seat is free.
 * @param listed - services that are busy, as the index shows them; it may lag.
 * @returns what was done, for the log.
 */
export const reconcileSeats = async (
	ports: Pick<Ports, "seats" | "store" | "telemetry">,
	listed: readonly ServiceState[],
): Promise<readonly string[]> => {
	const seated = await ports.seats.list();
	// Nobody counts here, or nobody is under way: an environment without a limit has no seats.
	if (seated.length === 0) return [];
	const done: string[] = [];
	const known = new Set(listed.map(({ rolloutId }) => rolloutId));
	for (const rolloutId of seated.filter((id) => !known.has(id))) {
		if (await isUnderWay(ports, rolloutId)) continue;
		await ports.seats.giveBack(rolloutId);
		done.push(`seat of ${rolloutId} given back`);
	}
	for (const { rolloutId } of listed) {
		// What began before there was a limit counts from now on; the index may show it after it has ended.
		if (rolloutId === undefined || seated.includes(rolloutId) || !(await isUnderWay(ports, rolloutId))) continue;
		await ports.seats.grant(rolloutId);
		done.push(`seat granted to ${rolloutId}`);
	}
	if (done.length > 0) ports.telemetry.count("Reconciled", { action: "seats" });
	return done;
};

const isUnderWay = async ({ store }: Pick<Ports, "store">, rolloutId: string): Promise<boolean> => {
	try {
		const { service } = parseRolloutId(rolloutId);
		const state = await store.read(service);
		return state.phase !== "idle" && state.rolloutId === rolloutId;
	} catch (error) {
		// Removed since, or written by somebody else's hand: nothing is under way under that name.
		if (error instanceof InvalidServiceError || error instanceof InvalidRolloutIdError) return false;
		throw error;
	}
};
