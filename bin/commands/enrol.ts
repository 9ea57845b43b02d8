import type { EnrolmentEnding } from "../../lib/ports/enrolments.ts";
import { paletteOf } from "../../simulator/report/palette.ts";
import type { Line } from "../command-line.ts";
import { atDesk } from "../desk/at-desk.ts";
import type { Desk } from "../desk/desk.ts";
import { hasSucceeded, linesOfEnding } from "../enrolment-text.ts";
import { liveTimeline } from "../live-timeline.ts";
import { UsageError } from "../usage-error.ts";

/** Two drains and two starts of pods fit in here; whoever waits longer asks again, and it goes on by itself anyway. */
const patienceSeconds = 3_600;
const lookSeconds = 5;

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

/** Takes a service into Sluice's care, or gives it back, and says how that ended. @returns the exit code. */
export const enrol = async (line: Line, wish: Wish): Promise<number> => {
	const { words, flags } = line;
	const timeline = flags.json ? null : liveTimeline(process.stdout, paletteOf(process.stdout.isTTY === true));
	const { answer } = await atDesk(line, enrolAt(line, wish), (entry) => timeline?.show(entry));
	timeline?.end();
	const text = flags.json
		? JSON.stringify({ service: words[0], ended: answer !== null, report: answer?.report ?? null })
		: linesOfEnding(answer).join("\n");
	process.stdout.write(`${text}\n`);
	return hasSucceeded(answer) ? 0 : 1;
};
