import type { CommandVerb } from "../../lib/domain/command.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { MetricIdentity } from "../alarms/metric-store.ts";
import type { Hand } from "../checkers/checker.ts";
import type { PlannedDelivery } from "../events/bus.ts";
import type { RemoteCall } from "../kernel/caller.ts";
import type { Fault } from "../kernel/sandbox-host.ts";
import type { System } from "../system/make-system.ts";
import type { Configuration } from "../world/pod-content.ts";
import type { VersionBehaviour } from "../world/versions.ts";

/** Something that is in the way of many remote calls at once. */
export interface Trouble {
	/** `entry` is `functions/<name>` of the caller. */
	matches(entry: string, call: RemoteCall): boolean;
	readonly fault: Fault;
	readonly seconds: number;
}

/** What a person adds to a command: the question that is answered, the release that is meant. */
export type CommandDetail = Readonly<Record<string, unknown>> & {
	/** One question, by `atEpochMs` of its `rollout.paused.v1`; whichever is open where absent. */
	readonly askedAtEpochMs?: number;
};

/** What a story can reach while it runs. One stage belongs to one run. */
export interface Stage {
	/** What is registered, `configure` included. */
	readonly definition: ServiceDefinition;
	/** The world, for what has no word of its own here. Who changes it by hand says so with `lend`. */
	readonly system: System;
	/** How many rollouts have been said to start so far. */
	readonly rolloutsStarted: number;

	/** Runs something later, in virtual seconds. */
	after(seconds: number, run: () => void): void;
	/** Runs something the first time only that this run comes to it. */
	once(name: string, run: () => void): void;
	/** Adds to the timeline what a reader would miss. */
	note(kind: string, detail: Readonly<Record<string, unknown>>): void;

	/** The image that a version is: the same name, the same digest. `stable` served first, `candidate` is pushed first. */
	digestOf(version: string): string;
	/**
	 * Pushes a version to the service's repository. Without a name it is the candidate, under the tag `v2`; the tag is
	 * the version's name unless said otherwise, and null for a manifest without one. Several times: five in a second.
	 */
	push(version?: string, tag?: string | null, times?: number): void;
	/** Changes how a version behaves, from now on. */
	changeVersion(version: string, behaviour: Partial<VersionBehaviour>): void;
	/** The same for the candidate. */
	changeCandidate(behaviour: Partial<VersionBehaviour>): void;
	/** Edits a ConfigMap that the user's Deployment refers to: all that it says from now on. */
	setConfiguration(name: string, data: Configuration): void;
	/** Edits what the user's pod template says besides image and configuration, in a word. */
	changeTemplate(mark: string): void;
	/** Users' requests through the load balancer, from now on. */
	setUsers(requestsPerSecond: number): void;

	/** Sends a command for the rollout under way, or for a release, as a person would. */
	command(verb: CommandVerb, by: string, detail?: CommandDetail): void;
	/** Says that a person has done something with their own hands: what follows is theirs, for checkers. */
	lend(hand: Hand): void;
	/** Ends what runs of a machine for this service, as a person in the console would. */
	killExecution(machine: "rollout" | "watch" | "rollback"): void;

	/** SetAlarmState: lasts until the alarm is evaluated next. */
	turnAlarm(alarmName: string, state: "ALARM" | "OK"): void;
	/** Publishes a metric that no version does, every ten seconds for that long: what an alarm looks at. */
	feed(metric: MetricIdentity, sumPerTenSeconds: number, seconds: number): void;
	/** For that long nothing is published of this service: its metrics are missing. */
	loseMetrics(seconds: number): void;
	/** For that long remote calls fail. */
	trouble(trouble: Trouble): void;
	/** Every delivery that matches, from now on, comes this much later. */
	delayDeliveries(matches: (delivery: PlannedDelivery) => boolean, seconds: number): void;
}
