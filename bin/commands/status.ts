import { type ServiceStatus, statusOf } from "../../lib/domain/status.ts";
import { type AbsentStatus, absentStatusOf } from "../../lib/domain/status-absent.ts";
import type { StatusFacts } from "../../lib/domain/status-facts.ts";
import { InvalidServiceError } from "../../lib/ports/service-store.ts";
import { paletteOf } from "../../simulator/report/palette.ts";
import type { Line } from "../command-line.ts";
import { atDesk } from "../desk/at-desk.ts";
import type { Desk } from "../desk/desk.ts";
import { readFacts } from "../desk/read-facts.ts";
import { screenWidth } from "../report/screen-width.ts";
import { absentScreen, statusScreen, statusTable } from "../report/status-screen.ts";

/** A record as it may be shown: the token of a question would let anybody answer it past every check. */
const shown = ({ state: { pause, ...state } }: StatusFacts): object => {
	if (pause === undefined) return state;
	const { token: _, ...question } = pause;
	return { ...state, pause: question };
};

type Told = { readonly status: ServiceStatus; readonly record: object } | { readonly absent: AbsentStatus };

/** Where a service stands. One that is declared and has no record is no mistake: that is where it stands. */
const tellOf = async (desk: Desk, service: string, declared: readonly string[] | null): Promise<Told> => {
	try {
		const facts = await readFacts(desk, service);
		return { status: statusOf(facts), record: shown(facts) };
	} catch (error) {
		if (!(error instanceof InvalidServiceError)) throw error;
		if (!(declared ?? (await desk.catalog.list())).includes(service)) throw error;
		return { absent: absentStatusOf(service, (await desk.record.read(service)).tombstone) };
	}
};

const asJson = (told: Told): object => ("absent" in told ? told.absent : { ...told.status, record: told.record });

/** Says where one service stands, or all of them. @returns the exit code. */
export const status = async (line: Line): Promise<number> => {
	const [service] = line.words;
	const { answer } = await atDesk(line, async (desk) => {
		const declared = service === undefined ? await desk.catalog.list() : null;
		const told: Told[] = [];
		for (const name of declared ?? [service ?? ""]) told.push(await tellOf(desk, name, declared));
		return { place: desk.place, nowEpochMs: desk.clock.nowEpochMs(), told };
	});
	const { place, nowEpochMs, told } = answer;
	const [only] = told;
	if (line.flags.json) {
		const said = service === undefined ? { services: told.map(asJson) } : only && asJson(only);
		process.stdout.write(`${JSON.stringify({ place, atEpochMs: nowEpochMs, ...said })}\n`);
		return 0;
	}
	const palette = paletteOf(process.stdout.isTTY === true);
	const readAt = { place, nowEpochMs };
	const statuses = told.flatMap((one) => ("status" in one ? [one.status] : []));
	const absent = told.flatMap((one) => ("absent" in one ? [one.absent] : []));
	const lines = (): readonly string[] => {
		if (service === undefined || only === undefined)
			return statusTable(statuses, absent, readAt, palette, screenWidth());
		return "absent" in only
			? absentScreen(only.absent, readAt, palette, screenWidth())
			: statusScreen(only.status, readAt, palette, screenWidth());
	};
	process.stdout.write(`${lines().join("\n")}\n`);
	return 0;
};
