import type { Problem } from "../../lib/domain/enrolment-facts.ts";
import { problemText } from "../../lib/domain/enrolment-sentence.ts";
import type { LifecycleEvent, LifecycleKind } from "../../lib/domain/lifecycle-event.ts";
import type { RequestCounts } from "../scenarios/story.ts";
import type { TimelineEntry } from "../scenarios/timeline.ts";
import { startEpochMs } from "../system/make-system.ts";
import { clockTime } from "./clock-time.ts";
import type { Palette } from "./palette.ts";
import { progressBar } from "./progress-bar.ts";

/** A few words on what happened, and how it should look. */
interface Told {
	readonly verb: string;
	readonly text: string;
	readonly tone?: keyof Palette;
	/** Further lines below, such as the reasons of a decision. */
	readonly reasons?: readonly string[];
}

type Detail<K extends LifecycleKind> = Extract<LifecycleEvent, { kind: K }>["detail"];

/** A teller for each kind of lifecycle event; it says nothing of what a reader would not miss. */
type LifecycleTellers = {
	readonly [K in LifecycleKind]: (
		detail: Extract<LifecycleEvent, { kind: K }>["detail"],
		entry: TimelineEntry,
	) => Told | null;
};

const count = (value: number): string => value.toLocaleString("en-US");

const served = (entry: TimelineEntry): string => {
	const { stable, canary } = entry.requests as RequestCounts;
	return `served so far: stable ${count(stable.good + stable.bad)}, canary ${count(canary.good + canary.bad)} (${count(canary.bad)} bad)`;
};

/** What both slots' metrics said before the rollback, for an alarm that knows that something is wrong and not what. */
const measured = (counts: Detail<"rollout.rolled-back.v1">["counts"]): readonly string[] => {
	if (counts === null) return [];
	const said = ({ requests, errors, slow }: typeof counts.stable): string =>
		`${count(requests)} requests, ${count(errors)} errors, ${count(slow)} slow`;
	return [
		`metrics since ${clockTime((counts.sinceEpochMs - startEpochMs) / 1000)}: stable ${said(counts.stable)}; canary ${said(counts.canary)}`,
	];
};

const tones: Readonly<Record<string, keyof Palette>> = {
	"roll-back": "bad",
	"foreign-edit": "bad",
	pause: "waiting",
	pass: "good",
	close: "good",
};

const disturbance = ({ drop, duplicates, delayMs }: TimelineEntry): string =>
	drop === true ? "lost" : duplicates === undefined ? `${Number(delayMs) / 1000} s late` : "delivered twice";

/** What the world and people do, and what goes wrong. */
const worldTellers: Readonly<Record<string, (entry: TimelineEntry) => Told | null>> = {
	"image.pushed": (entry) => ({
		verb: "push",
		text: `image ${entry.tag === null ? "without a tag" : String(entry.tag)} (${String(entry.imageDigest).slice(7, 19)})${entry.times === undefined ? "" : `, ${String(entry.times)} times`}`,
	}),
	"pusher.told": (entry) => ({
		verb: "world",
		text: `CloudTrail tells who pushed ${String(entry.tag)}: ${String(entry.by)}`,
	}),
	"command.sent": (entry) => ({ verb: "person", text: `${String(entry.by)} sends "${String(entry.verb)}"` }),
	"configuration.changed": ({ name, data }) => ({
		verb: "person",
		text: `edits ConfigMap ${String(name)}: ${Object.entries(data as object)
			.map(([key, value]) => `${key}=${String(value)}`)
			.join(", ")}`,
	}),
	"template.changed": ({ mark }) => ({ verb: "person", text: `edits the pod template: ${String(mark)}` }),
	"version.changed": () => ({ verb: "world", text: "the new version begins to misbehave", tone: "bad" }),
	"alarm.changed": (entry) =>
		entry.to === "ALARM"
			? { verb: "alarm", text: `${String(entry.alarmName)} turns red`, tone: "bad", reasons: [String(entry.reason)] }
			: null,
	"users.changed": (entry) => ({
		verb: "world",
		text: `${String(entry.requestsPerSecond)} requests a second from now on`,
	}),
	"metrics.lost": (entry) => ({
		verb: "world",
		text: `for ${String(entry.seconds)} s nothing is measured`,
		tone: "bad",
	}),
	"calls.failing": (entry) => ({
		verb: "world",
		text: `for ${String(entry.seconds)} s remote calls fail (${String(entry.fault)})`,
		tone: "bad",
	}),
	"execution.killed": (entry) => ({
		verb: "person",
		text: `stops the execution ${String(entry.name)} of the ${String(entry.machine)} machine`,
		tone: "bad",
	}),
	"hand.lent": (entry) => ({ verb: "person", text: `by hand: ${String(entry.hand)}`, tone: "bad" }),
	"person.acted": (entry) => ({ verb: "person", text: String(entry.what), tone: "bad" }),
	"fault.struck": (entry) => ({
		verb: "fault",
		text: `${String(entry.fault)}: ${String(entry.operation)} of ${String(entry.entry).replace("functions/", "")}`,
		tone: "bad",
	}),
	"delivery.disturbed": (entry) => ({
		verb: "fault",
		text: `an event for ${String(entry.rule)} is ${disturbance(entry)}`,
		tone: "bad",
	}),
	"enrolment.asked": ({ wish, attempt }) => ({
		verb: "person",
		text: `asks Sluice to ${wish === "enrol" ? "take the service into its care" : "give the service back"}${attempt === 1 ? "" : `, attempt ${String(attempt)}`}`,
	}),
	"enrolment.refused": ({ problems }) => ({
		verb: "refuse",
		text: "it cannot be enrolled as it is, and nothing was touched",
		tone: "waiting",
		reasons: (problems as readonly Problem[]).map(problemText),
	}),
	"enrolment.warned": ({ warnings }) =>
		warnings === "" ? null : { verb: "notice", text: String(warnings), tone: "waiting" },
	"event.undelivered": (entry) => ({ verb: "lost", text: `an event ends in ${String(entry.queueName)}`, tone: "bad" }),
};

const lifecycleTellers: LifecycleTellers = {
	"rollout.started.v1": ({ rolloutId, release, replaces }) => ({
		verb: "start",
		text: `${rolloutId}: ${release.tag ?? release.id} is to replace ${replaces.tag ?? replaces.id}`,
		tone: "strong",
	}),
	"rollout.opened.v1": () => ({
		verb: "open",
		text: `${progressBar(0)}   0 %  canary is ready, trial rule is open`,
	}),
	"rollout.shifted.v1": ({ toPercent }, entry) => ({
		verb: "shift",
		text: `${progressBar(toPercent)} ${String(toPercent).padStart(3)} %  ${served(entry)}`,
	}),
	"rollout.judged.v1": ({ verdict, weightPercent, reasons }) => ({
		verb: "judge",
		text: `${verdict} at ${weightPercent} %`,
		reasons,
		...(tones[verdict] === undefined ? {} : { tone: tones[verdict] }),
	}),
	"rollout.paused.v1": ({ reason, explanation }) => ({
		verb: "pause",
		text: `${reason}: ${explanation}`,
		tone: "waiting",
	}),
	"rollout.resumed.v1": ({ by, verb }) => ({ verb: "resume", text: `${verb} by ${by}` }),
	"rollout.approved.v1": ({ by, approvals, approvalsNeeded }) =>
		// One that is enough is told as what it leads to.
		approvalsNeeded === 1 ? null : { verb: "approve", text: `${by}: ${approvals} of ${approvalsNeeded}` },
	"rollout.promotion-asked.v1": ({ by, explanation }) => ({ verb: "person", text: `promote by ${by}: ${explanation}` }),
	"rollout.pause-asked.v1": ({ by, explanation }) => ({ verb: "person", text: `pause by ${by}: ${explanation}` }),
	"rollout.promoted.v1": (_detail, entry) => ({
		verb: "promote",
		text: `${progressBar(100)} 100 %  window opens, old slot stays warm; ${served(entry)}`,
		tone: "good",
	}),
	"rollout.closed.v1": () => ({
		verb: "close",
		text: "roles changed: the new version is stable now",
	}),
	"rollout.rolled-back.v1": ({ cause, explanation, triggeredAtEpochMs, zeroConfirmedAtEpochMs, counts }, entry) => ({
		verb: "rollback",
		text: `${progressBar(0)}   0 %  zero confirmed ${((zeroConfirmedAtEpochMs - triggeredAtEpochMs) / 1000).toFixed(2)} s after the trigger (${cause})`,
		tone: "bad",
		reasons: [explanation, ...measured(counts), served(entry)],
	}),
	"rollout.drained.v1": () => ({
		verb: "drain",
		text: "zero observed: no request reaches the canary any more",
	}),
	"rollout.ended.v1": ({ outcome }) => ({
		verb: "end",
		text: outcome,
		tone: outcome === "promoted" ? "good" : "bad",
	}),
	"release.queued.v1": ({ release, reason }) => ({
		verb: "queue",
		text: `${release.tag ?? release.id} waits: ${reason}`,
	}),
	"release.held.v1": ({ release, reason }) => ({
		verb: "hold",
		text: `${release.tag ?? release.id} is held: ${reason}`,
		tone: "waiting",
	}),
	"release.asked.v1": ({ release, by, verb, override, becomes }) => ({
		verb: "person",
		text: `${verb} of ${release.tag ?? release.id} by ${by}${override ? ", past closed gates" : ""}: ${becomes}`,
	}),
	"rollout.superseded.v1": ({ release, by }) => ({
		verb: "queue",
		text: `${release.tag ?? release.id} is passed over: ${by.tag ?? by.id} is newer`,
	}),
	"release.refused.v1": ({ reason }) => ({ verb: "refuse", text: reason, tone: "waiting" }),
	"command.refused.v1": ({ verb, by, reason }) => ({
		verb: "refuse",
		text: `${verb} by ${by}: ${reason}`,
		tone: "waiting",
	}),
	"service.enrolled.v1": ({ release }) => ({
		verb: "enrol",
		text: `Sluice takes care of it from now on; ${release.tag ?? release.id} serves from a slot`,
		tone: "good",
	}),
	"service.released.v1": () => ({
		verb: "release",
		text: "given back: the user's own Deployment serves again, and nothing of Sluice's is left in its way",
		tone: "good",
	}),
	"service.autoscaler-ambiguous.v1": ({ reason }) => ({ verb: "notice", text: reason, tone: "waiting" }),
	"service.drifted.v1": ({ reason }) => ({ verb: "drift", text: reason, tone: "waiting" }),
	"service.needs-attention.v1": ({ reason }) => ({
		verb: "page",
		text: reason,
		tone: "bad",
	}),
};

/** A lifecycle event's entry carries its detail, which the registry has checked. */
const tellOf = (entry: TimelineEntry): Told | null => {
	const tell = lifecycleTellers[entry.kind as LifecycleKind] as
		| ((detail: object, entry: TimelineEntry) => Told)
		| undefined;
	return tell === undefined ? (worldTellers[entry.kind]?.(entry) ?? null) : tell(entry, entry);
};

/** Room for a reason on one line of a terminal; `--json` has all of it. */
const reasonWidth = 150;

const shortened = (text: string): string => (text.length <= reasonWidth ? text : `${text.slice(0, reasonWidth - 1)}…`);

/** A timeline entry as lines for a terminal; none for what a reader would not miss. */
export const timelineLines = (entry: TimelineEntry, palette: Palette): readonly string[] => {
	const told = tellOf(entry);
	if (told === null) return [];
	const paint = told.tone === undefined ? (text: string): string => text : palette[told.tone];
	const head = `${palette.faint(clockTime(entry.atSeconds).padStart(8))}  ${told.verb.padEnd(8)}  ${paint(told.text)}`;
	return [head, ...(told.reasons ?? []).map((reason) => `${" ".repeat(20)}${palette.faint(shortened(reason))}`)];
};
