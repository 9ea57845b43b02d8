import { type LifecycleEvent, lifecycleSource, parseLifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import type { Checker, Observation, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { brokenTale } from "./rollout-tale.ts";

/** Taken anew at each sending: when it was sent, and what was read just then. */
const takenAnew: readonly string[] = ["atEpochMs", "counts", "reasons"];

const meaningOf = ({ detail }: LifecycleEvent): string =>
	JSON.stringify(detail, (key, value: unknown) => (takenAnew.includes(key) ? undefined : value));

const rolloutOf = ({ detail }: LifecycleEvent): string | undefined =>
	"rolloutId" in detail ? detail.rolloutId : undefined;

const watch = ({ system, definition }: Observation): Watching => {
	const { clock } = system;
	const findings = new Findings();
	const known = new Map<string, string>();
	/** What consumers see of each rollout: they drop what they have heard before. */
	const tales = new Map<string, LifecycleEvent[]>();

	const hear = (event: LifecycleEvent): void => {
		if (event.detail.service !== definition.service) return;
		const meaning = meaningOf(event);
		const earlier = known.get(event.id);
		if (earlier !== undefined) {
			if (earlier !== meaning)
				findings.add(clock.nowEpochMs(), `${event.id} meant ${meaning}, after it had meant ${earlier}.`);
			return;
		}
		known.set(event.id, meaning);
		const rolloutId = rolloutOf(event);
		if (rolloutId !== undefined) tales.set(rolloutId, [...(tales.get(rolloutId) ?? []), event]);
	};
	return {
		onEvent: (_busName, event) => {
			if (event.source === lifecycleSource) hear(parseLifecycleEvent(event));
		},
		broken: () => {
			for (const [rolloutId, tale] of tales)
				for (const sentence of brokenTale(tale, definition.steps))
					findings.add(clock.nowEpochMs(), `of ${rolloutId}, ${sentence}`);
			return findings.sentences;
		},
	};
};

/** Listens as a consumer does, who drops what was heard before by its `eventId`. */
export const lifecycleInOrder: Checker = { promise: "Every lifecycle event, once and in order.", watch };
