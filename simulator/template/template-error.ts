/** The template holds something that the simulator does not model; running without it would prove nothing. */
export class InvalidTemplateError extends Error {
	override readonly name = "InvalidTemplateError";
}

/** A JSON object of a template whose shape is not known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export const isFields = (value: unknown): value is Fields =>
	typeof value === "object" && value !== null && !Array.isArray(value);

/** A JSON object, or a clear refusal. @throws InvalidTemplateError */
export const fieldsOf = (value: unknown, where: string): Fields => {
	if (isFields(value)) return value;
	throw new InvalidTemplateError(`${where} is ${JSON.stringify(value)}; allowed is an object.`);
};

/** A string, or a clear refusal. @throws InvalidTemplateError */
export const textOf = (value: unknown, where: string): string => {
	if (typeof value === "string") return value;
	throw new InvalidTemplateError(`${where} is ${JSON.stringify(value)}; allowed is a string.`);
};

/** A list; absent counts as empty. @throws InvalidTemplateError */
export const listOf = (value: unknown, where: string): readonly unknown[] => {
	if (value === undefined) return [];
	if (Array.isArray(value)) return value;
	throw new InvalidTemplateError(`${where} is ${JSON.stringify(value)}; allowed is a list.`);
};
