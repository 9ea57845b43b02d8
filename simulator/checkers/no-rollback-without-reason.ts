import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { BusEvent } from "../events/bus-event.ts";
import type { Checker, Observation, Watching } from "./checker.ts";
import { commandIn } from "./command-in.ts";
import { Findings } from "./findings.ts";
import { followRecord } from "./record-follower.ts";

interface AlarmDetail {
	readonly alarmName: string;
	readonly state: { readonly value: string };
}

/** A question's time begins with the state that asks it; the function that writes it down may take so long. */
const writtenWithinMs = 15_000;

const alarmChange = "CloudWatch Alarm State Change";

const watch = (observation: Observation): Watching => {
	const { system, definition, hands } = observation;
	const findings = new Findings();
	let redAtEpochMs = Number.NEGATIVE_INFINITY;
	const currentRolloutId = () => system.world.table.get(definition.service)?.rolloutId;
	/** Rollouts that a person has aborted. */
	const aborted = new Set<string>();
	const hear = (event: BusEvent): void => {
		const command = commandIn(event, definition.service);
		// Who asks for a release has whatever is under way taken back for it.
		const isAgainst = command?.verb === "abort" || command?.verb === "release" || command?.verb === "retry";
		const named = command !== null && command !== undefined && "rolloutId" in command ? command.rolloutId : undefined;
		const about = isAgainst ? ((command?.verb === "abort" ? named : undefined) ?? currentRolloutId()) : undefined;
		if (about !== undefined) aborted.add(about);
		if (event["detail-type"] !== alarmChange) return;
		const { alarmName, state } = event.detail as AlarmDetail;
		const isOurs = definition.alarmNames.includes(alarmName);
		if (isOurs && state.value === "ALARM") redAtEpochMs = system.clock.nowEpochMs();
	};
	/** Exposure is claimed in the record just before the router is told: from then on an alarm counts (D9). */
	const wasRed = ({ exposedAtEpochMs }: ServiceState): boolean =>
		exposedAtEpochMs !== undefined && redAtEpochMs >= exposedAtEpochMs;
	/** An approval that lapsed is a person's answer, too: nobody has agreed. */
	const hasLapsed = ({ pause }: ServiceState, nowEpochMs: number): boolean => {
		if (pause?.reason !== "approval" || pause.answeredBy !== undefined) return false;
		const times = definition.steps.flatMap(({ approval }) => (approval === null ? [] : [approval.expiresSeconds]));
		return nowEpochMs - pause.sinceEpochMs >= Math.min(...times) * 1000 - writtenWithinMs;
	};
	/** Rollouts whose question was taken back because nobody had answered it. */
	const lapsed = new Set<string>();
	const follower = followRecord(observation, ({ before, after, atEpochMs }) => {
		const isTakenBack = after.pause === undefined || after.phase === "rolling-back";
		if (isTakenBack && hasLapsed(before, atEpochMs) && after.rolloutId !== undefined) lapsed.add(after.rolloutId);
		if (after.phase !== "rolling-back" || before.phase === "rolling-back") return;
		const { kind, explanation } = after.rollback ?? { kind: "nothing", explanation: "" };
		// Another release is to take its place: whether one is, the record says.
		if (kind === "superseded" && (after.next !== undefined || after.wanted !== undefined)) return;
		const doesHarm = after.release !== undefined && system.world.versions.hasHarmed(after.release.imageDigest);
		const isAborted = after.rolloutId !== undefined && aborted.has(after.rolloutId);
		if (doesHarm || isAborted || hands.size > 0 || wasRed(before) || lapsed.has(after.rolloutId ?? "")) return;
		findings.add(atEpochMs, `${after.rolloutId} went back for ${kind}, and its release does no harm: ${explanation}`);
	});
	return { ...follower, onEvent: (_busName, event) => hear(event), broken: () => findings.sentences };
};

/** Watches what had happened when a rollback began: a failed call is no reason to take a healthy release back. */
export const noRollbackWithoutReason: Checker = { promise: "No rollback without harm, alarm or person.", watch };
