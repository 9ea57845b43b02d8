import { busDetailOf, type LifecycleEvent, lifecycleSource } from "../../../lib/domain/lifecycle-event.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { rolloutIdOf } from "../../../lib/domain/rollout-id.ts";
import type { ServiceState } from "../../../lib/domain/service-state.ts";
import type { Transition } from "../../../lib/domain/transition.ts";
import type { Engine } from "../../../simulator/asl/engine.ts";
import type { ExecutionView } from "../../../simulator/asl/execution-view.ts";
import type { JsonValue } from "../../../simulator/asl/json-value.ts";
import type { Checker, Hand, Observation, Watching } from "../../../simulator/checkers/checker.ts";
import { type BusEvent, busEventOf } from "../../../simulator/events/bus-event.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import type { System } from "../../../simulator/system/make-system.ts";
import type { BalancedDefinition } from "../../contracts/contract-definition.ts";
import { digestOf, makeStage, type Stage } from "../fakes/stage.ts";

/** The image that serves, and the one that is rolled out. */
export const stableDigest: string = digestOf("a");
export const candidateDigest: string = digestOf("b");

/** A world with one service in it, and a checker that looks at whatever a test lets happen there. */
export interface CheckedStage extends Stage {
	readonly hands: Set<Hand>;
	/** What the stand-in of Step Functions lists. */
	readonly executions: ExecutionView[];
	/** Something that a function does to the world with one remote call. */
	call(entry: string, operation: string, effect: () => void): void;
	/** A function's change of the record. */
	write(set: Transition["set"], remove?: Transition["remove"], entry?: string): void;
	/** Begins a rollout on record, of the candidate unless said otherwise, as admission does. */
	begin(epoch?: number, imageDigest?: string): void;
	/** A hand's change of the record, of which no function knows. */
	edit(change: Partial<ServiceState>): void;
	/** Puts an event on the bus of Sluice, as a function does. */
	say(event: LifecycleEvent): void;
	/** Tells of an execution that begins or ends. */
	tellExecution(machine: string, name: string, status: string, input: object): void;
	tell(detailType: string, detail: object, source?: string): void;
	/** Has an execution of that machine enter a state. */
	enter(machine: string, stateName: string, input: JsonValue): void;
	/** Lets time pass, with a look every five seconds. */
	look(seconds: number): Promise<void>;
	broken(): readonly string[];
}

/** Sets a stage for one checker: the service is enrolled and idle, and looked at from now on. */
export const checkedStage = (
	checker: Checker,
	{ definition: overrides = {} }: { readonly definition?: Partial<BalancedDefinition> } = {},
): CheckedStage => {
	const watchings: Watching[] = [];
	const tellAll = (what: (watching: Watching) => void): void => {
		for (const watching of watchings) what(watching);
	};
	const stage = makeStage(
		{ hooks: { emit: () => {}, onStateWritten: (state) => tellAll((watching) => watching.onStateWritten?.(state)) } },
		overrides,
	);
	stage.enrol();
	const { clock, world, definition } = stage;
	const hands = new Set<Hand>();
	const executions: ExecutionView[] = [];
	const engine = { list: () => executions } as Pick<Engine, "list"> as Engine;
	const observation: Observation = {
		// Of the system, checkers use what is here and nothing else.
		system: { clock, world, engine } as Pick<System, "clock" | "world" | "engine"> as System,
		definition,
		hands,
	};
	watchings.push(checker.watch(observation));
	const ids = randomOf(1);
	const put = (source: string, detailType: string, detail: unknown): void => {
		const { account, region } = world;
		const event: BusEvent = busEventOf(
			{ source, detailType, account, region, detail, atEpochMs: clock.nowEpochMs() },
			ids,
		);
		tellAll((watching) => watching.onEvent?.("sluice", event));
	};
	const present = (): ServiceState => {
		const state = world.table.get(definition.service);
		if (state === null) throw new RangeError("The service is not enrolled.");
		return state;
	};
	const call: CheckedStage["call"] = (entry, operation, effect) => {
		effect();
		tellAll((watching) => watching.onCall?.({ entry, call: { operation, resource: "*" } }));
	};
	const write: CheckedStage["write"] = (set, remove = [], entry = "functions/any") =>
		call(
			entry,
			"dynamodb:UpdateItem",
			() => void world.table.update(definition.service, { condition: {}, set, remove }),
		);
	return {
		...stage,
		hands,
		executions,
		call,
		write,
		begin: (epoch = 1, imageDigest = candidateDigest) => {
			const rolloutId = rolloutIdOf(definition.service, epoch);
			write({ phase: "preparing", epoch, rolloutId, release: releaseOf(imageDigest) }, [], "functions/admit-release");
		},
		edit: (change) => world.table.put({ ...present(), ...change }),
		say: (event) => put(lifecycleSource, event.kind, busDetailOf(event)),
		tellExecution: (machine, name, status, input) =>
			put("aws.states", "Step Functions Execution Status Change", {
				executionArn: `arn:${machine}:${name}`,
				stateMachineArn: `arn:sluice-production-${machine}`,
				name,
				status,
				input: JSON.stringify(input),
			}),
		tell: (detailType, detail, source = "aws") => put(source, detailType, detail),
		enter: (machine, stateName, input) => {
			const machineName = `sluice-production-${machine}`;
			const execution = { executionArn: `arn:${machine}:1`, machineName, name: "1", input };
			tellAll((watching) => watching.onStateEntered?.({ execution, stateName }));
		},
		look: async (seconds) => {
			for (let passed = 0; passed < seconds; passed += 5) {
				await stage.pass(5);
				tellAll((watching) => watching.onTick?.());
			}
		},
		broken: () => watchings.flatMap((watching) => watching.broken()),
	};
};
