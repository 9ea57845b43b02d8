import type { Context } from "aws-lambda";
import { type LifecycleEvent, parseLifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import { type Release, releaseOf } from "../../lib/domain/release.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { SlotName } from "../../lib/domain/slot.ts";
import type { RouterReading } from "../../lib/ports/traffic-router.ts";
import type { SlotWorkload } from "../../lib/ports/workloads.ts";
import { createMetricStore } from "../../simulator/alarms/metric-store.ts";
import type { Engine } from "../../simulator/asl/engine.ts";
import { busEventOf } from "../../simulator/events/bus-event.ts";
import { fakeTelemetry, type RecordedTelemetry } from "../../simulator/fakes/telemetry.ts";
import { type Caller, directCaller } from "../../simulator/kernel/caller.ts";
import { randomOf } from "../../simulator/kernel/random.ts";
import { objectKey } from "../../simulator/world/cluster.ts";
import { Refusal } from "../../simulator/world/refusal.ts";
import { type BalancedDefinition, contractDefinition } from "../contracts/contract-definition.ts";
import { digestOf, makeStage, type Stage } from "../simulator/fakes/stage.ts";
import { answerEngine } from "./answer-engine.ts";
import { functionPorts, type Ports } from "./function-ports.ts";

/** What serves at the start, and what tests push. */
export const stableDigest = digestOf("a");
export const canaryDigest = digestOf("b");
export const nextDigest = digestOf("c");

/** How Lambda calls a handler. */
export type Handler = (event: unknown, context: Context) => unknown;

/** A service in a world, every port of every function, and what came of it. */
export interface FunctionStage extends Pick<Stage, "clock" | "world" | "caller" | "definition" | "pass"> {
	readonly engine: Engine;
	readonly ports: Ports;
	readonly telemetry: RecordedTelemetry;
	/** Lifecycle events on the bus, in their order. */
	readonly said: readonly LifecycleEvent[];
	/** Alarms in ALARM, and since when. */
	readonly red: Map<string, number>;
	/** Tokens that were handed out, by the name of the execution that waits. */
	readonly tokens: ReadonlyMap<string, string>;
	state(): ServiceState;
	/** The release that an image is here: its content is the one that serves at the start. */
	released(imageDigest: string, tag?: string): Release;
	/** The rules as they are configured. */
	rules(): Promise<RouterReading>;
	/** Both slots' workloads as they are, and the slot that in-cluster callers reach. */
	slots(): Promise<Readonly<Record<SlotName, SlotWorkload>> & { readonly inCluster: SlotName | null }>;
	/** Replicas that a slot is scaled to. */
	replicas(slot: "blue" | "green"): number;
	/** Every port again, for functions in a sandbox whose calls pass through another caller. */
	portsFor(caller: Caller): Ports;
	/** Ports in whose sandbox IAM denies what matches. */
	deny(matches: (operation: string) => boolean): Ports;
	/** Invokes a handler and lets it finish. Time passes only where the handler waits. */
	run(handler: Handler, event: unknown, remainingMs?: number): Promise<unknown>;
	/** Pushes an image and answers the event that ECR sends. */
	push(imageDigest: string, tag: string): object;
}

const definitionOfStage: Partial<BalancedDefinition> = {
	measurements: { kind: "custom-metrics", namespace: "Shop", periodSeconds: 10, slowerThanMs: 1_000 },
	steps: [
		{ weightPercent: 25, judgedBy: "comparison", minBakeSeconds: 60, maxBakeSeconds: 300, approval: null },
		{ weightPercent: 100, judgedBy: "guardrails", minBakeSeconds: 60, maxBakeSeconds: 300, approval: null },
	],
	warmupSeconds: 10,
	workload: { ...contractDefinition().workload, inClusterService: "checkout" },
};

/** Waits for a handler while the world stands still, but for the time that the handler itself lets pass. */
const settle = async (stage: Stage, invoked: Promise<unknown>): Promise<unknown> => {
	let isSettled = false;
	const settled = (): void => {
		isSettled = true;
	};
	invoked.then(settled, settled);
	for (let turn = 0; turn < 5 && !isSettled; turn++) await new Promise((resolve) => setImmediate(resolve));
	await stage.clock.run(stage.clock.nowEpochMs() + 3_600_000, () => isSettled);
	return invoked;
};

const denying = (caller: Caller, matches: (operation: string) => boolean): Caller => ({
	...caller,
	call: async (call, effect) => {
		if (matches(call.operation)) throw new Refusal("AccessDenied", `not authorized to perform ${call.operation}`);
		return caller.call(call, effect);
	},
});

/** Builds a stage with the service enrolled: four pods in blue, a hundred requests per second, idle. */
export const functionStage = (overrides: Partial<BalancedDefinition> = {}): FunctionStage => {
	const said: LifecycleEvent[] = [];
	const random = randomOf(1);
	const metrics = createMetricStore();
	const pushed: object[] = [];
	const hooks = {
		emit: (busName: string, content: Parameters<typeof busEventOf>[0]) => {
			const event = busEventOf(content, random);
			if (busName === "default") pushed.push(event);
			else said.push(parseLifecycleEvent(event));
		},
	};
	const stage = makeStage({ hooks, metrics }, { ...definitionOfStage, ...overrides });
	const { clock, world, caller, definition } = stage;
	stage.enrol();
	const { contentHash } = world.table.get(definition.service)?.stableRelease ?? {};
	const { engine, tokens } = answerEngine(clock);
	const red = new Map<string, number>();
	const alarms = { red: () => [...red].map(([name, sinceEpochMs]) => ({ name, sinceEpochMs })) };
	const telemetry = fakeTelemetry(() => clock.nowEpochMs());
	const portsFor = (by: Caller): Ports => functionPorts({ world, engine, alarms, metrics, telemetry }, by);
	const ports = portsFor(caller);
	const unseen = portsFor(directCaller(clock));
	const { workload, service, repositoryName, route } = definition;
	return {
		...stage,
		engine,
		ports,
		telemetry,
		said,
		red,
		tokens,
		state: () => {
			const state = world.table.get(service);
			if (state === null) throw new RangeError(`${service} is not in the table.`);
			return state;
		},
		released: (imageDigest, tag) => releaseOf(imageDigest, tag, contentHash),
		rules: () => unseen.router.read(route),
		slots: async () => ({
			blue: await unseen.workloads.read(workload, "blue"),
			green: await unseen.workloads.read(workload, "green"),
			inCluster: await unseen.workloads.readInClusterService(workload),
		}),
		replicas: (slot) => world.cluster.deployment(objectKey(workload, `${workload.deployment}-${slot}`))?.replicas ?? 0,
		portsFor,
		deny: (matches) => portsFor(denying(caller, matches)),
		run: async (handler, event, remainingMs = 30_000) => {
			const deadlineEpochMs = clock.nowEpochMs() + remainingMs;
			// The handlers ask the context for nothing but the time that is left.
			const context = { getRemainingTimeInMillis: () => deadlineEpochMs - clock.nowEpochMs() } as Context;
			return settle(stage, Promise.resolve(handler(event, context)));
		},
		push: (imageDigest, tag) => {
			world.registry.push(repositoryName, tag, imageDigest, clock.nowEpochMs());
			const event = pushed.at(-1);
			if (event === undefined) throw new RangeError("The registry said nothing of the push.");
			return event;
		},
	};
};
