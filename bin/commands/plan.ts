import { publications, readableUntilEpochMs } from "../../lib/domain/publication.ts";
import { type Release, releaseOf } from "../../lib/domain/release.ts";
import { obstaclesOf } from "../../lib/domain/release-obstacles.ts";
import { planRelease } from "../../lib/domain/release-plan.ts";
import { releaseText } from "../../lib/domain/release-text.ts";
import type { RolloutRecord } from "../../lib/domain/rollout-record.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { SlotName } from "../../lib/domain/slot.ts";
import { mostRecords } from "../../lib/ports/rollout-history.ts";
import { paletteOf } from "../../simulator/report/palette.ts";
import type { Line } from "../command-line.ts";
import { atDesk } from "../desk/at-desk.ts";
import type { Desk } from "../desk/desk.ts";
import { planScreen } from "../report/plan-screen.ts";
import { screenWidth } from "../report/screen-width.ts";
import { UsageError } from "../usage-error.ts";

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

const askedRelease = ({ flags }: Line): Release | null => {
	const { id, digest } = flags;
	if (id !== undefined && digest !== undefined) throw new UsageError("--id and --digest cannot go together.");
	try {
		if (digest !== undefined) return releaseOf(digest);
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
	if (id === undefined) return null;
	if (!/^[0-9a-f]{12}$/.test(id)) throw new UsageError(`--id "${id}" is not valid; allowed are 12 hexadecimal digits.`);
	return { id, imageDigest: "" };
};

/** The release on record that is meant: by its id, or the newest one of its image, whose content a digest does not tell. */
const knownAs = (asked: Release, state: ServiceState, history: readonly RolloutRecord[]): Release => {
	const onRecord = [state.release, state.stableRelease, ...history.map(({ release }) => release)];
	const isMeant = ({ id, imageDigest }: Release): boolean =>
		asked.imageDigest === "" ? id === asked.id : imageDigest === asked.imageDigest;
	return onRecord.filter((release) => release !== undefined).find(isMeant) ?? asked;
};

/** A rollout goes by the definition that it pinned; null where none is under way. */
const pinnedOf = async ({ catalog }: Desk, state: ServiceState): Promise<ServiceDefinition | null> =>
	state.definitionHash === undefined ? null : catalog.readPinned(state.service, state.definitionHash);

/** Says what a release would go through if it began now. @returns the exit code. */
export const plan = async (line: Line): Promise<number> => {
	const [service = ""] = line.words;
	const asked = askedRelease(line);
	const { answer } = await atDesk(line, async (desk) => {
		const unknown: string[] = [];
		const wonder = wondering(unknown);
		const state = await desk.store.read(service);
		const { definition } = await desk.catalog.read(service);
		const isLimited = definition.maxConcurrentTrials !== undefined;
		const rate = await wonder("traffic", requestsPerSecondOf(desk, definition, state.stableSlot), null);
		const red = await wonder("alarms", desk.alarms.readRed(definition.alarmNames), []);
		const history = await wonder("earlier rollouts", desk.history.list(service, mostRecords), []);
		const seatHolders = isLimited ? await wonder("seats", desk.seats.list(), []) : [];
		const pinned = await wonder("the definition of what is under way", pinnedOf(desk, state), null);
		const planned = planRelease(definition, rate, publications[definition.measurements.kind].graceSeconds);
		const release = asked === null ? null : knownAs(asked, state, history);
		const redAlarmNames = red.map(({ name }) => name);
		const nowEpochMs = desk.clock.nowEpochMs();
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
			redAlarmNames,
			plan: planned,
			nowEpochMs,
		});
		return { place: desk.place, release, planned, obstacles, unknown };
	});
	const { place, release, planned, obstacles, unknown } = answer;
	if (line.flags.json) {
		process.stdout.write(`${JSON.stringify({ service, place, release, plan: planned, obstacles, unknown })}\n`);
		return 0;
	}
	const name = release === null ? "the next release" : releaseText(release);
	const palette = paletteOf(process.stdout.isTTY === true);
	const lines = planScreen(`${service}: ${name} (${place})`, planned, obstacles, unknown, palette, screenWidth());
	process.stdout.write(`${lines.join("\n")}\n`);
	return 0;
};
