import type { ServiceDefinition } from "../domain/service-definition.ts";
import { InvalidError, UnavailableError } from "./errors.ts";

/** No definition under that name or hash. */
export class InvalidDefinitionError extends InvalidError {
	override readonly name = "InvalidDefinitionError";
}

export class CatalogUnavailableError extends UnavailableError {
	override readonly name = "CatalogUnavailableError";
}

export interface CatalogEntry {
	/** SHA-256 of the definition's canonical JSON, hexadecimal. */
	readonly hash: string;
	readonly definition: ServiceDefinition;
}

/**
 * Definitions of services, content-addressed; kept apart from the store so that a rollback works while the store is silent.
 * All methods throw CatalogUnavailableError.
 */
export interface ServiceCatalog {
	/** The present definition of a service. @throws InvalidDefinitionError when there is none. */
	read(service: string): Promise<CatalogEntry>;
	/** A pinned definition; safe to cache for good. @throws InvalidDefinitionError when there is none. */
	readPinned(service: string, hash: string): Promise<ServiceDefinition>;
	/** The service that an alarm guards, or null for an alarm that is not Sluice's business. One object, one read. */
	findByAlarm(alarmName: string): Promise<ServiceDefinition | null>;
	/** Names of all services that have a present definition, in no promised order; 1,000 at most. */
	list(): Promise<readonly string[]>;
	/** Names of the services that roll out images of a repository. */
	findByRepository(repositoryName: string): Promise<readonly string[]>;
	/** Makes a definition the present one. Idempotent. */
	publish(definition: ServiceDefinition): Promise<CatalogEntry>;
	/** Forgets a service's present definition and its look-ups; pinned ones stay. Idempotent. */
	withdraw(service: string): Promise<void>;
}
