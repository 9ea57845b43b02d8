import type { Approval, Gates, ServiceDefinition, Step, TrafficRoute } from "../service-definition.ts";
import type { SlotName } from "../slot.ts";
import { alarmNameOf } from "./alarm-config.ts";
import { defaultExpiresSeconds } from "./approval-config.ts";
import { InvalidConfigurationError } from "./configuration-error.ts";
import { problemAt } from "./configuration-problem.ts";
import type { EnvironmentConfig } from "./environment-config.ts";
import type { GatesConfig } from "./gates-config.ts";
import type { ServiceConfig } from "./service-config.ts";
import { stageDefaults } from "./stage.ts";
import { resolveHoldback, resolveSteps } from "./steps.ts";

/**
 * What the control plane needs to know of one service: nothing is left to default (D15).
 * @param targetGroupArns - of both slots, where a load balancer is in front; they may be tokens that are resolved at deployment.
 * @throws InvalidConfigurationError when the environment has no such service.
 */
export const compileService = (
	config: EnvironmentConfig,
	service: string,
	targetGroupArns: Readonly<Record<SlotName, string>> | null,
): ServiceDefinition => {
	const settings = Object.hasOwn(config.services, service) ? config.services[service] : undefined;
	if (settings === undefined) {
		const known = Object.keys(config.services).join(", ");
		throw new InvalidConfigurationError([problemAt(config, ["services", service], `one of ${known || "no services"}`)]);
	}
	const { repository, workload, inClusterService, traffic } = settings;
	const { slowerThanMs, ...guardrails } = settings.guardrails;
	const defaults = stageDefaults[config.stage];
	return {
		service,
		environment: config.environment,
		repositoryName: repository.name,
		tagPattern: repository.tagPattern,
		workload: {
			clusterName: config.cluster.name,
			namespace: workload.namespace,
			deployment: workload.deployment,
			container: workload.container,
			repositoryUri: `${config.account}.dkr.ecr.${config.region}.amazonaws.com/${repository.name}`,
			inClusterService: inClusterService === "none" ? null : inClusterService,
			port: workload.port,
			...(workload.liveConfigMaps.length > 0 && { liveConfigMaps: workload.liveConfigMaps }),
		},
		route: routeOf(config, service, settings, targetGroupArns),
		steps: compileSteps(settings, defaults.asksBeforeFirstStep),
		guardrails,
		measurements: { ...sourceOf(settings.measurements), slowerThanMs },
		alarmNames: settings.alarms.map(alarmNameOf),
		onUndecided: settings.onUndecided ?? defaults.onUndecided,
		onNewPush: settings.onNewPush,
		progressDeadlineSeconds: settings.progressDeadlineSeconds,
		windowSeconds: settings.windowSeconds ?? defaults.windowSeconds,
		drainSeconds: drainSecondsOf(traffic),
		warmupSeconds: settings.warmupSeconds,
		// What is not configured is left out: a definition stays what it was, and so does its hash.
		...gatesOf(config.gates, settings.gates),
		...(config.maxConcurrentTrials !== undefined && { maxConcurrentTrials: config.maxConcurrentTrials }),
		...(settings.redBefore === "hold" && { redBefore: settings.redBefore }),
	};
};

/** Nothing begins in anybody's freeze; a service that has windows of its own knows its hours better. */
const gatesOf = (everybody: GatesConfig, own: GatesConfig): { readonly gates?: Gates } => {
	const windows = own.windows ?? everybody.windows ?? [];
	const freezes = [...everybody.freezes, ...own.freezes];
	return windows.length + freezes.length === 0 ? {} : { gates: { windows, freezes } };
};

/** @throws InvalidConfigurationError for a service behind a load balancer whose slots have no target groups. */
const routeOf = (
	config: EnvironmentConfig,
	service: string,
	{ traffic, preview, workload: { namespace, deployment } }: ServiceConfig,
	targetGroupArns: Readonly<Record<SlotName, string>> | null,
): TrafficRoute => {
	if (traffic.router === "gateway-api") {
		const slotServices = { blue: `${deployment}-blue`, green: `${deployment}-green` };
		const { httpRoute } = traffic;
		return { kind: "gateway-api", clusterName: config.cluster.name, namespace, httpRoute, slotServices };
	}
	if (targetGroupArns === null)
		throw new InvalidConfigurationError([
			problemAt(config, ["services", service, "traffic", "router"], "gateway-api where slots have no target groups"),
		]);
	const { listenerArn, basePriority } = traffic;
	return {
		listenerArn,
		basePriority,
		trialPriority: basePriority - 1,
		targetGroupArns,
		...(preview !== undefined && { preview }),
	};
};

/** Clients that resolved names or kept connections before the shift get five minutes at least (D4). */
const drainSecondsOf = (traffic: ServiceConfig["traffic"]): number =>
	traffic.router === "gateway-api"
		? traffic.drainSeconds
		: Math.max(300, traffic.targetGroup.deregistrationDelaySeconds);

const compileSteps = (settings: ServiceConfig, asksBeforeFirstStep: boolean): readonly Step[] =>
	[...resolveHoldback(settings.holdback), ...resolveSteps(settings.strategy, settings.steps)].map((step, position) => ({
		...step,
		approval: approvalBefore(settings, step.weightPercent, position === 0 && asksBeforeFirstStep),
	}));

const approvalBefore = (settings: ServiceConfig, weightPercent: number, isAskedByStage: boolean): Approval | null => {
	if (settings.approvals === undefined)
		return isAskedByStage ? { approvers: [], expiresSeconds: defaultExpiresSeconds } : null;
	const approval = settings.approvals.find(({ beforeWeightPercent }) => beforeWeightPercent === weightPercent);
	if (approval === undefined) return null;
	const { approvers, expiresSeconds, needed, onUnknownPusher } = approval;
	return {
		approvers,
		expiresSeconds,
		...(needed > 1 && { needed }),
		...(onUnknownPusher === "accept" && { onUnknownPusher }),
	};
};

const sourceOf = (measurements: ServiceConfig["measurements"]) => {
	switch (measurements.source) {
		case "custom-metrics":
			return {
				kind: measurements.source,
				namespace: measurements.namespace,
				periodSeconds: measurements.periodSeconds,
			};
		case "application-load-balancer":
			return { kind: measurements.source, namespace: "AWS/ApplicationELB", periodSeconds: measurements.periodSeconds };
	}
};
