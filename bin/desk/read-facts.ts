import type { StatusFacts } from "../../lib/domain/status-facts.ts";
import { InvalidDefinitionError } from "../../lib/ports/service-catalog.ts";
import type { Desk } from "./desk.ts";

/**
 * What is on record of a service, with the definition that its rollout pinned or the next one will. Where definitions
 * cannot be read the record is told without: at 3 a.m. half an answer is better than none.
 */
export const readFacts = async (desk: Desk, service: string): Promise<StatusFacts> => {
	const state = await desk.store.read(service);
	const { definitionHash } = state;
	const definition =
		definitionHash === undefined
			? desk.catalog.read(service).then((entry) => entry.definition)
			: desk.catalog.readPinned(service, definitionHash);
	return {
		state,
		definition: await definition.catch((error: unknown) => {
			const isAbsent = error instanceof InvalidDefinitionError;
			if (isAbsent || (error instanceof Error && error.name === "CatalogUnavailableError")) return null;
			throw error;
		}),
		nowEpochMs: desk.clock.nowEpochMs(),
	};
};
