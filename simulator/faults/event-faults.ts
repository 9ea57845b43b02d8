import type { Hand } from "../checkers/checker.ts";
import type { Interference, PlannedDelivery } from "../events/bus.ts";
import type { RunOptions } from "../scenarios/run-scenario.ts";
import type { PlannedFault } from "./planned-fault.ts";
import { Occurrences, shortName } from "./sampling.ts";

interface EventFault {
	readonly name: string;
	readonly interference: Interference;
	readonly befalls: (source: string) => boolean;
	readonly lengthSeconds: number;
}

const daySeconds = 86_400;

/** Where nobody tells who pushed, a second person has to be found who approves. */
const secondOpinionSeconds = 1_800;

const all = (): boolean => true;

/**
 * Where AWS says best effort, an event may never come. Alarms and what is put on a bus of one's own are durable.
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/event-delivery-level.html
 */
const bestEffortSources = ["aws.ecr", "aws.states", "aws.events"];
const isBestEffort = (source: string): boolean => bestEffortSources.includes(source);

const eventFaults: readonly EventFault[] = [
	{ name: "lost", interference: { drop: true }, befalls: isBestEffort, lengthSeconds: 300 },
	{ name: "twice", interference: { duplicates: 1 }, befalls: all, lengthSeconds: 0 },
	{ name: "late-1min", interference: { delayMs: 60_000 }, befalls: all, lengthSeconds: 60 },
	{
		name: "late-24h",
		interference: { delayMs: daySeconds * 1000 },
		befalls: all,
		lengthSeconds: daySeconds,
	},
];

const placeOf = ({ ruleName, target, event }: PlannedDelivery): string =>
	`${shortName(ruleName)} ${event["detail-type"].replaceAll(" ", "-")} ${target.id}`;

/** Listens to a run and then knows every delivery of an event in it, by rule, kind and target. */
export const eventPositions = (): { readonly options: RunOptions; planned(): readonly PlannedFault[] } => {
	const occurrences = new Occurrences();
	const sources = new Map<string, string>();
	return {
		options: {
			interfere: (delivery) => {
				const place = placeOf(delivery);
				sources.set(place, delivery.event.source);
				occurrences.next(place);
				return {};
			},
		},
		planned: () =>
			occurrences.representative().flatMap((place) => faultsAt(place, sources.get(place.replace(/ #\d+$/, "")) ?? "")),
	};
};

const faultsAt = (place: string, source: string): readonly PlannedFault[] => [
	...(place.startsWith("ImagePushed ") ? [beforeItsCause(place)] : []),
	...eventFaults
		.filter(({ befalls }) => befalls(source))
		.map(({ name, interference, lengthSeconds }) => ({
			thing: "event" as const,
			kind: name,
			place,
			lengthSeconds: Math.max(lengthSeconds, place.startsWith("PusherKnown ") ? secondOpinionSeconds : 0),
			options: () => interfering(place, interference),
		})),
];

/**
 * What is kept from Sluice: a reason to go back that its event would have told (an alarm, the end of an execution), and
 * an answer for longer than it is waited for.
 */
const keptBack = (place: string, { delayMs = 0, drop = false }: Interference): Hand | null => {
	const isReason = place.startsWith("AlarmTurnedRed ") || place.startsWith("RolloutLost ");
	if (isReason && (delayMs > 0 || drop)) return "reason-told-late";
	return delayMs >= daySeconds * 1000 && place.startsWith("Command ") ? "answer-told-late" : null;
};

const interfering = (place: string, interference: Interference): RunOptions => {
	const occurrences = new Occurrences();
	const hand = keptBack(place, interference);
	return {
		onDeployed: (_system, { lend }) => {
			if (hand !== null) lend(hand);
		},
		interfere: (delivery) => (occurrences.next(placeOf(delivery)) === place ? interference : {}),
	};
};

/** Time for which the registry does not show yet what its event has told. */
const hiddenMs = 5_000;

/**
 * An event that comes before its cause can be read. That is the push's alone: what alarms and executions tell is not
 * read again by whom they tell it, and Sluice's own events are said after what they tell was recorded.
 */
const beforeItsCause = (place: string): PlannedFault => ({
	thing: "event",
	kind: "before-its-cause",
	place,
	lengthSeconds: 300,
	options: () => ({
		onDeployed: ({ world, clock }) => {
			const { registry } = world;
			const describeImages = registry.describeImages.bind(registry);
			registry.describeImages = (repositoryName) =>
				describeImages(repositoryName).filter(
					({ pushedAtEpochMs }) => pushedAtEpochMs + hiddenMs <= clock.nowEpochMs(),
				);
		},
	}),
});
