import type { RunOptions } from "../scenarios/run-scenario.ts";

/** Who or what fails: one remote call, the delivery of one event, one execution, or a person. */
export type FaultedThing = "call" | "event" | "execution" | "person";

/** One thing that goes wrong in one run. */
export interface PlannedFault {
	readonly thing: FaultedThing;
	/** What goes wrong with it: `throttled`, `lost`, `killed`, `rule-edited`, … */
	readonly kind: string;
	/** Where it happens, as `<machine>/<state> <function> <operation> #<n>`; with the kind it names the fault for a replay. */
	readonly place: string;
	/** How long it goes on, seconds: so much later than usual may everything have settled. */
	readonly lengthSeconds: number;
	/** What it does to a run; asked anew for each, because it happens once. */
	options(): RunOptions;
}

/** The name that replays a fault. */
export const faultName = ({ kind, place }: PlannedFault): string => `${kind} @ ${place}`;
