import { isDeepStrictEqual } from "node:util";

/** An operation failed, so the patch as a whole was not applied. */
export class FailedPatchError extends Error {
	override readonly name = "FailedPatchError";
}

interface Operation {
	readonly op: string;
	readonly path: string;
	readonly value?: unknown;
}

type Members = Record<string, unknown>;

const isMembers = (value: unknown): value is Members => typeof value === "object" && value !== null;

const apply = (document: Members, { op, path, value }: Operation): void => {
	const names = path
		.split("/")
		.slice(1)
		.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
	const last = names.pop() ?? "";
	let parent: Members = document;
	for (const name of names) {
		const child = parent[name];
		if (!isMembers(child)) throw new FailedPatchError(`${op} does not apply: ${path} is missing`);
		parent = child;
	}
	if (op !== "add" && !(last in parent)) throw new FailedPatchError(`${op} does not apply: ${path} is missing`);
	if (op === "test") {
		if (!isDeepStrictEqual(parent[last], value)) throw new FailedPatchError(`testing value ${path} failed`);
	} else if (op === "add" || op === "replace") parent[last] = value;
	else if (op === "remove") delete parent[last];
	else throw new FailedPatchError(`unexpected operation ${op}`);
};

/** The document after a JSON Patch (RFC 6902, but for adding and removing elements of arrays). @throws FailedPatchError */
export const jsonPatched = <T extends object>(document: T, operations: readonly Operation[]): T => {
	const copy = structuredClone(document);
	for (const operation of operations) apply(copy as Members, operation);
	return copy;
};
