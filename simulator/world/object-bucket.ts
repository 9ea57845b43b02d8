import { Refusal } from "./refusal.ts";

/** An object's text and the tag of the version that was read. */
export interface StoredObject {
	readonly body: string;
	readonly etag: string;
}

/** An S3 bucket: strongly consistent, one version of each object, listings in order of key. */
export class ObjectBucket {
	readonly bucketName: string;
	readonly #objects = new Map<string, StoredObject>();
	#written = 0;

	constructor(bucketName: string) {
		this.bucketName = bucketName;
	}

	put(key: string, body: string): void {
		this.#objects.set(key, { body, etag: `"${++this.#written}"` });
	}

	/** @throws Refusal NoSuchKey. */
	get(key: string): StoredObject {
		const stored = this.#objects.get(key);
		if (stored === undefined) throw new Refusal("NoSuchKey", `Object "${key}" does not exist in ${this.bucketName}.`);
		return stored;
	}

	/** Deletes an object, or only the version given. What is not there is deleted already. @throws Refusal PreconditionFailed. */
	delete(key: string, etag?: string): void {
		const stored = this.#objects.get(key);
		if (stored !== undefined && etag !== undefined && stored.etag !== etag) {
			throw new Refusal("PreconditionFailed", `Object "${key}" is no longer the version ${etag}.`);
		}
		this.#objects.delete(key);
	}

	list(prefix: string): readonly string[] {
		const keys: string[] = [];
		for (const key of this.#objects.keys()) if (key.startsWith(prefix)) keys.push(key);
		return keys.sort();
	}
}
