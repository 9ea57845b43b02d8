import type { ServiceState } from "../../lib/domain/service-state.ts";
import { createAlarms, type SimulatedAlarms } from "../alarms/alarm-clock.ts";
import { createMetricStore, type MetricStore } from "../alarms/metric-store.ts";
import { createEngine, type Engine } from "../asl/engine.ts";
import type { EngineHooks } from "../asl/engine-hooks.ts";
import { type Buses, createBuses, type Interference, type PlannedDelivery } from "../events/bus.ts";
import { type BusEvent, busEventOf, type EventContent } from "../events/bus-event.ts";
import { parseSchedule } from "../events/schedule-expression.ts";
import { drawLatencyMs } from "../fakes/latency-draw.ts";
import { fakeTelemetry, type RecordedTelemetry } from "../fakes/telemetry.ts";
import type { LambdaService } from "../kernel/lambda-service.ts";
import { randomOf } from "../kernel/random.ts";
import { VirtualClock } from "../kernel/timers.ts";
import { makeWorld, type World } from "../world/world.ts";
import { type Authority, authorityOf } from "./authority.ts";
import { type Receivers, targetsOf } from "./deliveries.ts";
import { statesHooks } from "./engine-hooks.ts";
import { type MachineRoomHooks, makeMachineRoom } from "./machine-room.ts";
import type { Prepared } from "./prepare.ts";

/** Every run begins on the same Monday morning: time of day is part of what a seed decides. */
export const startEpochMs = 1_767_603_600_000;

export interface SystemHooks extends MachineRoomHooks {
	/** Told of every event that anybody puts on a bus. */
	onEvent?(busName: string, event: BusEvent): void;
	/** After each write to the record of a service. */
	onStateWritten?(state: ServiceState): void;
	/** What befalls an event on its way to one target. */
	interfere?(delivery: PlannedDelivery): Interference;
	readonly onStateEntered?: NonNullable<EngineHooks["onStateEntered"]>;
	onDeadLetter?(queueName: string): void;
	onNotification?(topicName: string, payload: unknown): void;
}

/** A deployed Sluice in a world of its own, on fake time. One seed decides everything. */
export interface System {
	readonly clock: VirtualClock;
	readonly world: World;
	readonly engine: Engine;
	readonly lambda: LambdaService;
	readonly alarms: SimulatedAlarms;
	readonly metrics: MetricStore;
	readonly buses: Buses;
	readonly authority: Authority;
	readonly telemetry: RecordedTelemetry;
	/** Puts an event on a bus, as a product or a person does. */
	emit(busName: string, content: EventContent): void;
	/** Ends what would tick for ever. */
	stop(): void;
}

const addRules = (buses: Buses, receivers: Receivers): void => {
	for (const rule of receivers.deployment.rules) {
		const targets = targetsOf(receivers, rule);
		if (rule.scheduleExpression === null)
			buses.addRule(rule.busName, { name: rule.name, pattern: rule.pattern, targets });
		else buses.addSchedule({ name: rule.name, everySeconds: parseSchedule(rule.scheduleExpression), targets });
	}
};

/** Builds what the template describes, and the world around it. Nothing happens until the clock runs. */
export const makeSystem = ({ deployment, machines, code }: Prepared, seed: number, hooks: SystemHooks = {}): System => {
	const clock = new VirtualClock(startEpochMs);
	const random = randomOf(seed);
	const latencies = random.stream("latencies");
	const latency = (operation: string): number => drawLatencyMs(operation, latencies);
	const authority = authorityOf(deployment);
	const metrics = createMetricStore();
	const telemetry = fakeTelemetry(() => clock.nowEpochMs());
	const eventIds = random.stream("event-ids");
	const put = (busName: string, event: BusEvent): void => {
		hooks.onEvent?.(busName, event);
		buses.put(busName, event);
	};
	const emit = (busName: string, content: EventContent): void => put(busName, busEventOf(content, eventIds));
	const onDeadLetter = (queueArn: string): void => {
		const name = deployment.queues.get(queueArn) ?? queueArn;
		metrics.put(
			{ namespace: "AWS/SQS", name: "ApproximateNumberOfMessagesVisible", dimensions: { QueueName: name } },
			{ atEpochMs: clock.nowEpochMs(), sum: 1, count: 1, min: 1, max: 1 },
		);
		hooks.onDeadLetter?.(name);
	};
	const buses: Buses = createBuses({
		timers: clock,
		random: random.stream("buses"),
		account: deployment.account,
		region: deployment.region,
		latencyMs: () => latency("events:Delivery"),
		onDeadLetter,
		interfere: (delivery) => hooks.interfere?.(delivery) ?? {},
	});
	const world = makeWorld({
		timers: clock,
		random: random.stream("world"),
		hooks: { emit, onStateWritten: (state) => hooks.onStateWritten?.(state) },
		region: deployment.region,
		account: deployment.account,
		metrics,
		...(deployment.tableNames[0] === undefined ? {} : { tableName: deployment.tableNames[0] }),
		...(deployment.bucketNames[0] === undefined ? {} : { bucketName: deployment.bucketNames[0] }),
	});
	const alarms = createAlarms({
		timers: clock,
		metrics,
		random: random.stream("alarms"),
		onStateChange: (event) => put("default", event),
	});
	const lambda = makeMachineRoom({
		...hooks,
		timers: clock,
		deployment,
		authority,
		code,
		surroundings: () => ({ world, engine, alarms, metrics, telemetry }),
		latencyMs: latency,
		onDeadLetter,
	});
	const engine: Engine = createEngine({
		timers: clock,
		random: random.stream("states"),
		hooks: statesHooks({
			lambda,
			authority,
			latencyMs: latency,
			emit,
			deployment,
			nowEpochMs: () => clock.nowEpochMs(),
			...(hooks.onStateEntered === undefined ? {} : { onStateEntered: hooks.onStateEntered }),
		}),
		keepsHistory: false,
	});
	for (const machine of machines) engine.register(machine);
	for (const busName of deployment.busNames) buses.addBus(busName);
	addRules(buses, { deployment, authority, engine, lambda, onNotification: hooks.onNotification ?? (() => {}) });
	for (const alarm of deployment.alarms) alarms.add(alarm.properties, alarm.arn);
	const stop = (): void => {
		world.stop();
		alarms.stop();
	};
	return { clock, world, engine, lambda, alarms, metrics, buses, authority, telemetry, emit, stop };
};
