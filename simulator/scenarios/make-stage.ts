import { createHash } from "node:crypto";
import { type CommandVerb, commandKind } from "../../lib/domain/command.ts";
import { sourceOfPeople } from "../../lib/domain/identity.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { Hand } from "../checkers/checker.ts";
import type { Interference, PlannedDelivery } from "../events/bus.ts";
import type { RemoteCall } from "../kernel/caller.ts";
import type { Fault } from "../kernel/sandbox-host.ts";
import type { System } from "../system/make-system.ts";
import { objectKey } from "../world/cluster.ts";
import type { Scenario } from "./scenario.ts";
import type { CommandDetail, Stage, Trouble } from "./stage.ts";
import type { Story } from "./story.ts";

/** The image that a version is; the two that every story has are told apart at a glance. */
export const digestOfVersion = (version: string): string => {
	if (version === "stable") return `sha256:${"a1".repeat(32)}`;
	if (version === "candidate") return `sha256:${"c7".repeat(32)}`;
	return `sha256:${createHash("sha256").update(version).digest("hex")}`;
};

/** What a story itself puts in the way of calls and deliveries. */
export interface StoryTrouble {
	faultFor(entry: string, call: RemoteCall): Fault | null;
	interfere(delivery: PlannedDelivery): Interference;
}

/** What a stage is made of. */
export interface StageParts {
	readonly scenario: Scenario;
	readonly definition: ServiceDefinition;
	readonly system: System;
	readonly story: Story;
	readonly hands: Set<Hand>;
}

const metricPeriodSeconds = 10;
const secondsBetweenPushes = 0.2;

/** Everything that a story can reach, and the trouble that it makes. */
export const makeStage = ({ scenario, definition, system, story, hands }: StageParts): Stage & StoryTrouble => {
	const { clock, world, engine, alarms, metrics } = system;
	const { service, repositoryName } = definition;
	const done = new Set<string>();
	const troubles: (Trouble & { readonly untilEpochMs: number })[] = [];
	const delays: { readonly matches: (delivery: PlannedDelivery) => boolean; readonly seconds: number }[] = [];
	const after = (seconds: number, run: () => void): void => void clock.after(seconds * 1000, run);
	const changeVersion: Stage["changeVersion"] = (version, behaviour) => {
		const first = version === "candidate" ? scenario.candidate : scenario.versions?.[version];
		story.note("version.changed", { imageDigest: digestOfVersion(version) });
		world.traffic.of(service).advance();
		world.versions.define(digestOfVersion(version), { ...first, ...behaviour });
	};
	const feed: Stage["feed"] = (metric, sum, seconds) => {
		metrics.put(metric, { atEpochMs: clock.nowEpochMs(), sum, count: 1, min: sum, max: sum });
		if (seconds > metricPeriodSeconds)
			after(metricPeriodSeconds, () => feed(metric, sum, seconds - metricPeriodSeconds));
	};
	return {
		definition,
		system,
		get rolloutsStarted() {
			return story.rollouts.filter(({ imageDigest }) => imageDigest !== null).length;
		},
		after,
		once: (name, run) => {
			if (done.has(name)) return;
			done.add(name);
			run();
		},
		note: (kind, detail) => story.note(kind, detail),
		digestOf: digestOfVersion,
		push: (version = "candidate", tag = version === "candidate" ? "v2" : version, times = 1) => {
			const imageDigest = digestOfVersion(version);
			story.note("image.pushed", { imageDigest, tag, ...(times > 1 && { times }) });
			for (let time = 0; time < times; time++)
				after(time * secondsBetweenPushes, () =>
					world.registry.push(repositoryName, tag, imageDigest, clock.nowEpochMs(), scenario.pusher),
				);
		},
		changeVersion,
		changeCandidate: (behaviour) => changeVersion("candidate", behaviour),
		...editsOf(system, story, definition),
		setUsers: (requestsPerSecond) => {
			story.note("users.changed", { requestsPerSecond });
			world.traffic.of(service).setRates({ outside: () => requestsPerSecond });
		},
		command: (verb, by, detail = {}) => sendCommand(system, story, service, verb, by, detail),
		lend: (hand) => void hands.add(hand),
		killExecution: (machine) => {
			hands.add("execution-stopped");
			const rolloutId = world.table.get(service)?.rolloutId ?? "none";
			const found = engine
				.list()
				.findLast(
					({ machineName, status, name, input }) =>
						machineName.endsWith(`-${machine}`) &&
						status === "RUNNING" &&
						`${name} ${JSON.stringify(input)}`.includes(rolloutId),
				);
			story.note("execution.killed", { machine, name: found?.name ?? null });
			if (found !== undefined) engine.stop(found.executionArn);
		},
		turnAlarm: (alarmName, state) => alarms.force(alarmName, state),
		feed,
		loseMetrics: (seconds) => {
			story.note("metrics.lost", { seconds });
			world.traffic.silence(service, clock.nowEpochMs() + seconds * 1000);
		},
		trouble: (trouble) => {
			story.note("calls.failing", { seconds: trouble.seconds, fault: trouble.fault.kind });
			troubles.push({ ...trouble, untilEpochMs: clock.nowEpochMs() + trouble.seconds * 1000 });
		},
		delayDeliveries: (matches, seconds) => void delays.push({ matches, seconds }),
		faultFor: (entry, call) => {
			const now = clock.nowEpochMs();
			return troubles.find(({ untilEpochMs, matches }) => now < untilEpochMs && matches(entry, call))?.fault ?? null;
		},
		interfere: (delivery) => {
			const delay = delays.find(({ matches }) => matches(delivery));
			return delay === undefined ? {} : { delayMs: delay.seconds * 1000 };
		},
	};
};

/** What users edit of their own objects in the cluster. */
const editsOf = (
	{ world }: System,
	story: Story,
	{ workload }: ServiceDefinition,
): Pick<Stage, "setConfiguration" | "changeTemplate"> => ({
	setConfiguration: (name, data) => {
		story.note("configuration.changed", { name, data });
		world.cluster.configMaps.put(objectKey(workload, name), data);
	},
	changeTemplate: (mark) => {
		const users = world.cluster.deployment(objectKey(workload, workload.deployment));
		if (users === null) throw new RangeError(`There is no Deployment ${workload.deployment}.`);
		story.note("template.changed", { mark });
		users.setTemplate(users.imageDigest, { ...users.content, template: mark });
	},
});

const sendCommand = (
	{ world, clock, emit }: System,
	story: Story,
	service: string,
	verb: CommandVerb,
	by: string,
	extra: CommandDetail,
): void => {
	const rolloutId = world.table.get(service)?.rolloutId ?? "none";
	story.note("command.sent", { rolloutId, verb, by });
	const { account, region } = world;
	const [busName = "default"] = story.busNames;
	emit(busName, {
		source: `${sourceOfPeople}${by}`,
		detailType: commandKind(verb),
		account,
		region,
		detail: { service, ...(verb !== "release" && verb !== "retry" && { rolloutId }), ...extra },
		atEpochMs: clock.nowEpochMs(),
	});
};
