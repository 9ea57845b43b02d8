import type { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod/mini";
import type { ServiceDefinition } from "../domain/service-definition.ts";
import { serviceDefinitionSchema } from "../domain/service-definition-schema.ts";
import { InvalidDefinitionError, type ServiceCatalog } from "../ports/service-catalog.ts";
import { canonicalJson } from "./canonical-json.ts";
import { catalogKeys } from "./catalog-keys.ts";
import { definitionHash } from "./definition-hash.ts";
import { type S3Objects, s3Objects } from "./s3-objects.ts";

/** Pinned definitions that one sandbox remembers; they never change, so the limit is about memory only. */
const mostRemembered = 200;

/**
 * The service catalog in one S3 bucket. Two publications of one service at once are not ordered:
 * CloudFormation, the only caller, changes a resource once at a time.
 */
export const s3ServiceCatalog = (client: S3Client, bucketName: string): ServiceCatalog => {
	const objects = s3Objects(client, bucketName);
	const pinned = new Map<string, ServiceDefinition>();
	return {
		read: async (service) => {
			const key = catalogKeys.pointer(service);
			const { hash, definition } = parsed(pointerSchema, await textAt(objects, key), key);
			return { hash, definition };
		},
		readPinned: async (service, hash) => {
			const key = catalogKeys.definition(service, hash);
			const remembered = pinned.get(key);
			if (remembered !== undefined) return remembered;
			const definition = pinnedDefinition(await textAt(objects, key), key, hash);
			for (const oldest of pinned.keys()) if (pinned.size >= mostRemembered) pinned.delete(oldest);
			pinned.set(key, definition);
			return definition;
		},
		findByAlarm: async (alarmName) => {
			const key = catalogKeys.alarm(alarmName);
			const stored = await objects.get(key);
			return stored === null ? null : parsed(serviceDefinitionSchema, stored.text, key);
		},
		list: async () => (await objects.list(catalogKeys.pointers)).map(serviceOfPointer),
		findByRepository: async (repositoryName) => {
			const prefix = catalogKeys.repository(repositoryName, "");
			return (await objects.list(prefix)).map((key) => decodeURIComponent(key.slice(prefix.length)));
		},
		publish: (definition) => publish(objects, definition),
		withdraw: async (service) => {
			const pointer = await looksAt(objects, service);
			if (pointer === null) return;
			await removeLookUps(objects, service, pointer.lookUps);
			// Last, because it alone knows the look-ups: an attempt that was cut short can be repeated.
			await objects.remove(catalogKeys.pointer(service));
		},
	};
};

const serviceOfPointer = (key: string): string =>
	decodeURIComponent(key.slice(catalogKeys.pointers.length, -".json".length));

const lookUps = z.array(z.string()).check(z.maxLength(1_000));
const pointerSchema = z.strictObject({
	hash: z.string().check(z.length(64)),
	definition: serviceDefinitionSchema,
	lookUps,
});
// What a publication needs of the one before it, even of one that this version of Sluice cannot read any more.
const earlierPointerSchema = z.looseObject({ lookUps });

/**
 * Content first, then look-ups, then the pointer: nobody finds a pointer to nothing. The pointer lists every look-up that
 * may exist, and does so before it exists, so that whatever is cut short leaves none behind that nobody remembers.
 */
const publish = async (objects: S3Objects, candidate: ServiceDefinition) => {
	const definition = checked(serviceDefinitionSchema, candidate, `definition of ${candidate.service}`);
	const { service } = definition;
	const hash = definitionHash(definition);
	const text = canonicalJson(definition);
	const wanted = lookUpsOf(definition);
	const earlier = await looksAt(objects, service);
	const known = earlier?.lookUps ?? [];
	const all = [...new Set([...known, ...wanted.keys()])];
	const point = (pointer: object): Promise<void> =>
		objects.put(catalogKeys.pointer(service), canonicalJson(pointer), "application/json");

	await objects.put(catalogKeys.definition(service, hash), text, "application/json");
	if (earlier !== null && all.length > known.length) await point({ ...earlier, lookUps: all });
	await Promise.all([...wanted].map(([key, isFull]) => objects.put(key, isFull ? text : "", "application/json")));
	await point({ hash, definition, lookUps: all });
	if (all.length > wanted.size) {
		await removeLookUps(
			objects,
			service,
			known.filter((key) => !wanted.has(key)),
		);
		await point({ hash, definition, lookUps: [...wanted.keys()] });
	}
	return { hash, definition };
};

/** Keys of a definition's look-ups, and whether the object there holds the definition. */
const lookUpsOf = ({ service, repositoryName, alarmNames }: ServiceDefinition): ReadonlyMap<string, boolean> =>
	new Map([
		...alarmNames.map((alarmName) => [catalogKeys.alarm(alarmName), true] as const),
		[catalogKeys.repository(repositoryName, service), false],
	]);

const looksAt = async (objects: S3Objects, service: string) => {
	const key = catalogKeys.pointer(service);
	const stored = await objects.get(key);
	return stored === null ? null : parsed(earlierPointerSchema, stored.text, key);
};

const ownedSchema = z.object({ service: z.string() });

/**
 * An alarm may have moved to another service, whose look-up is at the same key: that one stays. Deleting just the version
 * that was read keeps it even where the other service publishes in between.
 */
const removeLookUps = async (objects: S3Objects, service: string, keys: readonly string[]): Promise<void> => {
	await Promise.all(
		keys.map(async (key) => {
			const stored = await objects.get(key);
			if (stored === null) return;
			const owned = ownedSchema.safeParse(jsonOf(stored.text));
			if (owned.success && owned.data.service !== service) return;
			await objects.remove(key, stored.etag);
		}),
	);
};

const textAt = async (objects: S3Objects, key: string): Promise<string> => {
	const stored = await objects.get(key);
	if (stored !== null) return stored.text;
	throw new InvalidDefinitionError(
		`Object "${key}" does not exist: allowed are services and hashes that were published.`,
	);
};

/** The hash is taken of what is stored, so that reading with a newer schema, which may add defaults, does not change it. */
const pinnedDefinition = (text: string, key: string, hash: string): ServiceDefinition => {
	const definition = parsed(serviceDefinitionSchema, text, key);
	const found = definitionHash(jsonOf(text) as object);
	if (found === hash) return definition;
	throw new InvalidDefinitionError(`Object "${key}" has the hash ${found}: allowed is the one that it is named by.`);
};

const parsed = <Schema extends z.ZodMiniType>(schema: Schema, text: string, key: string): z.output<Schema> =>
	checked(schema, jsonOf(text), `object "${key}"`);

const checked = <Schema extends z.ZodMiniType>(schema: Schema, value: unknown, what: string): z.output<Schema> => {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	const problems = result.error.issues.map(({ path, message }) => `${path.join(".") || "everything"}: ${message}`);
	throw new InvalidDefinitionError(`The ${what} is not valid: allowed is ${problems.join("; ")}.`);
};

/** Undefined for text that is no JSON, which no schema takes. */
const jsonOf = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};
