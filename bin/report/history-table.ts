import { deedText } from "../../lib/domain/deed.ts";
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

/** Who did what, each with when; who asked for it is among it where a command did. */
const peopleIn = ({ deeds = [], askedBy }: RolloutRecord): readonly string[] => {
	const said = deeds.map((deed) => `${deedText(deed)}, ${instantText(deed.atEpochMs)}`).join("; ");
	const isToldBelow = deeds.some(({ verb, by }) => by === askedBy && (verb === "retry" || verb === "release"));
	return [
		...(askedBy === undefined || isToldBelow ? [] : [`Asked for by ${askedBy}.`]),
		...(said === "" ? [] : [`${said.charAt(0).toUpperCase()}${said.slice(1)}.`]),
	];
};

const detailsOf = (record: RolloutRecord): readonly string[] => {
	const { explanation, touched } = record;
	return [
		...(explanation === undefined ? [] : [explanation]),
		...(touched === undefined
			? []
			: [`Users touched: ${touched.requests} requests, ${touched.errors} errors, ${touched.slow} slow.`]),
		...peopleIn(record),
	];
};

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
