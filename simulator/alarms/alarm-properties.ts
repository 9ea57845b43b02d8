/** An alarm uses something this simulator does not evaluate as CloudWatch does. Found when alarms are loaded. */
export class InvalidAlarmError extends Error {
	override readonly name = "InvalidAlarmError";
	constructor(alarm: string, property: string, value: unknown, allowed: string) {
		super(`Alarm "${alarm}": ${property} is ${JSON.stringify(value) ?? "absent"}; allowed is ${allowed}.`);
	}
}

type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
const isFields = (value: unknown): value is Fields =>
	typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Reads the properties of one CloudFormation resource, or of an object inside it, and refuses what it does not know.
 * Every method throws InvalidAlarmError naming alarm, property, value and what is allowed.
 */
export class AlarmProperties {
	readonly #alarm: string;
	readonly #fields: Fields;
	readonly #at: string;

	constructor(alarm: string, fields: unknown, known: readonly string[], at = "") {
		if (!isFields(fields)) throw new InvalidAlarmError(alarm, at === "" ? "Properties" : at, fields, "an object");
		this.#alarm = alarm;
		this.#fields = fields;
		this.#at = at === "" ? "" : `${at}.`;
		for (const name of Object.keys(fields)) {
			if (!known.includes(name)) throw this.refusal(name, `one of the properties ${known.join(", ")}`);
		}
	}

	has(name: string): boolean {
		return this.#fields[name] !== undefined;
	}

	raw(name: string): unknown {
		return this.#fields[name];
	}

	/** The full name of a property, as `Metrics[0].MetricStat`. */
	path(name: string): string {
		return `${this.#at}${name}`;
	}

	refusal(name: string, allowed: string): InvalidAlarmError {
		return new InvalidAlarmError(this.#alarm, this.path(name), this.#fields[name], allowed);
	}

	text(name: string): string {
		const value = this.#fields[name];
		if (typeof value !== "string" || value === "") throw this.refusal(name, "a string");
		return value;
	}

	number(name: string): number {
		const value = this.#fields[name];
		if (typeof value !== "number" || !Number.isFinite(value)) throw this.refusal(name, "a number");
		return value;
	}

	whole(name: string, from: number, to: number): number {
		const value = this.#fields[name];
		if (typeof value !== "number" || !Number.isInteger(value) || value < from || value > to) {
			throw this.refusal(name, `a whole number from ${from} to ${to}`);
		}
		return value;
	}

	flag(name: string, otherwise: boolean): boolean {
		const value = this.#fields[name] ?? otherwise;
		if (typeof value !== "boolean") throw this.refusal(name, "true or false");
		return value;
	}

	oneOf<T extends string>(name: string, allowed: readonly T[], otherwise?: T): T {
		const value = this.#fields[name] ?? otherwise;
		const found = allowed.find((each) => each === value);
		if (found === undefined) throw this.refusal(name, allowed.join(", "));
		return found;
	}

	list(name: string): readonly unknown[] {
		const value = this.#fields[name] ?? [];
		if (!Array.isArray(value)) throw this.refusal(name, "a list");
		return value;
	}

	texts(name: string): readonly string[] {
		return this.list(name).map((value) => {
			if (typeof value !== "string") throw this.refusal(name, "a list of strings");
			return value;
		});
	}
}
