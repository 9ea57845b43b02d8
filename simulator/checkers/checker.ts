import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { BusEvent } from "../events/bus-event.ts";
import type { RemoteCall } from "../kernel/caller.ts";
import type { System } from "../system/make-system.ts";
import type { EnteredState } from "./verdict-held.ts";

/**
 * What people did with their own hands in a run, and what was kept from Sluice until long after it happened:
 * what follows from it is theirs, and no promise of Sluice's.
 */
export type Hand =
	| "rule-edited"
	| "deployment-edited"
	| "service-edited"
	| "record-edited"
	| "execution-stopped"
	| "aborted"
	| "wished"
	| "reason-told-late"
	| "answer-told-late";

/** What a checker may look at: the world itself and what is on record; what Sluice says of its own work only where that is the promise. */
export interface Observation {
	readonly system: System;
	readonly definition: ServiceDefinition;
	/** Grows while the story goes on. */
	readonly hands: ReadonlySet<Hand>;
}

/** A remote call that has just taken effect; what the world refuses changes nothing. */
export interface SeenCall {
	/** `functions/<name>` of the caller. */
	readonly entry: string;
	readonly call: RemoteCall;
}

/** One run under a checker's eyes. Everything is told right after it happened, on the simulator's clock. */
export interface Watching {
	onStateWritten?(state: ServiceState): void;
	onCall?(seen: SeenCall): void;
	/** Told when an execution enters a state, before the state does anything. */
	onStateEntered?(entered: EnteredState): void;
	/** Told of every event that anybody puts on a bus. */
	onEvent?(busName: string, event: BusEvent): void;
	/** Every five virtual seconds: for what changes by itself, as pods and users do. */
	onTick?(): void;
	/** Asked once, after the story: each way in which the promise was broken, as a sentence with its values. */
	broken(): readonly string[];
}

/** One promise, and how to see that it was broken. */
export interface Checker {
	/** As a user would say it. */
	readonly promise: string;
	watch(observation: Observation): Watching;
}
