import { createHash } from "node:crypto";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";

/** Where the catalog's bucket keeps what, as the real adapter lays it out. */
export const catalogKeys = {
	pointers: "services/",
	pointer: (service: string): string => `services/${encodeURIComponent(service)}.json`,
	definition: (service: string, hash: string): string => `definitions/${encodeURIComponent(service)}/${hash}.json`,
	alarm: (alarmName: string): string => `by-alarm/${encodeURIComponent(alarmName)}.json`,
	repository: (repositoryName: string, service: string): string =>
		`by-repository/${encodeURIComponent(repositoryName)}/${encodeURIComponent(service)}`,
} as const;

/** What one published definition is made of in the bucket. */
export interface CatalogObjects {
	/** SHA-256 of the canonical JSON, hexadecimal. */
	readonly hash: string;
	readonly definitionKey: string;
	/** Canonical JSON of the definition. */
	readonly definitionText: string;
	/** Bodies of the look-ups by their keys. */
	readonly lookUps: ReadonlyMap<string, string>;
	/** The body of the service's pointer, which lists all look-ups that may exist. */
	pointerText(lookUpKeys: Iterable<string>): string;
}

const ordered = (_key: string, value: unknown): unknown =>
	typeof value === "object" && value !== null && !Array.isArray(value)
		? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
		: value;

/** The objects that a definition is published as. */
export const catalogObjectsOf = (definition: ServiceDefinition): CatalogObjects => {
	const definitionText = JSON.stringify(definition, ordered);
	const hash = createHash("sha256").update(definitionText).digest("hex");
	const { service, repositoryName, alarmNames } = definition;
	return {
		hash,
		definitionKey: catalogKeys.definition(service, hash),
		definitionText,
		lookUps: new Map([
			...alarmNames.map((alarmName) => [catalogKeys.alarm(alarmName), definitionText] as const),
			[catalogKeys.repository(repositoryName, service), ""],
		]),
		pointerText: (lookUpKeys) => JSON.stringify({ definition, hash, lookUps: [...lookUpKeys] }, ordered),
	};
};
