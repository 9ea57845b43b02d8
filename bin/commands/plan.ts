import { publications, readableUntilEpochMs } from "../../lib/domain/publication.ts";
import { type Release, releaseOf } from "../../lib/domain/release.ts";
import { obstaclesOf } from "../../lib/domain/release-obstacles.ts";
import { planRelease } from "../../lib/domain/release-plan.ts";
import { releaseText } from "../../lib/domain/release-text.ts";
import type { RolloutRecord } from "../../lib/domain/rollout-record.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { SlotName } from "../../lib/domain/slot.ts";
import { type Meant, releaseNamed, releasesOnRecord } from "../../lib/domain/wanted-release.ts";
import { mostRecords } from "../../lib/ports/rollout-history.ts";
import { paletteOf } from "../../simulator/report/palette.ts";
import type { Line } from "../command-line.ts";
import { atDesk } from "../desk/at-desk.ts";
import type { Desk } from "../desk/desk.ts";
import { type ReleaseName, releaseNameOf } from "../release-name.ts";
import { labelled } from "../report/labelled.ts";
import { planScreen } from "../report/plan-screen.ts";
import { screenWidth } from "../report/screen-width.ts";

/** The present traffic is what came in this time: long enough for a quiet service, short enough to be the present. */
const lookBackSeconds = 600;

const requestsPerSecondOf = async (
	{ measurements, clock }: Desk,
	definition: ServiceDefinition,
	stableSlot: SlotName,
): Promise<number | null> => {
	const periodMs = definition.measurements.periodSeconds * 1000;
	const toEpochMs = readableUntilEpochMs(definition.measurements, clock.nowEpochMs());
	const fromEpochMs = toEpochMs - Math.ceil((lookBackSeconds * 1000) / periodMs) * periodMs;
	const buckets = await measurements.read(definition, { stableSlot, fromEpochMs, toEpochMs });
	const measured = buckets.filter(({ stable, canary }) => stable !== null || canary !== null);
	if (measured.length === 0) return null;
	const requests = measured.reduce(
		(sum, { stable, canary }) => sum + (stable?.requests ?? 0) + (canary?.requests ?? 0),
		0,
	);
	return (requests * 1000) / (measured.length * periodMs);
};

/** A question whose answer a plan can do without: what could not be known is said instead. */
const wondering =
	(unknown: string[]) =>
	async <T>(what: string, question: Promise<T>, otherwise: T): Promise<T> => {
		try {
			return await question;
		} catch (error) {
			unknown.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
			return otherwise;
		}
	};

/** So many earlier rollouts are looked at for a name, as admission does for `release`. */
const mostRemembered = 100;

/** The release that is planned for; null for whatever is pushed next. */
type Planned = { readonly kind: "release"; readonly release: Release | null } | Extract<Meant, { kind: "refuse" }>;

/** Finds the release as a command for it would, as far as the registry need not be asked. */
const plannedOf = (
	name: ReleaseName | null,
	state: ServiceState,
	history: readonly RolloutRecord[],
	unknown: string[],
): Planned => {
	if (name === null) return { kind: "release", release: null };
	const ended = history
		.slice(0, mostRemembered)
		.flatMap(({ release, replaces }) => (replaces === undefined ? [release] : [release, replaces]));
	const meant = releaseNamed(name, [...releasesOnRecord(state), ...ended]);
	switch (meant.kind) {
		case "known":
			return { kind: "release", release: meant.release };
		case "digest":
			unknown.push(`the image: nothing on record has it, and the registry was not asked whether it holds it`);
			return { kind: "release", release: releaseOf(meant.imageDigest) };
		case "refuse":
			return meant;
	}
};

/** A rollout goes by the definition that it pinned; null where none is under way. */
const pinnedOf = async ({ catalog }: Desk, state: ServiceState): Promise<ServiceDefinition | null> =>
	state.definitionHash === undefined ? null : catalog.readPinned(state.service, state.definitionHash);

/** What stands in the way of the release that a name means, and how it would go. */
const lookAhead = async (desk: Desk, service: string, name: ReleaseName | null) => {
	const unknown: string[] = [];
	const wonder = wondering(unknown);
	const state = await desk.store.read(service);
	const { definition } = await desk.catalog.read(service);
	const history = await wonder("earlier rollouts", desk.history.list(service, mostRecords), []);
	const nowEpochMs = desk.clock.nowEpochMs();
	const meant = plannedOf(name, state, history, unknown);
	if (meant.kind === "refuse") return { kind: "refused", nowEpochMs, reason: meant.reason, unknown } as const;
	const { release } = meant;
	const isLimited = definition.maxConcurrentTrials !== undefined;
	const rate = await wonder("traffic", requestsPerSecondOf(desk, definition, state.stableSlot), null);
	const red = await wonder("alarms", desk.alarms.readRed(definition.alarmNames), []);
	const seatHolders = isLimited ? await wonder("seats", desk.seats.list(), []) : [];
	const pinned = await wonder("the definition of what is under way", pinnedOf(desk, state), null);
	const planned = planRelease(definition, rate, publications[definition.measurements.kind].graceSeconds);
	const isAdmitted =
		release !== null && (await wonder("earlier admissions", desk.ledger.hasAdmitted(service, release), false));
	const obstacles = obstaclesOf({
		state,
		definition,
		release,
		history,
		isAdmitted,
		seatHolders,
		pinnedOnNewPush: pinned?.onNewPush ?? "wait",
		redAlarmNames: red.map((alarm) => alarm.name),
		plan: planned,
		nowEpochMs,
	});
	return { kind: "planned", nowEpochMs, release, plan: planned, obstacles, unknown } as const;
};

/** Says what a release would go through if it began now. @returns the exit code: 1 where there is no such release. */
export const plan = async (line: Line): Promise<number> => {
	const [service = ""] = line.words;
	const name = releaseNameOf(line.flags);
	const { answer } = await atDesk(line, async (desk) => ({
		place: desk.place,
		...(await lookAhead(desk, service, name)),
	}));
	const { place, nowEpochMs, kind, ...told } = answer;
	const code = kind === "planned" ? 0 : 1;
	const print = (...lines: readonly string[]): void => void process.stdout.write(`${lines.join("\n")}\n`);
	if (line.flags.json) {
		print(JSON.stringify({ place, atEpochMs: nowEpochMs, service, kind, ...told }));
		return code;
	}
	const palette = paletteOf(process.stdout.isTTY === true);
	if ("reason" in told) {
		print(`plan ${service} (${place}): ${palette.bad(`Refused: ${told.reason}.`)}`);
		if (told.unknown.length > 0) print(...told.unknown.flatMap((text) => labelled("unknown", text, screenWidth())));
		return code;
	}
	const title = `${service}: ${told.release === null ? "the next release" : releaseText(told.release)} (${place})`;
	print(...planScreen(title, told.plan, told.obstacles, told.unknown, palette, screenWidth()));
	return code;
};
