import type { Random } from "../kernel/random.ts";
import type { Cancel, Timers } from "../kernel/timers.ts";
import { type BusEvent, busEventOf } from "./bus-event.ts";
import { createCourier, type DeadLetterReason, type RuleTarget } from "./delivery.ts";
import { compileEventPattern, type EventMatcher } from "./pattern.ts";

/** An event was put on a bus that does not exist; AWS refuses the entry as well. */
export class InvalidBusError extends Error {
	override readonly name = "InvalidBusError";
	constructor(busName: string, known: readonly string[]) {
		super(`Event bus "${busName}" does not exist: known are ${known.join(", ")}.`);
	}
}

/** What is about to be sent to one target, before chance and faults touch it. */
export interface PlannedDelivery {
	readonly busName: string;
	readonly ruleName: string;
	readonly target: RuleTarget;
	readonly event: BusEvent;
}

/** What a fault does to a delivery. Nothing set means nothing happens. */
export interface Interference {
	/** The event never arrives, and nobody is told. */
	readonly drop?: boolean;
	/** This many copies more than one. */
	readonly duplicates?: number;
	/** Added to the latency of the first attempt of each copy. */
	readonly delayMs?: number;
}

export interface Rule {
	readonly name: string;
	/** An event pattern; read when the rule is added. */
	readonly pattern: unknown;
	readonly targets: readonly RuleTarget[];
}

export interface Schedule {
	readonly name: string;
	readonly everySeconds: number;
	readonly targets: readonly RuleTarget[];
}

export interface BusesOptions {
	readonly timers: Timers;
	readonly random: Random;
	readonly account: string;
	readonly region: string;
	/** Time from acceptance to the first attempt, drawn anew for each copy. */
	latencyMs(): number;
	onDeadLetter(queueArn: string, payload: unknown, reason: DeadLetterReason): void;
	/** Asked once for each event and target. */
	interfere?(delivery: PlannedDelivery): Interference;
}

/** The event buses of one account and region. At least once, in no order. */
export interface Buses {
	/** Makes a bus; one of that name that exists already is left alone. "default" is always there. */
	addBus(busName: string): void;
	/** @throws InvalidEventPatternError where the pattern cannot be matched exactly. Makes the bus if needed. */
	addRule(busName: string, rule: Rule): void;
	/** Accepts an event and sends it to every target of every rule that matches. @throws InvalidBusError */
	put(busName: string, event: BusEvent): void;
	/** Fires "Scheduled Event" at a fixed rate; the phase is drawn from chance, as AWS promises none. */
	addSchedule(schedule: Schedule): Cancel;
	/** Deliveries that are neither accepted by their target nor given up. */
	pending(): number;
}

interface LoadedRule {
	readonly name: string;
	readonly matches: EventMatcher;
	readonly targets: readonly RuleTarget[];
}

/** Runs event buses, rules and schedules on the simulator's clock. */
export const createBuses = (options: BusesOptions): Buses => {
	const { timers, random, account, region } = options;
	const buses = new Map<string, LoadedRule[]>([["default", []]]);
	const ids = random.stream("event-ids");
	const courier = createCourier({ timers, random: random.stream("retries"), onDeadLetter: options.onDeadLetter });

	const dispatch = (busName: string, ruleName: string, targets: readonly RuleTarget[], event: BusEvent): void => {
		for (const target of targets) {
			const fault = options.interfere?.({ busName, ruleName, target, event }) ?? {};
			if (fault.drop === true) continue;
			const json = JSON.stringify(target.input === undefined ? event : target.input);
			const parcel = { ruleName, target, json, acceptedEpochMs: timers.nowEpochMs() };
			for (let copy = 0; copy <= (fault.duplicates ?? 0); copy++) {
				courier.send(parcel, options.latencyMs() + (fault.delayMs ?? 0));
			}
		}
	};

	const rulesOf = (busName: string): LoadedRule[] => {
		const rules = buses.get(busName) ?? [];
		buses.set(busName, rules);
		return rules;
	};

	const fire = ({ name, targets }: Schedule): void => {
		const content = {
			source: "aws.events",
			detailType: "Scheduled Event",
			account,
			region,
			resources: [`arn:aws:events:${region}:${account}:rule/${name}`],
			detail: {},
			atEpochMs: timers.nowEpochMs(),
		};
		dispatch("default", name, targets, busEventOf(content, ids));
	};

	return {
		addBus: (busName) => void rulesOf(busName),
		addRule: (busName, { name, pattern, targets }) => {
			rulesOf(busName).push({ name, matches: compileEventPattern(pattern), targets });
		},
		put: (busName, event) => {
			const rules = buses.get(busName);
			if (rules === undefined) throw new InvalidBusError(busName, [...buses.keys()]);
			for (const rule of rules) if (rule.matches(event)) dispatch(busName, rule.name, rule.targets, event);
		},
		addSchedule: (schedule) => {
			const everyMs = schedule.everySeconds * 1_000;
			let cancel: Cancel = () => {};
			const wait = (delayMs: number): void => {
				cancel = timers.after(delayMs, () => {
					wait(everyMs);
					fire(schedule);
				});
			};
			wait(Math.ceil(random.stream(`schedule ${schedule.name}`).between(0, everyMs)));
			return () => cancel();
		},
		pending: () => courier.pending(),
	};
};
