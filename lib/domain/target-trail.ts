import type { Verdict } from "./verdict.ts";

/** A slot as the load balancer sees it at one look. */
export interface TargetReading {
	readonly healthy: number;
	/** Their health checks fail; targets that have not passed any yet are not among them. */
	readonly failing: number;
	/** No rule names the slot, so nobody checks its targets and nobody is sent there. */
	readonly unused: number;
}

/**
 * What looks at a canary's targets have left behind: since when something is wrong, and how good it has been.
 * Carried from look to look, so it stays small; the same look taken in twice leaves the same trail.
 */
export interface TargetTrail {
	/** Most targets that were healthy at once, as far as that many are still wanted. */
	readonly mostHealthy: number;
	readonly failingSinceEpochMs: number | null;
	readonly emptySinceEpochMs: number | null;
}

/** Before the first look. */
export const noTrail: TargetTrail = { mostHealthy: 0, failingSinceEpochMs: null, emptySinceEpochMs: null };

/** Two looks lie at least this far apart, so nothing healthy for as long was seen by two of them. */
export const emptySeconds = 5;

/** With fewer of its checked targets healthy a slot fails its health checks: one in ten may be a node's fault. */
const minHealthyPercent = 90;

/** With fewer of its wanted pods healthy, once they have been, a slot has lost them: pods that crash leave the group. */
const minKeptPercent = 50;

const failsChecks = ({ healthy, failing }: TargetReading): boolean =>
	failing > 0 && healthy * 100 < (healthy + failing) * minHealthyPercent;

/** Nobody is checked and nobody is sent there: nothing can be said. */
const isUnused = ({ unused }: TargetReading): boolean => unused > 0;

/**
 * Takes in one look. Pods that are added start as `initial` and count as nothing; an autoscaler that wants fewer
 * lowers what counts as kept. `wantedReplicas` is null where it is not known.
 */
export const followTargets = (
	trail: TargetTrail,
	canary: TargetReading,
	wantedReplicas: number | null,
	nowEpochMs: number,
): TargetTrail => {
	if (isUnused(canary)) return noTrail;
	const most = Math.max(trail.mostHealthy, canary.healthy);
	const mostHealthy = wantedReplicas === null ? most : Math.min(most, Math.max(1, wantedReplicas));
	// Not knowing what is wanted, fewer may be what the autoscaler asked for.
	const hasLost = wantedReplicas !== null && canary.healthy * 100 < mostHealthy * minKeptPercent;
	const since = (isSo: boolean, before: number | null): number | null => (isSo ? (before ?? nowEpochMs) : null);
	return {
		mostHealthy,
		failingSinceEpochMs: since(failsChecks(canary) || hasLost || canary.healthy === 0, trail.failingSinceEpochMs),
		emptySinceEpochMs: since(canary.healthy === 0, trail.emptySinceEpochMs),
	};
};

/** A rollback helps nobody where this is what it would lead to. */
const isSick = (stable: TargetReading): boolean => stable.healthy === 0 || stable.failing > stable.healthy;

/**
 * What the trail means (D8): a canary whose health checks have failed for `unhealthySeconds`, or that has had no
 * healthy target at two looks, is harmful, unless stable's targets are no better; then the environment is sick.
 */
export const judgeTargets = (
	trail: TargetTrail,
	canary: TargetReading,
	stable: TargetReading,
	unhealthySeconds: number | undefined,
	nowEpochMs: number,
): Verdict => {
	// Emptiness needs no limit of the user's: whoever is sent there gets an error.
	const hasLasted = (sinceEpochMs: number | null, seconds: number): boolean =>
		sinceEpochMs !== null && nowEpochMs - sinceEpochMs >= seconds * 1000;
	const { failingSinceEpochMs, emptySinceEpochMs } = trail;
	const hasFailed = unhealthySeconds !== undefined && hasLasted(failingSinceEpochMs, unhealthySeconds);
	const isOver = hasFailed || hasLasted(emptySinceEpochMs, emptySeconds);
	if (!isOver || failingSinceEpochMs === null) return { kind: "undecided", reasons: [] };
	const wanted = Math.max(trail.mostHealthy, canary.healthy + canary.failing);
	const failingSeconds = Math.round((nowEpochMs - failingSinceEpochMs) / 1000);
	const reasons = [
		`canary: ${canary.healthy} of ${wanted} targets healthy, too few for ${failingSeconds} s`,
		`stable: ${stable.healthy} of ${stable.healthy + stable.failing}`,
	];
	return { kind: isSick(stable) ? "sick" : "harmful", reasons };
};
