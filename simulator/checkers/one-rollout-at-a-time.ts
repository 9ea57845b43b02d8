import type { Checker, Observation, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { followRecord } from "./record-follower.ts";
import { RunningExecutions } from "./running-executions.ts";

/**
 * How long the execution of a rollout that is over may run beside the next one. One that its rollback could not stop
 * notices at its next state and fails 120 s later (AwaitStop); a minute more is for the tries before that. One that has
 * just written its own end has only to say so.
 */
const outlivesMs = 180_000;

const watch = (observation: Observation): Watching => {
	const { system, definition } = observation;
	const { clock, world } = system;
	const findings = new Findings();
	const executions = new RunningExecutions();
	/** Since when executions of rollouts that are over have been seen to run, by their ARN. */
	const overSince = new Map<string, number>();
	const isOfService = (about: string): boolean =>
		about.startsWith(`${definition.service}-`) && /^\d+$/.test(about.slice(definition.service.length + 1));

	const look = (): void => {
		const now = clock.nowEpochMs();
		const current = world.table.get(definition.service)?.rolloutId;
		const running = [...executions.all()].filter(({ machine, about }) => machine === "rollout" && isOfService(about));
		for (const { executionArn, about } of running) {
			if (about === current) continue;
			const since = overSince.get(executionArn) ?? now;
			overSince.set(executionArn, since);
			const other = running.find((execution) => execution.about !== about);
			if (other === undefined || now - since <= outlivesMs) continue;
			findings.add(now, `rollouts ${about} and ${other.about} ran at once; the record is at ${current ?? "none"}.`);
			overSince.set(executionArn, Number.POSITIVE_INFINITY);
		}
	};
	const follower = followRecord(observation, ({ before, after, entry, atEpochMs }) => {
		const isHandedOver = before.rolloutId !== undefined && after.rolloutId !== undefined;
		if (isHandedOver && before.rolloutId !== after.rolloutId)
			findings.add(
				atEpochMs,
				`${entry} put ${after.rolloutId} in the place of ${before.rolloutId}, which had not ended.`,
			);
		if (before.rolloutId === undefined && before.phase !== "idle")
			findings.add(atEpochMs, `${entry} found the record ${before.phase} without a rollout.`);
	});
	return {
		...follower,
		onEvent: (_busName, event) => executions.hear(event),
		onTick: look,
		broken: () => findings.sentences,
	};
};

/** Watches which rollout is on record, and which ones run. */
export const oneRolloutAtATime: Checker = { promise: "One rollout per service.", watch };
