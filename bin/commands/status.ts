import { statusOf } from "../../lib/domain/status.ts";
import type { StatusFacts } from "../../lib/domain/status-facts.ts";
import { paletteOf } from "../../simulator/report/palette.ts";
import type { Line } from "../command-line.ts";
import { atDesk } from "../desk/at-desk.ts";
import { readFacts } from "../desk/read-facts.ts";
import { screenWidth } from "../report/screen-width.ts";
import { statusScreen, statusTable } from "../report/status-screen.ts";

/** A record as it may be shown: the token of a question would let anybody answer it past every check. */
const shown = ({ state: { pause, ...state } }: StatusFacts): object => {
	if (pause === undefined) return state;
	const { token: _, ...question } = pause;
	return { ...state, pause: question };
};

/** Says where one service stands, or all of them. @returns the exit code. */
export const status = async (line: Line): Promise<number> => {
	const [service] = line.words;
	const { answer } = await atDesk(line, async (desk) => {
		const services = service === undefined ? await desk.catalog.list() : [service];
		const facts: StatusFacts[] = [];
		for (const name of services) facts.push(await readFacts(desk, name));
		return { place: desk.place, nowEpochMs: desk.clock.nowEpochMs(), facts };
	});
	const statuses = answer.facts.map((facts) => ({ ...statusOf(facts), record: shown(facts) }));
	const [only] = statuses;
	if (line.flags.json) {
		const { place, nowEpochMs } = answer;
		const told = service === undefined ? { services: statuses } : only;
		process.stdout.write(`${JSON.stringify({ place, atEpochMs: nowEpochMs, ...told })}\n`);
		return 0;
	}
	const palette = paletteOf(process.stdout.isTTY === true);
	const lines =
		service !== undefined && only !== undefined
			? statusScreen(only, answer, palette, screenWidth())
			: statusTable(statuses, answer, palette, screenWidth());
	process.stdout.write(`${lines.join("\n")}\n`);
	return 0;
};
