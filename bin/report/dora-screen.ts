import type { Dora, Spread } from "../../lib/domain/dora.ts";
import { durationText } from "../../lib/domain/duration-text.ts";

const spreadText = (spread: Spread | null, of: string): string =>
	spread === null
		? "no data"
		: `${durationOf(spread.medianSeconds)} median, ${durationOf(spread.p90Seconds)} at the 90th percentile, of ${countText(spread.rollouts, of)}`;

/** What takes less than a minute is said in tenths: rollbacks take seconds. */
const durationOf = (seconds: number): string => (seconds < 60 ? `${seconds.toFixed(1)} s` : durationText(seconds));

const countText = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`;

/** The four figures, each with what it rests on; none where there is no data. */
export const doraScreen = (service: string, dora: Dora): readonly string[] => {
	const { promoted, rolledBack, superseded, failures, touched } = dora;
	const perDay = dora.promotionsPerDay === null ? "no data" : `${dora.promotionsPerDay.toFixed(2)} promotions a day`;
	const failing =
		dora.changeFailureRatio === null
			? "no data"
			: `${(100 * dora.changeFailureRatio).toFixed(0)} %: ${rolledBack} of ${countText(promoted + rolledBack, "rollout")}`;
	const reach = [
		`${failures.beforeExposure} before anybody was exposed`,
		`${failures.atTrialWeight} caught at a trial weight`,
		`${failures.atFullWeight} after it served everybody`,
	].join(", ");
	const users =
		touched === null
			? []
			: [
					`  users touched         ${countText(touched.requests, "request")}, ${countText(touched.errors, "error")}, of ${countText(touched.rollbacks, "rollback")}`,
				];
	return [
		`${service}, the last ${durationText(dora.days * 86_400)}: ${countText(dora.rollouts, "rollout")} ended${superseded === 0 ? "" : `, ${superseded} of them superseded`}`,
		`  deployment frequency  ${perDay}`,
		`  lead time from push   ${spreadText(dora.leadTime, "promotion")}`,
		`  change failure rate   ${failing}`,
		...(rolledBack === 0 ? [] : [`  of these rollbacks    ${reach}`]),
		...users,
		`  time to restore       ${spreadText(dora.timeToRestore, "rollback")}`,
	];
};
