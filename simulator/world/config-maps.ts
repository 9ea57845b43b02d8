import { Refusal } from "./refusal.ts";

/** What Sluice's labels and annotations say of an object that it keeps; null on an object of the user's. */
export interface KeptMarks {
	/** Label sluice.dev/deployment. */
	readonly deployment: string;
	readonly kind: "template" | "configuration";
	readonly capturedAtEpochMs: number;
	/** Of a template: the copies that it refers to. */
	readonly copies: readonly string[];
}

/** A ConfigMap as a cluster stores it. */
export interface ConfigMap {
	readonly data: Readonly<Record<string, string>>;
	readonly kept: KeptMarks | null;
	readonly resourceVersion: number;
}

/** The ConfigMaps of all clusters, by the keys of `objectKey`; what is kept is immutable. */
export class ConfigMaps {
	readonly #objects = new Map<string, ConfigMap>();
	#version = 0;

	get(key: string): ConfigMap | null {
		return this.#objects.get(key) ?? null;
	}

	/** Makes a ConfigMap or changes its data, as a person would. @throws Refusal Invalid where it is immutable. */
	put(key: string, data: Readonly<Record<string, string>>): void {
		if (this.get(key)?.kept) throw new Refusal("Invalid", `ConfigMap "${key}" is immutable.`);
		this.#write(key, data, null);
	}

	/** POST. @throws Refusal Conflict where one exists. */
	create(key: string, data: Readonly<Record<string, string>>, kept: KeptMarks): void {
		if (this.#objects.has(key)) throw new Refusal("Conflict", `ConfigMap "${key}" already exists.`);
		this.#write(key, data, kept);
	}

	/** JSON Patch of the annotation, with a test of the resource version. @throws Refusal NotFound, Invalid */
	markCaptured(key: string, testResourceVersion: number, capturedAtEpochMs: number): void {
		const { data, kept, resourceVersion } = this.#present(key);
		if (kept === null || resourceVersion !== testResourceVersion)
			throw new Refusal("Invalid", `ConfigMap "${key}" is at version ${resourceVersion}: the test failed.`);
		this.#write(key, data, { ...kept, capturedAtEpochMs });
	}

	/** DELETE with a precondition. @throws Refusal NotFound; Conflict where it was written since. */
	remove(key: string, resourceVersion: number): void {
		if (this.#present(key).resourceVersion !== resourceVersion)
			throw new Refusal("Conflict", `ConfigMap "${key}" was written since version ${resourceVersion}.`);
		this.#objects.delete(key);
	}

	/** As a person deletes it. */
	delete(key: string): void {
		this.#objects.delete(key);
	}

	/** Those of one namespace, keys of which begin alike, by key. */
	list(keyPrefix: string): readonly (ConfigMap & { readonly key: string })[] {
		return [...this.#objects].filter(([key]) => key.startsWith(keyPrefix)).map(([key, object]) => ({ key, ...object }));
	}

	#present(key: string): ConfigMap {
		const found = this.#objects.get(key);
		if (found === undefined) throw new Refusal("NotFound", `ConfigMap "${key}" does not exist.`);
		return found;
	}

	#write(key: string, data: Readonly<Record<string, string>>, kept: KeptMarks | null): void {
		this.#version += 1;
		this.#objects.set(key, { data, kept, resourceVersion: this.#version });
	}
}
