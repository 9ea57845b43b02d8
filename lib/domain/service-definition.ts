import type { SlotName } from "./slot.ts";
import type { Weekday } from "./wall-clock.ts";

/** How a step is judged: against the stable slot, or against absolute limits and the clock (D8). */
export type Judge = "comparison" | "guardrails";

/** One weight and its bake. */
export interface Step {
	readonly weightPercent: number;
	readonly judgedBy: Judge;
	/** Shortest time at this weight, even with perfect evidence. */
	readonly minBakeSeconds: number;
	/** Longest time without a verdict; then `onUndecided` applies. */
	readonly maxBakeSeconds: number;
	/** A person must agree before this weight is set; null means nobody is asked. */
	readonly approval: Approval | null;
}

export interface Approval {
	/** Identities that may approve; empty means whoever may send commands. */
	readonly approvers: readonly string[];
	/** How many people must approve; one where absent. */
	readonly needed?: number;
	/** One approval is enough although nobody knows who pushed; where absent, a second one or that knowledge is needed. */
	readonly onUnknownPusher?: "accept";
	/** The question lapses, and the rollout is rolled back, after this time. */
	readonly expiresSeconds: number;
}

/** Absolute limits over a sliding window. A limit acts only where enough requests were seen. */
export interface Guardrails {
	readonly maxErrorPercent: number;
	readonly maxSlowPercent: number;
	readonly windowSeconds: number;
	/** Fewer requests than this in the window decide nothing. */
	readonly minRequests: number;
	/** At least this share must be answered; 0, or absent in older definitions, where nobody looks at it. */
	readonly minAvailabilityPercent?: number | undefined;
	/** Health checks of the canary may fail this long; absent in older definitions, where nobody looks at it. */
	readonly unhealthySeconds?: number | undefined;
}

/** Where the counts come from. */
export interface MeasurementSource {
	readonly kind: "application-load-balancer" | "custom-metrics";
	readonly namespace: string;
	/** One bucket. 60 for load balancer metrics, 10 at least for custom ones. */
	readonly periodSeconds: number;
	/** A slower answer counts as slow. */
	readonly slowerThanMs: number;
}

/** Testers, who meet a new version before its users do: whose requests carry this header with this value. */
export interface Preview {
	readonly header: { readonly name: string; readonly value: string };
}

/** How requests reach a service through a load balancer. Rules are Sluice's, never a template's (D3). */
export interface LoadBalancerRoute {
	/** Absent in definitions from before there was another kind. */
	readonly kind?: "load-balancer";
	readonly listenerArn: string;
	readonly basePriority: number;
	/** One below the base priority, so that it is matched first. */
	readonly trialPriority: number;
	readonly targetGroupArns: Readonly<Record<SlotName, string>>;
	/** Absent where testers are users like all others. */
	readonly preview?: Preview | undefined;
}

/**
 * How requests reach a service through an HTTPRoute of the Gateway API, whether its parent is a Gateway or, for callers
 * in the cluster, a Service. The one rule of it that forwards to the slots is Sluice's to weigh (D3a).
 */
export interface GatewayRoute {
	readonly kind: "gateway-api";
	readonly clusterName: string;
	readonly namespace: string;
	readonly httpRoute: string;
	/** The Services of the two slots, which the rule's backendRefs name. */
	readonly slotServices: Readonly<Record<SlotName, string>>;
}

/** How requests reach a service, and what moves them between its slots. */
export type TrafficRoute = LoadBalancerRoute | GatewayRoute;

/** The user's own workload, which slots are copied from and which no rollout writes (D2). */
export interface WorkloadTarget {
	readonly clusterName: string;
	readonly namespace: string;
	readonly deployment: string;
	readonly container: string;
	readonly repositoryUri: string;
	/** Service that in-cluster callers use and whose selector Sluice moves; null where there is none (D3a). */
	readonly inClusterService: string | null;
	/** ConfigMaps that slots read live, as others change them, instead of a copy that is rolled out with the release. */
	readonly liveConfigMaps?: readonly string[];
	/** Port that target groups and slot Services forward to. */
	readonly port: number;
}

/** A span of the week in which releases may begin. */
export interface DeploymentWindow {
	/** Days on which it begins. */
	readonly days: readonly Weekday[];
	/** `09:00`, on the clock on the wall. */
	readonly from: string;
	/** `16:00`; on the day after where it is not later than `from`. `24:00` is the end of the day. */
	readonly to: string;
	readonly timeZone: string;
}

/** A span of time in which nothing starts; it never holds back a rollback. */
export interface Freeze {
	/** `2026-12-20T00:00`, on the clock on the wall. */
	readonly from: string;
	readonly to: string;
	readonly timeZone: string;
	readonly reason: string;
}

/** Conditions on the way in that the configuration sets. */
export interface Gates {
	/** Empty means at any time. */
	readonly windows: readonly DeploymentWindow[];
	readonly freezes: readonly Freeze[];
}

/** What a push does to the rollout under way: end its window early, wait for its end, or take its place. */
export type OnNewPush = "close-window" | "wait" | "supersede";

/** What alarms do that were red before the first exposure: nothing, or ask a person. */
export type RedBefore = "proceed" | "hold";

/** What a rollout does when a step ends without a verdict, or a step or the window in doubt. */
export type OnUndecided = "pause" | "roll-back" | "promote";

/**
 * Everything Sluice knows of one service: compiled from `config/<environment>.yaml`, stored by content hash,
 * pinned by each rollout, so that editing the file never changes a rollout under way (D15).
 */
export interface ServiceDefinition {
	readonly service: string;
	readonly environment: string;
	readonly repositoryName: string;
	/** Regular expression that a tag must match to be rolled out. */
	readonly tagPattern: string;
	readonly workload: WorkloadTarget;
	readonly route: TrafficRoute;
	readonly steps: readonly Step[];
	readonly guardrails: Guardrails;
	readonly measurements: MeasurementSource;
	readonly alarmNames: readonly string[];
	readonly onUndecided: OnUndecided;
	readonly onNewPush: OnNewPush;
	/** Pods must be ready this long after the canary was applied, else it is rolled back. */
	readonly progressDeadlineSeconds: number;
	readonly windowSeconds: number;
	/** Time old connections get before a slot is scaled down: the deregistration delay, 300 at least. */
	readonly drainSeconds: number;
	/** Right after a change of weight, what is measured for this long is left out: cold caches are not the version's fault (D8). */
	readonly warmupSeconds: number;
	/** Absent where none were configured. */
	readonly gates?: Gates | undefined;
	/** Most rollouts of the environment at once; absent where there is no limit. */
	readonly maxConcurrentTrials?: number | undefined;
	/** Absent means `proceed`. */
	readonly redBefore?: RedBefore | undefined;
}
