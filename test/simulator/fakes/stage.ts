import { type Caller, directCaller, type RemoteCall } from "../../../simulator/kernel/caller.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { VirtualClock } from "../../../simulator/kernel/timers.ts";
import { makeWorld, type World, type WorldOptions } from "../../../simulator/world/world.ts";
import { type BalancedDefinition, contractDefinition } from "../../contracts/contract-definition.ts";

/** When every stage begins: a multiple of a minute. */
export const startEpochMs = 1_700_000_040_000;

/** An image whose digest repeats one hexadecimal digit. */
export const digestOf = (digit: string): string => `sha256:${digit.repeat(64)}`;

/** What a fault of a test does to the next call that matches. */
export interface PlannedFault {
	matches(operation: string): boolean;
	readonly moment: "before-effect" | "after-effect";
}

/** A caller that counts, and that can lose calls. */
export interface StageCaller extends Caller {
	/** Every call so far, in order. */
	readonly calls: RemoteCall[];
	readonly operations: readonly string[];
	failNext(fault: PlannedFault): void;
	/** From now on no call arrives. */
	silence(): void;
}

const stageCaller = (clock: VirtualClock): StageCaller => {
	const direct = directCaller(clock);
	const calls: RemoteCall[] = [];
	let isSilent = false;
	let planned: PlannedFault | null = null;
	return {
		...direct,
		calls,
		get operations() {
			return calls.map(({ operation }) => operation);
		},
		failNext: (fault) => {
			planned = fault;
		},
		silence: () => {
			isSilent = true;
		},
		call: async (call, effect) => {
			calls.push(call);
			const fault = planned?.matches(call.operation) ? planned : null;
			if (fault !== null) planned = null;
			if (isSilent || fault?.moment === "before-effect") throw new Error("The request was lost.");
			const answer = await direct.call(call, effect);
			if (fault !== null) throw new Error("The answer was lost.");
			return answer;
		},
	};
};

/** A world on fake time, somebody who calls into it, and a service that is not enrolled yet. */
export interface Stage {
	readonly clock: VirtualClock;
	readonly world: World;
	readonly caller: StageCaller;
	readonly definition: BalancedDefinition;
	/** Enrols the definition with usual figures: 4 pods, 100 requests per second. */
	enrol(overrides?: Partial<Parameters<World["enrol"]>[1]>): void;
	/** Lets this much time pass. */
	pass(seconds: number): Promise<void>;
}

/** Builds a stage; the same seed gives the same run. */
export const makeStage = (
	overrides: Partial<WorldOptions> = {},
	definitionOverrides: Partial<BalancedDefinition> = {},
	seed = 1,
): Stage => {
	const clock = new VirtualClock(startEpochMs);
	const definition = contractDefinition(definitionOverrides);
	const world = makeWorld({
		timers: clock,
		random: randomOf(seed),
		hooks: { emit: () => {} },
		region: "eu-central-1",
		account: "111122223333",
		...overrides,
	});
	return {
		clock,
		world,
		caller: stageCaller(clock),
		definition,
		enrol: (enrolment = {}) =>
			world.enrol(definition, { imageDigest: digestOf("a"), replicas: 4, requestsPerSecond: 100, ...enrolment }),
		pass: async (seconds) => {
			await clock.run(clock.nowEpochMs() + seconds * 1_000);
		},
	};
};
