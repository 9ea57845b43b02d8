import { InvalidStateMachineError } from "./invalid-state-machine-error.ts";
import { isJsonObject } from "./json-value.ts";

/**
 * The fields of one object of a definition. Each is asked for by name; what nobody asked for is refused by name.
 * All methods throw InvalidStateMachineError.
 */
export class Fields {
	readonly where: string;
	readonly #raw: Readonly<Record<string, unknown>>;
	readonly #known = new Set<string>();

	constructor(raw: unknown, where: string) {
		if (!isJsonObject(raw)) throw new InvalidStateMachineError(`${where}: is not an object`);
		this.#raw = raw;
		this.where = where;
	}

	/** The value as it is; undefined where the field is missing. */
	take(name: string): unknown {
		this.#known.add(name);
		return this.#raw[name];
	}

	text(name: string): string {
		const value = this.take(name);
		if (typeof value !== "string" || value === "") return this.refuse(name, value, "a text");
		return value;
	}

	optionalText(name: string): string | null {
		return this.take(name) === undefined ? null : this.text(name);
	}

	oneOf<T extends string>(name: string, allowed: readonly T[]): T {
		const value = this.take(name);
		const found = allowed.find((candidate) => candidate === value);
		if (found === undefined) {
			throw new InvalidStateMachineError(
				`${this.where}: ${name} ${JSON.stringify(value)} is not interpreted; allowed are ${allowed.join(", ")}`,
			);
		}
		return found;
	}

	/** A number, or the default where the field is missing. */
	number<T>(name: string, isAllowed: (value: number) => boolean, allowed: string, missing: T): number | T {
		const value = this.take(name);
		if (value === undefined) return missing;
		if (typeof value !== "number" || !isAllowed(value)) return this.refuse(name, value, allowed);
		return value;
	}

	list(name: string): readonly unknown[] {
		const value = this.take(name);
		if (value === undefined) return [];
		if (!Array.isArray(value) || value.length === 0) return this.refuse(name, value, "a list of at least one");
		return value;
	}

	/** The state that comes after this one; null where `End: true` says that none does. */
	next(): string | null {
		const next = this.optionalText("Next");
		const end = this.take("End");
		if (end !== undefined && typeof end !== "boolean") return this.refuse("End", end, "true");
		if ((next === null) === (end !== true)) {
			const what = next === null ? "neither Next nor End: true" : "both Next and End: true";
			throw new InvalidStateMachineError(`${this.where}: has ${what}; allowed is one of them`);
		}
		return next;
	}

	/** To be called when all that is known has been asked for. */
	refuseOthers(): void {
		for (const name of Object.keys(this.#raw)) {
			if (this.#known.has(name)) continue;
			const allowed = [...this.#known].sort().join(", ");
			throw new InvalidStateMachineError(`${this.where}: field "${name}" is not interpreted; allowed are ${allowed}`);
		}
	}

	refuse(name: string, value: unknown, allowed: string): never {
		throw new InvalidStateMachineError(
			`${this.where}: ${name} ${JSON.stringify(value)} is not valid; allowed is ${allowed}`,
		);
	}
}
