import * as z from "zod/mini";
import { problemText } from "../lib/domain/enrolment-sentence.ts";
import type { EnrolmentEnding } from "../lib/ports/enrolments.ts";

const problem = z.object({ what: z.string(), value: z.string(), allowed: z.string() });

/** What the machine puts out, as far as people are told of it. */
const Report = z.object({
	kind: z.enum(["done", "planned", "refused", "stuck"]),
	warnings: z.optional(z.array(z.union([z.string(), problem]))),
	problems: z.optional(z.array(problem)),
	steps: z.optional(z.array(z.string())),
	sentence: z.optional(z.string()),
	/** Of one that is stuck: whether whoever gets requests was seen to be able to serve. */
	isServed: z.optional(z.boolean()),
	/** Of a refusal: whether an earlier look has changed something already. */
	isBegun: z.optional(z.boolean()),
});

const said = (text: string | z.infer<typeof problem>): string => (typeof text === "string" ? text : problemText(text));

/** What people are told of how an enrolment, or giving back, has ended; null where it goes on. */
export const linesOfEnding = (ending: EnrolmentEnding | null): readonly string[] => {
	if (ending === null) return ["It goes on by itself; the same command again says how it ends."];
	const report = Report.safeParse(ending.report);
	if (!report.success)
		return [
			`It ended without a report: ${JSON.stringify(ending.report)}. Nothing was undone; mend what that names, and the same command goes on.`,
		];
	const { kind, problems = [], steps = [], warnings = [], sentence, isServed = false, isBegun = true } = report.data;
	const heads = {
		done: "Done.",
		planned: steps.length === 0 ? "Nothing remains to be done." : "It would, in this order:",
		refused: isBegun
			? "Refused on the way; what was done so far stays, and once this is mended the same command goes on:"
			: "Refused before anything was touched:",
		stuck: isServed
			? "Stuck, with everything served; the same command again goes on:"
			: "Stuck, and it was not seen that everybody is served: look at your pods and rules now. The same command again goes on:",
	};
	return [
		heads[kind],
		...[...steps, ...problems.map(said), ...(sentence === undefined ? [] : [sentence])].map((text) => `  ${text}`),
		...warnings.map((text) => `Note: ${said(text)}`),
	];
};

/** Whether it came to its end, or said what it would do. */
export const hasSucceeded = (ending: EnrolmentEnding | null): boolean => {
	const report = Report.safeParse(ending?.report);
	return report.success && (report.data.kind === "done" || report.data.kind === "planned");
};
