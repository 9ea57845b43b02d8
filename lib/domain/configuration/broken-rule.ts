import * as z from "zod/mini";

/** A rule between keys that does not hold; `path` is relative to the section that was looked at. */
export interface BrokenRule {
	readonly path: readonly (string | number)[];
	readonly allowed: string;
}

/** A schema's check that reports what a pure function finds wrong between a section's keys. */
export const betweenKeys = <Section>(rules: (section: Section) => readonly BrokenRule[]) =>
	z.check<Section>(({ value, issues }) => {
		for (const { path, allowed } of rules(value))
			issues.push({ code: "custom", input: value, path: [...path], message: allowed });
	});
