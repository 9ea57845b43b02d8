import type { RedAlarm } from "../../lib/ports/alarms.ts";
import type { BusEvent } from "../events/bus-event.ts";
import type { Random } from "../kernel/random.ts";
import type { Cancel, Timers } from "../kernel/timers.ts";
import { createAlarmEvaluator } from "./alarm.ts";
import { configurationOf } from "./alarm-configuration.ts";
import { alarmNameOf, readActions, readAlarmDefinition, sharedNames } from "./alarm-definition.ts";
import { AlarmProperties } from "./alarm-properties.ts";
import { reasonOf } from "./alarm-reason.ts";
import { createAlarmRegister } from "./alarm-register.ts";
import { type CompositeRule, parseCompositeRule } from "./composite-rule.ts";
import type { MetricStore } from "./metric-store.ts";
import type { AlarmState } from "./missing-data.ts";

export interface AlarmsOptions {
	readonly timers: Timers;
	readonly metrics: MetricStore;
	/** Decides at which moment within its interval each alarm is evaluated. */
	readonly random: Random;
	/** Receives the event "CloudWatch Alarm State Change" of every change, to be put on the default bus. */
	onStateChange(event: BusEvent): void;
	/** Runs an action of the state that an alarm enters, unless its actions are disabled. */
	onAction?(actionArn: string, event: BusEvent): void;
}

type Fields = Readonly<Record<string, unknown>>;

/** The CloudWatch alarms of one account and region. */
export interface SimulatedAlarms {
	/** Adds an AWS::CloudWatch::Alarm. @throws InvalidAlarmError, InvalidExpressionError naming what is not supported. */
	add(properties: Fields, arn: string): void;
	/** Adds an AWS::CloudWatch::CompositeAlarm, after the alarms it names. @throws InvalidAlarmRuleError, InvalidAlarmNameError */
	addComposite(properties: Fields, arn: string): void;
	/** Alarms in ALARM, and since when. */
	red(): readonly RedAlarm[];
	/** @throws InvalidAlarmNameError */
	state(alarmName: string): AlarmState;
	/** SetAlarmState: the state lasts until the next evaluation, which may undo it. @throws InvalidAlarmNameError */
	force(alarmName: string, state: AlarmState, reason?: string): void;
	/** Ends all evaluation; states stay as they are. */
	stop(): void;
}

interface Composite {
	readonly name: string;
	readonly rule: CompositeRule;
}

/** Alarms with a period below a minute are evaluated every 10 s, all others every minute. */
const intervalMs = (periodSeconds: number): number => (periodSeconds < 60 ? 10_000 : 60_000);

/** Runs CloudWatch alarms on the simulator's clock. */
export const createAlarms = (options: AlarmsOptions): SimulatedAlarms => {
	const { timers, metrics, random } = options;
	const register = createAlarmRegister({ ...options, random: random.stream("alarm-events") });
	const composites: Composite[] = [];
	const cancels = new Map<string, Cancel>();

	const judge = ({ name, rule }: Composite): void => {
		const state = rule.holds(register.state) ? "ALARM" : "OK";
		if (state === register.state(name)) return;
		change(name, state, { reason: `Composite rule became ${state === "ALARM" ? "true" : "false"}.` });
	};

	/** Composite alarms follow their children at once; one may be another's child. */
	const change: typeof register.change = (name, state, reason) => {
		if (register.state(name) === state) return;
		register.change(name, state, reason);
		for (const composite of composites) if (composite.rule.alarmNames.includes(name)) judge(composite);
	};

	return {
		add: (properties, arn) => {
			const definition = readAlarmDefinition(properties);
			const { name, actions } = definition;
			const evaluator = createAlarmEvaluator(definition, metrics);
			register.add({ name, arn, actions, configuration: configurationOf(definition) });
			const everyMs = intervalMs(definition.periodSeconds);
			const evaluate = (): void => {
				const nowEpochMs = timers.nowEpochMs();
				cancels.set(name, timers.after(everyMs, evaluate));
				const current = register.state(name);
				const evaluation = evaluator.evaluate(nowEpochMs, current);
				if (evaluation.state === current) return;
				change(name, evaluation.state, reasonOf(definition, evaluation, current, nowEpochMs));
			};
			const phaseMs = Math.floor(random.stream(`alarm ${name}`).between(0, everyMs));
			cancels.set(name, timers.after(phaseMs, evaluate));
		},
		addComposite: (fields, arn) => {
			const properties = new AlarmProperties(alarmNameOf(fields), fields, [...sharedNames, "AlarmRule"]);
			const name = properties.text("AlarmName");
			const alarmRule = properties.text("AlarmRule");
			const composite = { name, rule: parseCompositeRule(alarmRule) };
			for (const child of composite.rule.alarmNames) register.state(child);
			const description = properties.has("AlarmDescription")
				? { description: properties.text("AlarmDescription") }
				: {};
			const configuration = { alarmRule, ...description };
			register.add({ name, arn, actions: readActions(properties), configuration });
			composites.push(composite);
			judge(composite);
		},
		red: register.red,
		state: register.state,
		force: (alarmName, state, reason = "Set by hand") => change(alarmName, state, { reason }),
		stop: () => {
			for (const cancel of cancels.values()) cancel();
		},
	};
};
