import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { BusEvent } from "../events/bus-event.ts";
import type { RemoteCall } from "../kernel/caller.ts";
import type { System, SystemHooks } from "../system/make-system.ts";
import type { Checker, Observation, Watching } from "./checker.ts";

/** A promise that did not hold, and how. */
export interface BrokenPromise {
	readonly promise: string;
	readonly sentence: string;
}

/** The watch over a run: hooks to make its system with, then the system itself, then the verdict. */
export interface PromiseWatch {
	readonly hooks: Required<Pick<SystemHooks, "onEffect" | "onEvent" | "onStateEntered" | "onStateWritten">>;
	/** Begins to look, once there is something to look at. */
	begin(observation: Observation): void;
	broken(): readonly BrokenPromise[];
}

/** Time between two looks at what changes by itself. */
const tickMs = 5_000;

/** Lets checkers watch one run. What happens before `begin` is the story's preparation, and seen by none. */
export const watchPromises = (checkers: readonly Checker[]): PromiseWatch => {
	let watchings: readonly (readonly [promise: string, watching: Watching])[] = [];
	const tell = (what: (watching: Watching) => void): void => {
		for (const [, watching] of watchings) what(watching);
	};
	const tick = (system: System): void => {
		tell((watching) => watching.onTick?.());
		system.clock.after(tickMs, () => tick(system));
	};
	return {
		hooks: {
			onEffect: (entry: string, call: RemoteCall) => tell((watching) => watching.onCall?.({ entry, call })),
			onEvent: (busName: string, event: BusEvent) => tell((watching) => watching.onEvent?.(busName, event)),
			onStateEntered: (execution, stateName) => tell((watching) => watching.onStateEntered?.({ execution, stateName })),
			onStateWritten: (state: ServiceState) => tell((watching) => watching.onStateWritten?.(state)),
		},
		begin: (observation) => {
			watchings = checkers.map((checker) => [checker.promise, checker.watch(observation)]);
			tick(observation.system);
		},
		broken: () =>
			watchings.flatMap(([promise, watching]) => watching.broken().map((sentence) => ({ promise, sentence }))),
	};
};
