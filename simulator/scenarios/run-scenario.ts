import { type LifecycleEvent, parseLifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import { allCheckers } from "../checkers/all-checkers.ts";
import type { Hand } from "../checkers/checker.ts";
import { rolloutJudged } from "../checkers/verdict-held.ts";
import { type PromiseWatch, watchPromises } from "../checkers/watch-promises.ts";
import type { Interference, PlannedDelivery } from "../events/bus.ts";
import type { BusEvent } from "../events/bus-event.ts";
import { makeSystem, type System, type SystemHooks, startEpochMs } from "../system/make-system.ts";
import type { Prepared } from "../system/prepare.ts";
import { configured, definitionIn, register } from "../system/registration.ts";
import { routingOf } from "../world/routing.ts";
import { digestOfVersion, makeStage } from "./make-stage.ts";
import { expectedOf, type Scenario } from "./scenario.ts";
import type { ScenarioResult } from "./scenario-result.ts";
import type { Stage } from "./stage.ts";
import { Story } from "./story.ts";
import type { TimelineEntry } from "./timeline.ts";
import { hasAllEndings, hasOtherEnding, outcomeOf, type Run, requestsOf, unexpected } from "./verdict.ts";

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
	/** Given the system once it is deployed and before the story begins: to look into it, or to break it by hand. */
	onDeployed?(system: System, scene: Scene): void;
	/** Virtual seconds after which a story that has not ended is given up; what the story says, or six hours. */
	readonly limitSeconds?: number;
	/** Virtual seconds that the run goes on at least, for what comes late; what the story says unless that is more. */
	readonly lastsSeconds?: number;
}

/** A story is looked at for this long after its end: the end itself sets things in motion. */
const aftermathMs = 60_000;

/** Where a story may end in several ways, something may still be found by a sweep. */
const longAftermathMs = 660_000;

/** No story takes longer than this unless it says so; one that does has not settled. */
export const usualLimitSeconds = 6 * 3_600;

const usualEnrolment = { replicas: 10, requestsPerSecond: 100, inClusterRequestsPerSecond: 10 };

/** Runs one scenario on the deployed template with one seed. The same seed gives the same bytes. */
export const runScenario = async (
	prepared: Prepared,
	scenario: Scenario,
	seed: number,
	options: RunOptions = {},
): Promise<ScenarioResult> => {
	const { registration, definition } = configured(definitionIn(prepared.deployment, scenario.service), (given) =>
		scenario.configure === undefined ? given : scenario.configure(given),
	);
	const story = new Story(definition, (entry) => options.onEntry?.(entry));
	const watch = watchPromises(allCheckers);
	const system = makeSystem(prepared, seed, {
		...options,
		...watch.hooks,
		faultFor: (entry, call, invoker) => {
			const fault = options.faultFor?.(entry, call, invoker) ?? null;
			if (fault !== null) story.note("fault.struck", { fault: fault.kind, entry, operation: call.operation, invoker });
			return fault ?? stage.faultFor(entry, call);
		},
		interfere: (delivery) => ({ ...stage.interfere(delivery), ...interferenceOf(story, delivery, options) }),
		onEvent: (busName, event) => {
			watch.hooks.onEvent(busName, event);
			hear(event);
		},
		onStateEntered: (execution, stateName) => {
			watch.hooks.onStateEntered(execution, stateName);
			story.hearVerdict(rolloutJudged({ execution, stateName }));
			options.onStateEntered?.(execution, stateName);
		},
		onDeadLetter: (queueName) => story.note("event.undelivered", { queueName }),
		onNotification: (topicName) => story.note("people.notified", { topicName }),
	});
	story.follow(system, prepared.deployment.busNames);
	const hands = new Set<Hand>();
	const strangeHands = new Set<Hand>();
	const stage = makeStage({ scenario, definition, system, story, hands });
	const run: Run = { system, story, definition, scenario, strangeHands };
	const hear = (event: BusEvent): void => {
		story.hear(event);
		if (event.source !== "sluice") return;
		const said: LifecycleEvent = parseLifecycleEvent(event);
		if (said.detail.service === scenario.service) scenario.react(said, stage);
	};

	await deploy(system, () => register(prepared.deployment, system.lambda, system.authority, registration));
	arrange(system, scenario, definition);
	watch.begin({ system, definition, hands });
	options.onDeployed?.(system, {
		definition,
		command: stage.command,
		lend: (hand) => {
			story.note("hand.lent", { hand });
			hands.add(hand);
			strangeHands.add(hand);
		},
	});
	const routing = routingOf(system.world, definition);
	story.watch(
		() => requestsOf(run),
		() => routing.trial() !== null,
	);
	if (scenario.begin === undefined) stage.after(30, () => stage.push());
	else scenario.begin(stage);
	await runOut(run, options);
	system.stop();
	return conclude(run, seed, [...unexpected(run), ...sentencesOf(watch)]);
};

/** What somebody does to a delivery besides the story, which is told. */
const interferenceOf = (story: Story, delivery: PlannedDelivery, { interfere }: RunOptions): Interference => {
	const interference = interfere?.(delivery) ?? {};
	if (Object.keys(interference).length > 0)
		story.note("delivery.disturbed", {
			...interference,
			rule: delivery.ruleName,
			event: delivery.event["detail-type"],
		});
	return interference;
};

/** The service as it is before the story, with what its versions do. */
const arrange = (system: System, scenario: Scenario, definition: ServiceDefinition): void => {
	const { versions } = system.world;
	for (const [name, behaviour] of Object.entries(scenario.versions ?? {}))
		versions.define(digestOfVersion(name), behaviour);
	versions.define(digestOfVersion("candidate"), scenario.candidate);
	if (scenario.arrange === undefined)
		system.world.enrol(definition, {
			imageDigest: digestOfVersion("stable"),
			...usualEnrolment,
			...scenario.enrolment,
		});
	else scenario.arrange(system, definition);
};

/** Runs the clock until the story is over, or is given up. */
const runOut = async (run: Run, options: RunOptions): Promise<void> => {
	const { system, story, scenario } = run;
	const lastsSeconds = Math.max(options.lastsSeconds ?? 0, scenario.lastsSeconds ?? 0);
	const limitSeconds = Math.max(options.limitSeconds ?? scenario.limitSeconds ?? usualLimitSeconds, lastsSeconds);
	const earliestEpochMs = startEpochMs + lastsSeconds * 1000;
	const isOver = (): boolean => {
		const now = system.clock.nowEpochMs();
		if (now < earliestEpochMs) return false;
		const isNothingAwaited = expectedOf(scenario).length === 0 && story.outcomes.length === 0;
		const isAll = isNothingAwaited || (hasAllEndings(run) && now >= story.endedAtEpochMs + aftermathMs);
		const isOther = hasOtherEnding(run) && now >= story.endedAtEpochMs + longAftermathMs;
		return (isAll || isOther) && isQuiet(system);
	};
	await system.clock.run(startEpochMs + limitSeconds * 1000, isOver);
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

const isQuiet = (system: System): boolean =>
	system.engine.list().every(({ status }) => status !== "RUNNING") &&
	// An execution that was stopped has somebody called to finish its work, who comes a moment later.
	system.world.table.states().every(({ phase, rolloutId }) => phase === "idle" && rolloutId === undefined);

const sentencesOf = (watch: PromiseWatch): readonly string[] =>
	watch.broken().map(({ promise, sentence }) => `${promise} ${sentence}`);

const conclude = (run: Run, seed: number, broken: readonly string[]): ScenarioResult => {
	const { system, story, scenario } = run;
	return {
		scenario: scenario.name,
		seed,
		outcome: outcomeOf(run),
		outcomes: story.outcomes,
		expected: scenario.expected,
		ok: broken.length === 0,
		broken,
		virtualSeconds: story.secondsAt(Math.min(story.endedAtEpochMs, system.clock.nowEpochMs())),
		rollback: story.rollback,
		requests: requestsOf(run),
		timeline: story.timeline,
		executions: system.engine
			.list()
			.map(({ machineName, name, status, eventCount }) => ({ machine: machineName, name, status, events: eventCount })),
	};
};
