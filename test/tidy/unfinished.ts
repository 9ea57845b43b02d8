import type { Rule } from "./source-file.ts";

const isTest = /^test\//;
// This folder has to name what it refuses.
const isTidy = /^test\/tidy[/.]/;

/** Work that was put off: it belongs into the tracker, where somebody sees it. */
export const postponed: Rule = ({ path, text }) =>
	isTidy.test(path)
		? []
		: [...text.matchAll(/\b(TODO|FIXME|XXX|HACK)\b|\bfor now\b|not implemented/gi)].map(([word]) => `says "${word}"`);

const switchedOff = [
	/\b(?:it|test|describe|suite)\.(?:skip|only|todo|skipIf|runIf|fails)\b/g,
	/\b(?:xit|xdescribe|xtest|fit|fdescribe)\(/g,
	/\bexpect\(true\)/g,
	/\{\s*(?:skip|only|todo):\s*true/g,
];

/** Tests that are skipped, that silence others, or that cannot fail. */
export const switchedOffTest: Rule = ({ path, code }) =>
	isTest.test(path) && !isTidy.test(path)
		? switchedOff.flatMap((pattern) => [...code.matchAll(pattern)].map(([word]) => `has ${word}`))
		: [];

const silenced = /@ts-(?:ignore|expect-error|nocheck)|\bbiome-ignore\b|\bas any\b/g;

/** The compiler and the linter have the last word. */
export const silencedCheck: Rule = ({ path, text }) =>
	isTidy.test(path) ? [] : [...text.matchAll(silenced)].map(([word]) => `has ${word}`);
