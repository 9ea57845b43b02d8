import type { RemoteCall } from "../kernel/caller.ts";
import type { Fault } from "../kernel/sandbox-host.ts";
import type { RunOptions } from "../scenarios/run-scenario.ts";
import type { PlannedFault } from "./planned-fault.ts";
import { Occurrences, shortName } from "./sampling.ts";

type Kind = "read" | "lagging-read" | "write";

interface CallFault {
	readonly name: string;
	readonly fault: Fault;
	readonly befalls: readonly Kind[];
	readonly lengthSeconds: number;
}

const everything = ["read", "lagging-read", "write"] as const;

const late = (seconds: number): CallFault => ({
	name: `late-${seconds}s`,
	fault: { kind: "timed-out", landsAfterMs: seconds * 1000 },
	befalls: ["write"],
	lengthSeconds: seconds,
});

/**
 * Every way in which a remote call can go wrong. A read has no effect that could be late or lost, so what differs in
 * that alone befalls writes only; stale answers come only from what AWS does not call strongly consistent. A write that
 * DynamoDB refuses because a transaction has its item at that moment (TransactionConflict) did nothing and may be tried
 * again: for a port that is the same as a throttle.
 */
const callFaults: readonly CallFault[] = [
	{ name: "refused", fault: { kind: "refused" }, befalls: everything, lengthSeconds: 0 },
	{ name: "throttled", fault: { kind: "throttled" }, befalls: everything, lengthSeconds: 0 },
	{ name: "timed-out-before", fault: { kind: "timed-out", landsAfterMs: null }, befalls: everything, lengthSeconds: 0 },
	{ name: "timed-out-after", fault: { kind: "timed-out", landsAfterMs: 0 }, befalls: ["write"], lengthSeconds: 0 },
	late(1),
	late(60),
	late(300),
	{ name: "crashed-before", fault: { kind: "crashed", when: "before" }, befalls: everything, lengthSeconds: 0 },
	{ name: "crashed-after", fault: { kind: "crashed", when: "after" }, befalls: ["write"], lengthSeconds: 0 },
	{ name: "frozen", fault: { kind: "frozen" }, befalls: everything, lengthSeconds: 90 },
	{ name: "stale", fault: { kind: "stale" }, befalls: ["lagging-read"], lengthSeconds: 0 },
];

/** Reads that may lag behind what was written: an index, and control planes that promise nothing. */
const lagging =
	/^(elasticloadbalancing:Describe|dynamodb:Query|states:Describe|ecr:Describe|cloudwatch:DescribeAlarms)/;

const reading = /:(Describe|Get|List|Query|get|list)/;

const kindOf = (operation: string): Kind =>
	lagging.test(operation) ? "lagging-read" : reading.test(operation) ? "read" : "write";

/** A service is registered before the story begins, by CloudFormation, which tries again by itself. */
const isOfStory = (entry: string): boolean => entry !== "functions/register-service";

const placeOf = (entry: string, { operation }: RemoteCall, invoker: string): string =>
	`${shortName(invoker)} ${entry.replace("functions/", "")} ${operation}`;

/** Listens to a run and then knows every remote call of it, by its position in the machines. */
export const callPositions = (): { readonly options: RunOptions; planned(): readonly PlannedFault[] } => {
	const occurrences = new Occurrences();
	return {
		options: {
			faultFor: (entry, call, invoker) => {
				if (isOfStory(entry)) occurrences.next(placeOf(entry, call, invoker));
				return null;
			},
		},
		planned: () => occurrences.representative().flatMap(faultsAt),
	};
};

const faultsAt = (place: string): readonly PlannedFault[] => {
	const [, , operation = ""] = place.split(" ");
	return callFaults
		.filter(({ befalls }) => befalls.includes(kindOf(operation)))
		.map(({ name, fault, lengthSeconds }) => ({
			thing: "call",
			kind: name,
			place,
			lengthSeconds,
			options: () => failing(place, fault),
		}));
};

const failing = (place: string, fault: Fault): RunOptions => {
	const occurrences = new Occurrences();
	return {
		faultFor: (entry, call, invoker) =>
			isOfStory(entry) && occurrences.next(placeOf(entry, call, invoker)) === place ? fault : null,
	};
};
