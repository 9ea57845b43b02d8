import { UsageError } from "./usage-error.ts";

/** How a release is named at the command line: by its id, its digest or the beginning of either. */
export interface ReleaseName {
	readonly id?: string;
	readonly digest?: string;
}

const digits = /^[0-9a-f]+$/;

const refuseUnless = (flag: string, given: string, name: string, most: number): void => {
	if (!digits.test(name) || name.length < 4 || name.length > most)
		throw new UsageError(`${flag} "${given}" is not valid; allowed are 4 to ${most} hexadecimal digits (0-9, a-f).`);
};

/**
 * The release that the flags name; null where they name none. What cannot be the beginning of a name is not asked for.
 * @throws UsageError
 */
export const releaseNameOf = ({
	id,
	digest,
}: {
	readonly id: string | undefined;
	readonly digest: string | undefined;
}): ReleaseName | null => {
	if (id !== undefined && digest !== undefined) throw new UsageError("--id and --digest cannot go together.");
	if (id !== undefined) {
		refuseUnless("--id", id, id, 12);
		return { id };
	}
	if (digest === undefined) return null;
	refuseUnless("--digest", digest, digest.replace(/^sha256:/, ""), 64);
	return { digest };
};
