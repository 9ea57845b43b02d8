import { durationText } from "../../lib/domain/duration-text.ts";
import { instantText } from "../../lib/domain/instant-text.ts";
import { releaseText } from "../../lib/domain/release-text.ts";
import type { RolloutRecord } from "../../lib/domain/rollout-record.ts";
import type { Outcome } from "../../lib/domain/service-state.ts";
import type { Palette } from "../../simulator/report/palette.ts";
import { labelled } from "./labelled.ts";

const toneOf: Readonly<Record<Outcome, keyof Palette>> = {
	promoted: "good",
	"rolled-back": "bad",
	superseded: "faint",
};

const lengthOf = (fromEpochMs: number | undefined, toEpochMs: number | undefined): string =>
	fromEpochMs === undefined || toEpochMs === undefined ? "" : durationText((toEpochMs - fromEpochMs) / 1000);

const endOf = (record: RolloutRecord): string => {
	const { outcome, highestWeightPercent, triggeredAtEpochMs, zeroConfirmedAtEpochMs, cause } = record;
	if (outcome === "promoted") {
		const lead = lengthOf(record.pushedAtEpochMs, record.promotedAtEpochMs);
		return lead === "" ? "took over" : `took over ${lead} after its push`;
	}
	const back =
		triggeredAtEpochMs === undefined || zeroConfirmedAtEpochMs === undefined
			? ""
			: `, zero confirmed ${((zeroConfirmedAtEpochMs - triggeredAtEpochMs) / 1000).toFixed(1)} s after the trigger`;
	return `${cause ?? "went back"} at ${highestWeightPercent} %${back}`;
};

const detailsOf = ({ explanation, touched, askedBy }: RolloutRecord): readonly string[] => [
	...(explanation === undefined ? [] : [explanation]),
	...(touched === undefined
		? []
		: [`Users touched: ${touched.requests} requests, ${touched.errors} errors, ${touched.slow} slow.`]),
	...(askedBy === undefined ? [] : [`Asked for by ${askedBy}.`]),
];

/** A service's rollouts, newest first: when, what, how each ended, and why it went back. */
export const historyTable = (records: readonly RolloutRecord[], palette: Palette, width: number): readonly string[] => {
	if (records.length === 0) return ["No rollout has ended yet."];
	const idWidth = Math.max(...records.map(({ rolloutId }) => rolloutId.length));
	const nameWidth = Math.max(...records.map(({ release }) => releaseText(release).length));
	return records.flatMap((record) => {
		const { rolloutId, release, outcome, startedAtEpochMs, endedAtEpochMs } = record;
		const took = lengthOf(startedAtEpochMs, endedAtEpochMs);
		const head = `${palette.faint(instantText(startedAtEpochMs).padStart(19))}  ${rolloutId.padEnd(idWidth)}  ${releaseText(release).padEnd(nameWidth)}  ${palette[toneOf[outcome]](outcome.padEnd(11))}  ${took}`;
		return [head, ...[endOf(record), ...detailsOf(record)].flatMap((text) => labelled("", text, width))];
	});
};
