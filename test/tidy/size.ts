import type { Rule } from "./source-file.ts";

/** The narrowest limit comes first. Functions are held to 70 lines by the linter. */
const limits: readonly { readonly of: RegExp; readonly maxLines: number }[] = [
	{ of: /^functions\/[^/]+\/handler\.ts$/, maxLines: 80 },
	{ of: /^lib\/constructs\/.*\.ts$/, maxLines: 150 },
	{ of: /\.ts$/, maxLines: 300 },
];

/** Small files by rule (the limit is a stop, not an aim). */
export const size: Rule = ({ path, text }) => {
	const limit = limits.find(({ of }) => of.test(path));
	const lines = text.trimEnd().split("\n").length;
	return limit !== undefined && lines > limit.maxLines ? [`has ${lines} lines; allowed are ${limit.maxLines}`] : [];
};
