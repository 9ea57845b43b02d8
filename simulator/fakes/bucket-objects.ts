import { CatalogUnavailableError } from "../../lib/ports/service-catalog.ts";
import type { Caller, RemoteCall } from "../kernel/caller.ts";
import type { StoredObject } from "../world/object-bucket.ts";
import { isRefusal, Refusal } from "../world/refusal.ts";
import type { World } from "../world/world.ts";
import { failureOf } from "./call-failure.ts";

/** Objects of the world's bucket, one remote call each. All methods throw CatalogUnavailableError. */
export interface BucketObjects {
	/** Null where there is no such object. */
	get(key: string): Promise<StoredObject | null>;
	put(key: string, body: string): Promise<void>;
	/** Deletes an object, or only in the version given; success where there is nothing to delete. */
	remove(key: string, etag?: string): Promise<void>;
	list(prefix: string): Promise<readonly string[]>;
}

/** A bucket of another name than the world's does not exist, as with a wrong variable in production. */
export const bucketObjects = (
	world: Pick<World, "bucket" | "arns">,
	caller: Caller,
	bucketName: string,
): BucketObjects => {
	const { bucket, arns } = world;
	const call = async <T>(request: RemoteCall, effect: () => T): Promise<T> => {
		try {
			return await caller.call(request, () => {
				if (bucketName === bucket.bucketName) return effect();
				throw new Refusal("ResourceNotFoundException", `Bucket "${bucketName}" does not exist.`);
			});
		} catch (error) {
			if (isRefusal(error, "NoSuchKey") || isRefusal(error, "PreconditionFailed")) throw error;
			throw failureOf(request.operation, error, CatalogUnavailableError);
		}
	};
	return {
		get: async (key) => {
			try {
				const request = { operation: "s3:GetObject", resource: arns.object(bucketName, key) };
				return await call(request, () => bucket.get(key));
			} catch (error) {
				if (isRefusal(error, "NoSuchKey")) return null;
				throw error;
			}
		},
		put: (key, body) =>
			call({ operation: "s3:PutObject", resource: arns.object(bucketName, key) }, () => bucket.put(key, body)),
		remove: async (key, etag) => {
			try {
				const request = { operation: "s3:DeleteObject", resource: arns.object(bucketName, key) };
				await call(request, () => bucket.delete(key, etag));
			} catch (error) {
				if (!isRefusal(error, "PreconditionFailed")) throw error;
			}
		},
		list: (prefix) =>
			call(
				{
					operation: "s3:ListObjectsV2",
					resource: arns.bucket(bucketName),
					authorisedAs: [{ action: "s3:ListBucket" }],
				},
				() => bucket.list(prefix),
			),
	};
};
