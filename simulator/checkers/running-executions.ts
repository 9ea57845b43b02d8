import type { BusEvent } from "../events/bus-event.ts";

/** An execution of the rollout or the rollback machine that has begun and not ended. */
export interface RunningExecution {
	readonly executionArn: string;
	readonly machine: "rollout" | "rollback";
	/** What it was started for: a rollout, by its id or by the end of its execution, or an alarm, which knows no rollouts. */
	readonly about: string;
}

interface StatusDetail {
	readonly executionArn: string;
	readonly stateMachineArn: string;
	readonly status: string;
	readonly input: string;
}

/** What Step Functions itself says of every execution as it begins and ends. */
const statusChange = "Step Functions Execution Status Change";

interface Input {
	readonly rolloutId?: string;
	readonly detail?: { readonly name?: string; readonly alarmName?: string };
}

const aboutOf = ({ rolloutId, detail }: Input): string =>
	// A closing that was taken up again runs under the rollout's name with a suffix.
	rolloutId ?? detail?.alarmName ?? detail?.name?.replace(/-closing-\d+$/, "") ?? "nothing";

/** Executions that run now, kept from what Step Functions says: a look costs nothing, however many have ended. */
export class RunningExecutions {
	readonly #running = new Map<string, RunningExecution>();

	/** Takes in an event of any kind. */
	hear(event: BusEvent): void {
		if (event["detail-type"] !== statusChange) return;
		const { executionArn, stateMachineArn, status, input } = event.detail as StatusDetail;
		if (status !== "RUNNING") {
			this.#running.delete(executionArn);
			return;
		}
		const machine = stateMachineArn.slice(stateMachineArn.lastIndexOf("-") + 1);
		if (machine !== "rollout" && machine !== "rollback") return;
		this.#running.set(executionArn, { executionArn, machine, about: aboutOf(JSON.parse(input) as Input) });
	}

	/** In the order in which they began. */
	all(): IterableIterator<RunningExecution> {
		return this.#running.values();
	}
}
