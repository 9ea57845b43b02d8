import * as z from "zod/mini";

/**
 * A section of the file: exactly these keys, nothing else.
 * The message of each problem says what is allowed; path and value are added by `problemsIn`.
 */
export const section = <const Shape extends z.core.$ZodLooseShape>(shape: Shape) => {
	const keys = Object.keys(shape).join(", ");
	return z.strictObject(shape, {
		error: (issue) => (issue.code === "unrecognized_keys" ? `nothing but ${keys}` : `a section with the keys ${keys}`),
	});
};

/** A whole number; both bounds are allowed values. */
export const wholeNumber = (least: number, most: number) => {
	const allowed = `a whole number from ${least} to ${most}`;
	return z.int({ error: allowed }).check(z.minimum(least, allowed), z.maximum(most, allowed));
};

/** A number that may have a fraction; both bounds are allowed values. */
export const fraction = (least: number, most: number) => {
	const allowed = `a number from ${least} to ${most}`;
	return z.number({ error: allowed }).check(z.minimum(least, allowed), z.maximum(most, allowed));
};

/** Text of a shape. `allowed` says the shape in words, for people who do not read regular expressions. */
export const text = (allowed: string, pattern: RegExp, maxLength: number) =>
	z
		.string({ error: allowed })
		.check(z.minLength(1, allowed), z.maxLength(maxLength, allowed), z.regex(pattern, allowed));

/** One word of a fixed set. */
export const oneOf = <const Words extends readonly string[]>(...words: Words) =>
	z.enum(words, { error: `one of ${words.join(", ")}` });

/** A list with both bounds on its length; `what` names its entries in the plural. */
export const list = <Entry extends z.ZodMiniType>(entry: Entry, what: string, least: number, most: number) => {
	const allowed = least === 0 ? `a list of at most ${most} ${what}` : `a list of ${least} to ${most} ${what}`;
	return z.array(entry, { error: allowed }).check(z.minLength(least, allowed), z.maxLength(most, allowed));
};
