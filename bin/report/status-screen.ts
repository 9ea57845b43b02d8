import { instantText } from "../../lib/domain/instant-text.ts";
import type { Phase } from "../../lib/domain/service-state.ts";
import type { ServiceStatus } from "../../lib/domain/status.ts";
import type { AbsentStatus } from "../../lib/domain/status-absent.ts";
import type { Palette } from "../../simulator/report/palette.ts";
import { progressBar } from "../../simulator/report/progress-bar.ts";
import { labelled } from "./labelled.ts";

const toneOf: Readonly<Record<Phase, keyof Palette>> = {
	idle: "faint",
	preparing: "strong",
	trial: "strong",
	window: "good",
	closing: "good",
	"rolling-back": "bad",
};

/** One word for where a service stands: the phase, or that somebody is waited for. */
const wordOf = ({ phase, isAsking }: ServiceStatus, palette: Palette): string =>
	isAsking ? palette.waiting(`${phase}, ASKS A PERSON`) : palette[toneOf[phase]](phase);

/** Where answers come from and when they were read. */
export interface ReadAt {
	readonly place: string;
	readonly nowEpochMs: number;
}

/** One service on one screen. */
export const statusScreen = (
	status: ServiceStatus,
	{ place, nowEpochMs }: ReadAt,
	palette: Palette,
	width: number,
): readonly string[] => {
	const { service, serves, trial, waits, next, besides, weightPercent, phase } = status;
	const head = `${palette.strong(service)}  ${wordOf(status, palette)}  ${palette.faint(`${place}, ${instantText(nowEpochMs)}`)}`;
	const bar = phase === "idle" ? [] : [`         ${progressBar(weightPercent, 40)} ${weightPercent} %`];
	return [
		head,
		"",
		...labelled("serves", serves, width),
		...(trial === null ? [] : labelled("trial", trial, width)),
		...bar,
		...(waits === null ? [] : labelled("waits", waits, width)),
		...labelled("next", next, width),
		...besides.flatMap((sentence, index) => labelled(index === 0 ? "besides" : "", sentence, width)),
	];
};

const absenceText = ({ absence }: AbsentStatus): string => absence.replace("-", " ");

/** A service that is declared and has no record, on one screen. */
export const absentScreen = (
	absent: AbsentStatus,
	{ place, nowEpochMs }: ReadAt,
	palette: Palette,
	width: number,
): readonly string[] => [
	`${palette.strong(absent.service)}  ${palette.faint(absenceText(absent))}  ${palette.faint(`${place}, ${instantText(nowEpochMs)}`)}`,
	"",
	...labelled("serves", absent.serves, width),
	...labelled("next", absent.next, width),
];

/** One line of the table: which come first, the service, a word, and what there is to say. */
interface Row {
	readonly rank: number;
	readonly service: string;
	readonly word: string;
	readonly tone: keyof Palette;
	readonly weight: string;
	readonly text: string;
}

const wordAndRank = ({ phase, isAsking, isDrifted, waits }: ServiceStatus): readonly [string, number] => {
	if (isAsking) return ["asks", 0];
	if (phase === "rolling-back") return [phase, 1];
	if (phase !== "idle") return [phase, 3];
	if (isDrifted) return ["drifted", 2];
	return waits === null ? [phase, 5] : ["holds", 4];
};

const rowOf = (status: ServiceStatus): Row => {
	const { service, phase, isDrifted, weightPercent, trial, waits, serves, besides } = status;
	const [word, rank] = wordAndRank(status);
	return {
		rank,
		service,
		word,
		tone: word === phase ? toneOf[phase] : "waiting",
		weight: phase === "idle" ? "" : `${weightPercent} %`,
		text: trial ?? (isDrifted ? besides[0] : undefined) ?? waits ?? serves,
	};
};

const rowOfAbsent = (absent: AbsentStatus): Row => ({
	rank: 6,
	service: absent.service,
	word: absenceText(absent),
	tone: "faint",
	weight: "",
	text: absent.serves,
});

/** Many services, one line each: where each stands, and what needs somebody comes first. */
export const statusTable = (
	statuses: readonly ServiceStatus[],
	absent: readonly AbsentStatus[],
	{ place, nowEpochMs }: ReadAt,
	palette: Palette,
	width: number,
): readonly string[] => {
	const rows = [...statuses.map(rowOf), ...absent.map(rowOfAbsent)].sort(
		(a, b) => a.rank - b.rank || (a.service < b.service ? -1 : 1),
	);
	const nameWidth = Math.max(...rows.map(({ service }) => service.length), 7);
	const rest = width - nameWidth - 12 - 5 - 6;
	const lines = rows.map(({ service, word, tone, weight, text }) => {
		const shown = text.length <= rest ? text : `${text.slice(0, rest - 1)}…`;
		return `${service.padEnd(nameWidth)}  ${palette[tone](word.padEnd(12))}  ${weight.padStart(5)}  ${shown}`;
	});
	return [palette.faint(`${place}, ${instantText(nowEpochMs)}`), ...lines];
};
