import { doraOf } from "../../lib/domain/dora.ts";
import { mostRecords } from "../../lib/ports/rollout-history.ts";
import { paletteOf } from "../../simulator/report/palette.ts";
import type { Line } from "../command-line.ts";
import { atDesk } from "../desk/at-desk.ts";
import { doraScreen } from "../report/dora-screen.ts";
import { historyTable } from "../report/history-table.ts";
import { screenWidth } from "../report/screen-width.ts";
import { UsageError } from "../usage-error.ts";

const usualDays = 30;
const dayMs = 86_400_000;

const daysOf = (text: string | undefined): number => {
	const days = Number(text ?? usualDays);
	if (Number.isInteger(days) && days >= 1 && days <= 3_650) return days;
	throw new UsageError(`--days "${text}" is not valid; allowed is a whole number from 1 to 3650.`);
};

/** Lists the rollouts that ended in the last days, or sums them up. @returns the exit code. */
export const history = async (line: Line): Promise<number> => {
	const { words, flags } = line;
	const [service = ""] = words;
	const days = daysOf(flags.days);
	const { answer } = await atDesk(line, async (desk) => {
		const nowEpochMs = desk.clock.nowEpochMs();
		const toEpochMs = nowEpochMs + 1;
		const all = await desk.history.list(service, mostRecords);
		// A name that nobody knows must not be told to have no history; one that was given back keeps what it had.
		if (all.length === 0) await desk.store.read(service);
		return { place: desk.place, nowEpochMs, all, span: { fromEpochMs: toEpochMs - days * dayMs, toEpochMs } };
	});
	const { place, nowEpochMs, all, span } = answer;
	const records = all.filter(({ endedAtEpochMs }) => endedAtEpochMs >= span.fromEpochMs);
	const isCutShort = all.length === mostRecords && records.length === all.length;
	const dora = doraOf(records, span);
	const print = (...lines: readonly string[]): void => void process.stdout.write(`${lines.join("\n")}\n`);
	if (flags.json) {
		const said = flags.dora ? { ...dora, isCutShort } : { days, records, isCutShort };
		print(JSON.stringify({ place, atEpochMs: nowEpochMs, service, ...said }));
	} else {
		const palette = paletteOf(process.stdout.isTTY === true);
		print(...(flags.dora ? doraScreen(service, dora) : historyTable(records, palette, screenWidth())));
		if (isCutShort) print(`These are the newest ${mostRecords}; there may be more.`);
	}
	return 0;
};
