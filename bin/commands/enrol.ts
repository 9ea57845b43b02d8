import * as z from "zod/mini";
import type { EnrolmentEnding } from "../../lib/ports/enrolments.ts";
import { paletteOf } from "../../simulator/report/palette.ts";
import type { Line } from "../command-line.ts";
import { atDesk } from "../desk/at-desk.ts";
import type { Desk } from "../desk/desk.ts";
import { liveTimeline } from "../live-timeline.ts";
import { UsageError } from "../usage-error.ts";

/** Two drains and two starts of pods fit in here; whoever waits longer asks again, and it goes on by itself anyway. */
const patienceSeconds = 3_600;
const lookSeconds = 5;

const problem = z.object({ what: z.string(), value: z.string(), allowed: z.string() });

/** What the machine puts out, as far as people are told of it. */
const Report = z.object({
	kind: z.enum(["done", "planned", "refused", "stuck"]),
	warnings: z.optional(z.array(z.union([z.string(), problem]))),
	problems: z.optional(z.array(problem)),
	steps: z.optional(z.array(z.string())),
	sentence: z.optional(z.string()),
	/** Of a refusal: whether an earlier look has changed something already. */
	isBegun: z.optional(z.boolean()),
});

const priorityOf = (text: string | undefined): number | null => {
	if (text === undefined) return null;
	const priority = Number(text);
	if (Number.isInteger(priority) && priority >= 1 && priority <= 50_000) return priority;
	throw new UsageError(`--from-priority "${text}" is not valid; allowed is a whole number from 1 to 50000.`);
};

type Wish = "enrol" | "release";

const enrolAt =
	({ words: [service = ""], flags }: Line, wish: Wish) =>
	async (desk: Desk): Promise<EnrolmentEnding | null> => {
		// Read for its name alone: a service that is not configured is a mistake of whoever types.
		await desk.catalog.read(service);
		const request = {
			service,
			wish,
			fromPriority: priorityOf(flags["from-priority"]),
			dryRun: flags["dry-run"],
			by: await desk.identity.name(),
		};
		const id = `${service}-${wish}-${Math.floor(desk.clock.nowEpochMs() / 1000)}`;
		const begun = await desk.enrolments.begin(request, id);
		for (let waited = 0; waited < patienceSeconds; waited += lookSeconds) {
			await desk.clock.sleep(lookSeconds * 1000);
			const ending = await desk.enrolments.ending(begun);
			if (ending !== null) return ending;
		}
		return null;
	};

const said = (text: string | z.infer<typeof problem>): string =>
	typeof text === "string" ? text : `${text.what}: found ${text.value}; allowed is ${text.allowed}.`;

const linesOf = (ending: EnrolmentEnding | null): readonly string[] => {
	if (ending === null) return ["It goes on by itself; the same command again says how it ends."];
	const report = Report.safeParse(ending.report);
	if (!report.success)
		return [
			`It ended without a report: ${JSON.stringify(ending.report)}. Nothing was undone; mend what that names, and the same command goes on.`,
		];
	const { kind, problems = [], steps = [], warnings = [], sentence, isBegun = true } = report.data;
	const heads = {
		done: "Done.",
		planned: steps.length === 0 ? "Nothing remains to be done." : "It would, in this order:",
		refused: isBegun
			? "Refused on the way; what was done so far stays, and once this is mended the same command goes on:"
			: "Refused before anything was touched:",
		stuck: "Stuck, with everything served; the same command again goes on:",
	};
	return [
		heads[kind],
		...[...steps, ...problems.map(said), ...(sentence === undefined ? [] : [sentence])].map((text) => `  ${text}`),
		...warnings.map((text) => `Note: ${said(text)}`),
	];
};

/** Takes a service into Sluice's care, or gives it back, and says how that ended. @returns the exit code. */
export const enrol = async (line: Line, wish: Wish): Promise<number> => {
	const { words, flags } = line;
	const timeline = flags.json ? null : liveTimeline(process.stdout, paletteOf(process.stdout.isTTY === true));
	const { answer } = await atDesk(line, enrolAt(line, wish), (entry) => timeline?.show(entry));
	timeline?.end();
	const text = flags.json
		? JSON.stringify({ service: words[0], ended: answer !== null, report: answer?.report ?? null })
		: linesOf(answer).join("\n");
	process.stdout.write(`${text}\n`);
	const report = Report.safeParse(answer?.report);
	return report.success && (report.data.kind === "done" || report.data.kind === "planned") ? 0 : 1;
};
