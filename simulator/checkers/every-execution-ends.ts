import type { Checker, Observation, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { RunningExecutions } from "./running-executions.ts";

/**
 * How long a service may be busy with nothing running: a minute of grace for a start that was not acknowledged, a
 * minute until the reconciler looks, and one more for a look that fails or is answered from before.
 */
const undrivenMs = 180_000;

const watch = ({ system, definition }: Observation): Watching => {
	const { clock, world, engine } = system;
	const findings = new Findings();
	const executions = new RunningExecutions();
	let drivenAtEpochMs = clock.nowEpochMs();

	const isDriven = (): boolean => {
		const state = world.table.get(definition.service);
		if (state === null || state.phase === "idle") return true;
		const owners = [state.rollback?.executionArn, state.closingExecutionArn];
		for (const { executionArn, about } of executions.all()) {
			// An alarm's execution learns from the record which rollout it is for.
			if (about === state.rolloutId || definition.alarmNames.includes(about) || owners.includes(executionArn))
				return true;
		}
		return false;
	};
	const look = (): void => {
		const now = clock.nowEpochMs();
		if (isDriven()) drivenAtEpochMs = now;
		if (now - drivenAtEpochMs <= undrivenMs) return;
		const seconds = Math.round((now - drivenAtEpochMs) / 1000);
		const state = world.table.get(definition.service);
		findings.add(now, `${definition.service} had been ${state?.phase} for ${seconds} s with nothing running.`);
		// Said once for each time that nothing ran.
		drivenAtEpochMs = Number.POSITIVE_INFINITY;
	};
	return {
		onEvent: (_busName, event) => executions.hear(event),
		onTick: look,
		broken: () => {
			const now = clock.nowEpochMs();
			for (const { name, machineName, status, state } of engine.list())
				if (status === "RUNNING") findings.add(now, `${name} of ${machineName} was still running, in ${state}.`);
			const phase = world.table.get(definition.service)?.phase;
			if (phase !== undefined && phase !== "idle") findings.add(now, `${definition.service} was still ${phase}.`);
			return findings.sentences;
		},
	};
};

/** Watches whether something drives each busy service, and at the end whether everything has ended. */
export const everyExecutionEnds: Checker = {
	promise: "Every execution ends, and no phase stays busy with nothing running.",
	watch,
};
