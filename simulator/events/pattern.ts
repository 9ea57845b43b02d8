/** A pattern uses something this simulator does not match exactly as EventBridge does. Found when rules are loaded. */
export class InvalidEventPatternError extends Error {
	override readonly name = "InvalidEventPatternError";
	constructor(where: string, what: string) {
		super(
			`Event pattern at ${where === "" ? "its top" : `"${where}"`}: ${what}. Allowed are nested objects and non-empty ` +
				`arrays of strings, numbers, booleans, null, {"prefix": string}, {"suffix": string}, {"exists": boolean} ` +
				`and {"anything-but": a string, a number, or a list of only strings or only numbers}.`,
		);
	}
}

/** Whether an event matches. Pure; made once per rule. */
export type EventMatcher = (event: unknown) => boolean;

type ValueTest = (value: unknown) => boolean;
type Fields = Readonly<Record<string, unknown>>;

/** A field that must have one of some values. */
interface Leaf {
	readonly kind: "leaf";
	readonly path: readonly string[];
	readonly tests: readonly ValueTest[];
	/** True where the pattern says `{"exists": false}`: the field may be nowhere in the event. */
	readonly allowsAbsence: boolean;
}

interface Branch {
	readonly kind: "branch";
	readonly fields: readonly (readonly [key: string, node: Leaf | Branch])[];
}

const isFields = (value: unknown): value is Fields =>
	typeof value === "object" && value !== null && !Array.isArray(value);

const described = (value: unknown): string => JSON.stringify(value) ?? String(value);

const readAnythingBut = (value: unknown, where: string): ValueTest => {
	const values: readonly unknown[] = Array.isArray(value) ? value : [value];
	const kinds = new Set(values.map((each) => typeof each));
	const [kind] = kinds;
	if (kinds.size !== 1 || (kind !== "string" && kind !== "number")) {
		throw new InvalidEventPatternError(where, `matcher "anything-but" has the value ${described(value)}`);
	}
	return (candidate) => !values.includes(candidate);
};

const readMatcher = (matcher: Fields, where: string): ValueTest | "absence" => {
	const [name, ...others] = Object.keys(matcher);
	if (name === undefined || others.length > 0) {
		throw new InvalidEventPatternError(where, `a matcher must have exactly one key, not ${described(matcher)}`);
	}
	const value = matcher[name];
	if (name === "anything-but") return readAnythingBut(value, where);
	if (name === "exists" && typeof value === "boolean") return value ? () => true : "absence";
	if (name === "prefix" && typeof value === "string") {
		return (candidate) => typeof candidate === "string" && candidate.startsWith(value);
	}
	if (name === "suffix" && typeof value === "string") {
		return (candidate) => typeof candidate === "string" && candidate.endsWith(value);
	}
	throw new InvalidEventPatternError(where, `matcher "${name}" with the value ${described(value)} is not supported`);
};

const readLeaf = (alternatives: readonly unknown[], path: readonly string[]): Leaf => {
	const where = path.join(".");
	if (alternatives.length === 0) throw new InvalidEventPatternError(where, "an empty array matches nothing");
	const tests: ValueTest[] = [];
	let allowsAbsence = false;
	for (const alternative of alternatives) {
		if (Array.isArray(alternative)) {
			throw new InvalidEventPatternError(where, `${described(alternative)} is an array inside an array`);
		}
		if (!isFields(alternative)) {
			tests.push((candidate) => candidate === alternative);
			continue;
		}
		const test = readMatcher(alternative, where);
		if (test === "absence") allowsAbsence = true;
		else tests.push(test);
	}
	return { kind: "leaf", path, tests, allowsAbsence };
};

const readBranch = (pattern: unknown, path: readonly string[]): Branch => {
	const where = path.join(".");
	if (!isFields(pattern)) {
		throw new InvalidEventPatternError(where, `${described(pattern)} is neither an object nor an array of values`);
	}
	const entries = Object.entries(pattern);
	if (entries.length === 0) throw new InvalidEventPatternError(where, "an empty object says nothing");
	const fields = entries.map(([key, value]): readonly [string, Leaf | Branch] => {
		const at = [...path, key];
		if (key === "$or") throw new InvalidEventPatternError(at.join("."), `matcher "$or" is not supported`);
		return [key, Array.isArray(value) ? readLeaf(value, at) : readBranch(value, at)];
	});
	return { kind: "branch", fields };
};

const fieldOf = (fields: Fields, key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);

/** Arrays are seen through, however deep: each element counts as a value of the field. */
const someElement = (value: unknown, test: ValueTest): boolean =>
	Array.isArray(value) ? value.some((element) => someElement(element, test)) : test(value);

/** Objects and fields that are not there have no value of their own. */
const isValue = (value: unknown): boolean => value !== undefined && !isFields(value);

const hasValueAt = (value: unknown, path: readonly string[], depth = 0): boolean => {
	const key = path[depth];
	if (key === undefined) return someElement(value, isValue);
	return someElement(value, (element) => isFields(element) && hasValueAt(fieldOf(element, key), path, depth + 1));
};

const matchesLeaf = (leaf: Leaf, value: unknown, event: unknown): boolean =>
	someElement(value, (candidate) => isValue(candidate) && leaf.tests.some((test) => test(candidate))) ||
	(leaf.allowsAbsence && !hasValueAt(event, leaf.path));

const matchesBranch = (branch: Branch, value: unknown, event: unknown): boolean => {
	const holds = (fields: Fields): boolean =>
		branch.fields.every(([key, node]) => {
			const found = fieldOf(fields, key);
			return node.kind === "leaf" ? matchesLeaf(node, found, event) : matchesBranch(node, found, event);
		});
	// All fields of a branch must be found in the same element of an array; a branch that is missing has no fields at all.
	const isThere = someElement(value, isFields);
	return isThere ? someElement(value, (element) => isFields(element) && holds(element)) : holds({});
};

/**
 * Makes the matcher of an EventBridge event pattern: fields are combined by "and", the values of a field by "or".
 * A field of the event that is an array matches where any element does; `exists: false` holds where the path has no value
 * anywhere in the event, so an object there counts as absence, as AWS documents.
 * @throws InvalidEventPatternError naming the matcher, the place and what is allowed.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export const compileEventPattern = (pattern: unknown): EventMatcher => {
	const branch = readBranch(pattern, []);
	return (event) => matchesBranch(branch, event, event);
};
