import { instantText } from "../../lib/domain/instant-text.ts";
import type { Phase } from "../../lib/domain/service-state.ts";
import type { ServiceStatus } from "../../lib/domain/status.ts";
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

/** Many services, one line each: where each stands, and what needs somebody comes first. */
export const statusTable = (
	statuses: readonly ServiceStatus[],
	{ place, nowEpochMs }: ReadAt,
	palette: Palette,
	width: number,
): readonly string[] => {
	const rank = ({ phase, isAsking }: ServiceStatus): number =>
		isAsking ? 0 : phase === "rolling-back" ? 1 : phase === "idle" ? 3 : 2;
	const sorted = [...statuses].sort((a, b) => rank(a) - rank(b) || (a.service < b.service ? -1 : 1));
	const nameWidth = Math.max(...sorted.map(({ service }) => service.length), 7);
	const rows = sorted.map((status) => {
		const { service, phase, isAsking, weightPercent, trial, serves } = status;
		const weight = phase === "idle" ? "     " : `${String(weightPercent).padStart(3)} %`;
		const words = `${isAsking ? "asks" : phase}`.padEnd(12);
		const tone = isAsking ? palette.waiting : palette[toneOf[phase]];
		const rest = width - nameWidth - 12 - 5 - 6;
		const text = trial ?? serves;
		return `${service.padEnd(nameWidth)}  ${tone(words)}  ${weight}  ${text.length <= rest ? text : `${text.slice(0, rest - 1)}…`}`;
	});
	return [palette.faint(`${place}, ${instantText(nowEpochMs)}`), ...rows];
};
