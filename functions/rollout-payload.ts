import * as z from "zod/mini";
import { parseRolloutId } from "../lib/domain/rollout-id.ts";
import type { ServiceDefinition } from "../lib/domain/service-definition.ts";
import type { ServiceState } from "../lib/domain/service-state.ts";
import { ConflictError } from "../lib/ports/errors.ts";
import type { ServiceCatalog } from "../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../lib/ports/service-store.ts";

/**
 * Version that payloads between states carry: 2 since machines know the answers `lowered` and, beside a question,
 * `hand-over`. Executions outlive deployments, so a handler accepts the version before as well (D6).
 */
export const payloadVersion = z.literal([1, 2]);

/** What every state of a rollout hands to its function, at least. */
export const rolloutPayload = { v: payloadVersion, rolloutId: z.string().check(z.minLength(3), z.maxLength(60)) };

/** The service has moved on to another epoch: whoever still works for this rollout must stop. */
export class RolloutMovedConflictError extends ConflictError {
	override readonly name = "RolloutMovedConflictError";
}

/** A rollout that is still the one under way, with the definition it pinned. */
export interface CurrentRollout {
	readonly service: string;
	/** The epoch that this rollout began with; its writes are conditional on it. */
	readonly epoch: number;
	readonly state: ServiceState;
	readonly definition: ServiceDefinition;
}

/**
 * Reads a rollout that must still own its service.
 * @throws RolloutMovedConflictError when another rollout, or nothing, is under way.
 */
export const readRollout = async (
	ports: { readonly store: ServiceStore; readonly catalog: ServiceCatalog },
	rolloutId: string,
): Promise<CurrentRollout> => {
	const { service, epoch } = parseRolloutId(rolloutId);
	const state = await ports.store.read(service);
	if (state.rolloutId !== rolloutId || state.definitionHash === undefined) {
		throw new RolloutMovedConflictError(
			`Rollout ${rolloutId} is not under way: ${service} is ${state.phase} at epoch ${state.epoch}.`,
		);
	}
	return { service, epoch, state, definition: await ports.catalog.readPinned(service, state.definitionHash) };
};
