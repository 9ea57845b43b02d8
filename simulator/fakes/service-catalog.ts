import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import { type CatalogEntry, InvalidDefinitionError, type ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { Caller } from "../kernel/caller.ts";
import { catalogKeys, catalogObjectsOf } from "../world/catalog-objects.ts";
import type { World } from "../world/world.ts";
import { type BucketObjects, bucketObjects } from "./bucket-objects.ts";

/** The present definition of a service, and every look-up that may lead to it. Written by this fake and enrolment alone. */
interface Pointer extends CatalogEntry {
	readonly lookUps: readonly string[];
}

const textAt = async (objects: BucketObjects, key: string): Promise<string> => {
	const stored = await objects.get(key);
	if (stored !== null) return stored.body;
	throw new InvalidDefinitionError(
		`Object "${key}" does not exist: allowed are services and hashes that were published.`,
	);
};

const pointerAt = async (objects: BucketObjects, service: string): Promise<Pointer | null> => {
	const stored = await objects.get(catalogKeys.pointer(service));
	return stored === null ? null : (JSON.parse(stored.body) as Pointer);
};

/** Removes look-ups in the version that was read, but for those that another service has taken over. */
const removeLookUps = async (objects: BucketObjects, service: string, keys: readonly string[]): Promise<void> => {
	await Promise.all(
		keys.map(async (key) => {
			const stored = await objects.get(key);
			if (stored === null) return;
			const owner = stored.body === "" ? service : (JSON.parse(stored.body) as ServiceDefinition).service;
			if (owner === service) await objects.remove(key, stored.etag);
		}),
	);
};

/** Content, then look-ups, then the pointer, which names every look-up before it exists: as the real adapter does. */
const publish = async (objects: BucketObjects, definition: ServiceDefinition): Promise<CatalogEntry> => {
	const { service } = definition;
	const wanted = catalogObjectsOf(definition);
	const earlier = await pointerAt(objects, service);
	const known = earlier?.lookUps ?? [];
	const all = [...new Set([...known, ...wanted.lookUps.keys()])];
	const pointerKey = catalogKeys.pointer(service);
	await objects.put(wanted.definitionKey, wanted.definitionText);
	if (earlier !== null && all.length > known.length) {
		await objects.put(pointerKey, JSON.stringify({ ...earlier, lookUps: all }));
	}
	await Promise.all([...wanted.lookUps].map(([key, body]) => objects.put(key, body)));
	await objects.put(pointerKey, wanted.pointerText(all));
	if (all.length > wanted.lookUps.size) {
		const obsolete = known.filter((key) => !wanted.lookUps.has(key));
		await removeLookUps(objects, service, obsolete);
		await objects.put(pointerKey, wanted.pointerText(wanted.lookUps.keys()));
	}
	return { hash: wanted.hash, definition };
};

/** The service catalog in the world's bucket. Pinned definitions are read once per sandbox, as they never change. */
export const fakeServiceCatalog = (
	world: Pick<World, "bucket" | "arns">,
	caller: Caller,
	bucketName: string,
): ServiceCatalog => {
	const objects = bucketObjects(world, caller, bucketName);
	const pinned = new Map<string, ServiceDefinition>();
	return {
		read: async (service) => {
			const { hash, definition } = JSON.parse(await textAt(objects, catalogKeys.pointer(service))) as Pointer;
			return { hash, definition };
		},
		readPinned: async (service, hash) => {
			const key = catalogKeys.definition(service, hash);
			const definition = pinned.get(key) ?? (JSON.parse(await textAt(objects, key)) as ServiceDefinition);
			pinned.set(key, definition);
			return definition;
		},
		findByAlarm: async (alarmName) => {
			const stored = await objects.get(catalogKeys.alarm(alarmName));
			return stored === null ? null : (JSON.parse(stored.body) as ServiceDefinition);
		},
		list: async () =>
			(await objects.list(catalogKeys.pointers)).map((key) =>
				decodeURIComponent(key.slice(catalogKeys.pointers.length, -".json".length)),
			),
		findByRepository: async (repositoryName) => {
			const prefix = catalogKeys.repository(repositoryName, "");
			return (await objects.list(prefix)).map((key) => decodeURIComponent(key.slice(prefix.length)));
		},
		publish: (definition) => publish(objects, definition),
		withdraw: async (service) => {
			const pointer = await pointerAt(objects, service);
			if (pointer === null) return;
			await removeLookUps(objects, service, pointer.lookUps);
			await objects.remove(catalogKeys.pointer(service));
		},
	};
};
