import { commandKind } from "../../lib/domain/command.ts";
import { sourceOfPeople } from "../../lib/domain/identity.ts";
import { type LifecycleEvent, parseLifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { Outcome } from "../../lib/domain/service-state.ts";
import { allCheckers } from "../checkers/all-checkers.ts";
import type { Hand } from "../checkers/checker.ts";
import { type PromiseWatch, watchPromises } from "../checkers/watch-promises.ts";
import type { BusEvent } from "../events/bus-event.ts";
import { makeSystem, type System, type SystemHooks, startEpochMs } from "../system/make-system.ts";
import type { Prepared } from "../system/prepare.ts";
import { definitionIn, register } from "../system/registration.ts";
import { routingOf } from "../world/routing.ts";
import type { Tally } from "../world/tally.ts";
import type { VersionBehaviour } from "../world/versions.ts";
import type { RollbackTimes } from "./rollback-times.ts";
import type { Scenario, Stage } from "./scenario.ts";
import { type Answered, type RequestCounts, Story } from "./story.ts";
import type { TimelineEntry } from "./timeline.ts";

/** What somebody who acts in a run can reach besides the system. */
export interface Scene extends Pick<Stage, "command"> {
	readonly definition: ServiceDefinition;
	/** Says that a person has done something with their own hands. */
	lend(hand: Hand): void;
}

/** What a run may be given besides its seed. */
export interface RunOptions extends Pick<SystemHooks, "faultFor" | "interfere" | "onCall" | "onStateEntered"> {
	/** Told of each thing that happens, while it happens. */
	onEntry?(entry: TimelineEntry): void;
	/** Given the system once it is deployed and before an image is pushed: to look into it, or to break it by hand. */
	onDeployed?(system: System, scene: Scene): void;
	/** Virtual seconds after which a story that has not ended is given up; six hours unless said otherwise. */
	readonly limitSeconds?: number;
	/** Virtual seconds that the run goes on at least, for what comes late; none unless said otherwise. */
	readonly lastsSeconds?: number;
}

export interface ExecutionSummary {
	readonly machine: string;
	readonly name: string;
	readonly status: string;
	readonly events: number;
}

/** How a scenario went: what `--json` prints. */
export interface ScenarioResult {
	readonly scenario: string;
	readonly seed: number;
	readonly outcome: Outcome | "unfinished";
	readonly expected: Outcome;
	readonly ok: boolean;
	/** Promises that were broken, each as a sentence; empty when all held. */
	readonly broken: readonly string[];
	readonly virtualSeconds: number;
	readonly rollback: RollbackTimes | null;
	readonly requests: RequestCounts;
	readonly timeline: readonly TimelineEntry[];
	readonly executions: readonly ExecutionSummary[];
}

/** A story is looked at for this long after its end: the end itself sets things in motion. */
const aftermathMs = 60_000;

/** No story takes longer than this; one that does has not settled. */
const usualLimitSeconds = 6 * 3_600;

const stableDigest = `sha256:${"a1".repeat(32)}`;
const candidateDigest = `sha256:${"c7".repeat(32)}`;

/** Runs one scenario on the deployed template with one seed. The same seed gives the same bytes. */
export const runScenario = async (
	prepared: Prepared,
	scenario: Scenario,
	seed: number,
	options: RunOptions = {},
): Promise<ScenarioResult> => {
	const { registration, definition } = definitionIn(prepared.deployment, scenario.service);
	const story = new Story(definition, (entry) => options.onEntry?.(entry));
	const watch = watchPromises(allCheckers);
	const system = makeSystem(prepared, seed, {
		...options,
		...watch.hooks,
		onEvent: (busName, event) => {
			watch.hooks.onEvent(busName, event);
			hear(event);
		},
		onDeadLetter: (queueName) => story.note("event.undelivered", { queueName }),
		onNotification: (topicName) => story.note("people.notified", { topicName }),
	});
	story.follow(system, prepared.deployment.busNames);
	const stage = makeStage(system, story, scenario);
	const hands = new Set<Hand>();
	const hear = (event: BusEvent): void => {
		story.hear(event);
		if (event.source !== "sluice") return;
		const said: LifecycleEvent = parseLifecycleEvent(event);
		if (said.detail.service === scenario.service) scenario.react(said, stage);
	};

	await deploy(system, () => register(prepared.deployment, system.lambda, system.authority, registration));
	system.world.enrol(definition, {
		imageDigest: stableDigest,
		replicas: 10,
		requestsPerSecond: 100,
		inClusterRequestsPerSecond: 10,
	});
	system.world.versions.define(candidateDigest, scenario.candidate);
	watch.begin({ system, definition, stableDigest, candidateDigest, expected: scenario.expected, hands });
	options.onDeployed?.(system, { definition, command: stage.command, lend: (hand) => void hands.add(hand) });
	const routing = routingOf(system.world, definition);
	story.watch(
		() => requestsOf(system, scenario),
		() => routing.trial() !== null,
	);
	stage.after(30, () => {
		story.note("image.pushed", { imageDigest: candidateDigest, tag: "v2" });
		system.world.registry.push(definition.repositoryName, "v2", candidateDigest, system.clock.nowEpochMs());
	});
	const untilEpochMs = startEpochMs + (options.limitSeconds ?? usualLimitSeconds) * 1000;
	const earliestEpochMs = startEpochMs + (options.lastsSeconds ?? 0) * 1000;
	const isOver = (): boolean =>
		system.clock.nowEpochMs() >= Math.max(earliestEpochMs, story.endedAtEpochMs + aftermathMs) && isQuiet(system);
	await system.clock.run(untilEpochMs, isOver);
	system.stop();
	return conclude(system, story, scenario, seed, [
		...unexpected(system, story, scenario, hands),
		...sentencesOf(watch),
	]);
};

/** Nothing can be rehearsed where not even the deployment comes about. */
export class FailedDeploymentError extends Error {
	override readonly name = "FailedDeploymentError";
}

/** Runs the clock until what deploys has finished. @throws FailedDeploymentError */
const deploy = async (system: System, begin: () => Promise<void>): Promise<void> => {
	const ended: { error: unknown }[] = [];
	begin().then(
		() => ended.push({ error: null }),
		(error: unknown) => ended.push({ error }),
	);
	await system.clock.run(startEpochMs + 60_000, () => ended.length > 0);
	const [end = { error: new Error("It did not answer within a minute.") }] = ended;
	if (end.error !== null) throw new FailedDeploymentError(`Registration failed: ${end.error}`, { cause: end.error });
};

const isQuiet = (system: System): boolean => system.engine.list().every(({ status }) => status !== "RUNNING");

const makeStage = (system: System, story: Story, scenario: Scenario): Stage => ({
	changeCandidate: (behaviour: Partial<VersionBehaviour>) => {
		story.note("version.changed", { imageDigest: candidateDigest });
		system.world.traffic.of(scenario.service).advance();
		system.world.versions.define(candidateDigest, { ...scenario.candidate, ...behaviour });
	},
	after: (seconds, run) => system.clock.after(seconds * 1000, run),
	command: (verb, by, askedAtEpochMs) => {
		const state = system.world.table.get(scenario.service);
		const rolloutId = state?.rolloutId ?? "none";
		story.note("command.sent", { rolloutId, verb, by });
		const { account, region } = system.world;
		const [busName = "default"] = story.busNames;
		system.emit(busName, {
			source: `${sourceOfPeople}${by}`,
			detailType: commandKind(verb),
			account,
			region,
			detail: {
				service: scenario.service,
				rolloutId,
				...(askedAtEpochMs !== undefined && { askedAtEpochMs }),
			},
			atEpochMs: system.clock.nowEpochMs(),
		});
	},
});

const answered = (tallies: readonly Tally[]): Answered => ({
	good: tallies.reduce((sum, { good }) => sum + good, 0),
	bad: tallies.reduce((sum, { bad }) => sum + bad, 0),
});

const requestsOf = (system: System, scenario: Scenario): RequestCounts => {
	const byDigest = [...system.world.traffic.of(scenario.service).totals().byDigest];
	const of = (isCandidate: boolean): Answered =>
		answered(byDigest.filter(([digest]) => (digest === candidateDigest) === isCandidate).map(([, tally]) => tally));
	return { stable: of(false), canary: of(true) };
};

const sentencesOf = (watch: PromiseWatch): readonly string[] =>
	watch.broken().map(({ promise, sentence }) => `${promise} ${sentence}`);

/** How the story went otherwise than it should have by itself. Where people lent a hand, either ending may be right. */
const unexpected = (system: System, story: Story, scenario: Scenario, hands: ReadonlySet<Hand>): readonly string[] => {
	const { outcome } = story;
	const isEndedByHand = hands.size > 0 && outcome !== "unfinished";
	if (isEndedByHand) return [];
	const { canary } = requestsOf(system, scenario);
	return [
		...(outcome === scenario.expected ? [] : [`It ended ${outcome}; expected was ${scenario.expected}.`]),
		...scenario.broken({
			canaryRequests: canary.good + canary.bad,
			alarmTurnedRed: story.alarmTurnedRed,
			weightAtRollbackPercent: story.weightAtRollbackPercent,
		}),
	];
};

const conclude = (
	system: System,
	story: Story,
	scenario: Scenario,
	seed: number,
	broken: readonly string[],
): ScenarioResult => {
	const requests = requestsOf(system, scenario);
	const { outcome, rollback } = story;
	return {
		scenario: scenario.name,
		seed,
		outcome,
		expected: scenario.expected,
		ok: broken.length === 0,
		broken,
		virtualSeconds: story.secondsAt(Math.min(story.endedAtEpochMs, system.clock.nowEpochMs())),
		rollback,
		requests,
		timeline: story.timeline,
		executions: system.engine
			.list()
			.map(({ machineName, name, status, eventCount }) => ({ machine: machineName, name, status, events: eventCount })),
	};
};
