import type { ClusterGroup } from "../domain/cluster-permissions.ts";
import type { CatalogFolder } from "./catalog-bucket.ts";
import type { HistoryUse, TableUse } from "./service-table.ts";
import type { AsynchronousInvocation } from "./sluice-function.ts";
import type { TrafficUse } from "./traffic-access.ts";

/** What a function needs of the world; roles and environment variables are derived from it. */
export interface FunctionNeeds {
	readonly table?: TableUse;
	/** Only beside `table`, whose name it goes by. */
	readonly history?: HistoryUse;
	/** Folders it reads, or `publish` for all of them, to write. */
	readonly catalog?: readonly CatalogFolder[] | "publish";
	readonly traffic?: TrafficUse;
	/** Speaks to the cluster, so it runs in the VPC if the cluster's endpoint is private (D16). */
	readonly cluster?: readonly ClusterGroup[];
	readonly targetHealth?: true;
	readonly registry?: true;
	readonly alarms?: true;
	readonly measurements?: true;
	readonly events?: true;
	readonly rollout?: readonly ("start" | "stop" | "describe" | "answer")[];
	readonly rollback?: readonly ("start" | "describe")[];
}

/** One function: how big, how long at most, who invokes it, what it needs. */
export interface FunctionSettings {
	readonly memoryMb: number;
	readonly timeoutSeconds: number;
	readonly asynchronous: AsynchronousInvocation | "never";
	readonly concurrency: number | "shared";
	readonly needs: FunctionNeeds;
}

const task = (timeoutSeconds: number, needs: FunctionNeeds): FunctionSettings => ({
	memoryMb: 512,
	timeoutSeconds,
	asynchronous: "never",
	concurrency: "shared",
	needs,
});

// A rollout reads the definition it pinned, nothing newer.
const catalog: readonly CatalogFolder[] = ["definitions"];

const cluster: readonly ClusterGroup[] = ["sluice"];

/**
 * Every function of the control plane, by the name of its folder.
 * Memory buys processor time: the two that move traffic get twice as much, because users wait for them.
 */
export const functionSettings = {
	"admit-release": {
		// Not for a push, which takes a second or two, but for the sweep of 1,000 services, ten at a time.
		...task(120, {
			table: "change-and-admit",
			history: "list",
			// Which services there are, and which roll out a repository, is said by names of objects: listed, never read.
			catalog: ["services", "definitions"],
			registry: true,
			// What somebody else has changed of a service that is idle is seen by the sweep.
			traffic: "read",
			// What a release gets besides its image is read and kept there.
			cluster,
			events: true,
			rollout: ["start"],
			// What makes room for a newer release, or for one that a person wants.
			rollback: ["start"],
		}),
		asynchronous: { retryAttempts: 2, maxEventAgeSeconds: 3_600 },
	},
	"prepare-canary": task(60, { table: "read", catalog, cluster, events: true }),
	"open-trial": task(20, { table: "change", catalog, traffic: "open", events: true }),
	"plan-step": task(15, { table: "read", catalog }),
	"ensure-capacity": task(30, { table: "read", catalog, cluster, targetHealth: true }),
	"shift-traffic": {
		...task(20, { table: "change", catalog, traffic: "shift", alarms: true, events: true }),
		memoryMb: 1_024,
	},
	"watch-canary": task(75, {
		table: "read",
		catalog,
		measurements: true,
		alarms: true,
		traffic: "read",
		targetHealth: true,
		events: true,
	}),
	"await-person": task(15, { table: "change", catalog, events: true }),
	"promote-canary": task(15, { table: "change", catalog, events: true }),
	"move-in-cluster-service": task(30, { table: "read", catalog, cluster }),
	"close-rollout": task(30, { table: "change", catalog, traffic: "close", alarms: true, events: true }),
	"retire-slot": task(30, { table: "read", catalog, cluster }),
	"finish-rollout": task(15, { table: "change", history: "append", catalog, alarms: true, events: true }),
	// After the end, so it holds nobody up: it may take its time over a thousand ConfigMaps.
	"collect-contents": task(60, { table: "read", history: "list", catalog: ["services", "definitions"], cluster }),
	"roll-back": {
		...task(10, { table: "change", catalog: ["by-alarm", "services", "definitions"], traffic: "send-back" }),
		memoryMb: 1_024,
		// A hundred rollbacks at once (promise 2), whatever else the account is busy with.
		concurrency: 100,
	},
	"page-operators": task(15, { events: true }),
	"stop-rollout": task(20, { table: "change", catalog, measurements: true, rollout: ["stop"], events: true }),
	"observe-zero": task(20, { table: "change", catalog, measurements: true, events: true }),
	"apply-command": {
		...task(15, { table: "change", rollout: ["answer"], rollback: ["start"], events: true }),
		// Minutes later a person has decided anew.
		asynchronous: { retryAttempts: 2, maxEventAgeSeconds: 300 },
	},
	"reconcile-services": {
		...task(50, {
			table: "change-and-list-busy",
			// An approval may have become enough, or its answer been cut off.
			rollout: ["start", "describe", "answer"],
			rollback: ["start", "describe"],
			events: true,
		}),
		// The next minute brings another look anyway; two failures in a row are worth a dead letter, one is not.
		asynchronous: { retryAttempts: 1, maxEventAgeSeconds: 180 },
	},
	// One step at a time: it looks at everything first, and then changes one thing.
	"enrol-service": task(60, {
		table: "enrol",
		catalog: ["services", "definitions"],
		traffic: "enrol",
		cluster: ["sluice", "sluice-enrolment"],
		events: true,
	}),
	"register-service": task(30, { catalog: "publish" }),
} as const satisfies Readonly<Record<string, FunctionSettings>>;

export type FunctionName = keyof typeof functionSettings;

export const functionNames = Object.keys(functionSettings) as readonly FunctionName[];
