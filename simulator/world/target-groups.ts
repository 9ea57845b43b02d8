import type { Random } from "../kernel/random.ts";
import type { Cancel, Timers } from "../kernel/timers.ts";
import { Refusal } from "./refusal.ts";
import type { Rotation } from "./slot-arm.ts";

/** As DescribeTargetHealth says it. `unused`: no rule names the group, so nobody checks its targets. */
export type TargetState = "initial" | "healthy" | "unhealthy" | "draining" | "unused";

interface Target {
	state: TargetState;
	stopChecking: Cancel;
	/** When a draining target is gone. */
	goneAtEpochMs: number;
	/** Its pod has crashed; whoever is sent there gets 502. */
	isDead: boolean;
	/** Its pod does not answer health checks. */
	fails: boolean;
}

/** Who says which targets get requests: a load balancer by its health checks, or the endpoints of a Service by readiness. */
export type GroupKind = "checked" | "endpoints";

interface TargetGroup {
	readonly kind: GroupKind;
	readonly targets: Map<string, Target>;
	readonly deregistrationDelayMs: number;
	isInUse: boolean;
	rotation: Rotation;
}

const noRotation: Rotation = { targets: 0, dead: 0 };

export interface TargetGroupsSurroundings {
	readonly timers: Timers;
	readonly random: Random;
	/** Which targets of a group get requests, after each change. */
	onRotationChange(targetGroupArn: string, rotation: Rotation): void;
}

/**
 * Target groups of type ip, whose targets are pods. A ready pod is registered by the controller in the cluster and is
 * healthy after two checks; a pod that goes is deregistered before it stops, as with a preStop pause, and drains.
 * Assumption, nothing published: registration takes 0.5–3 s. Checks come every 5–10 s, the usual settings, and
 * three in a row must fail. A pod that crashes is not ready, so it is deregistered as fast as it was registered.
 *
 * The endpoints of a Service are kept here as well: nobody checks them, a gateway learns of one that is ready within
 * 0.1–2 s. Envoy Gateway's users report "at most 4 s, the vast majority less than 1 s".
 */
export class TargetGroups {
	readonly #around: TargetGroupsSurroundings;
	readonly #groups = new Map<string, TargetGroup>();

	constructor(around: TargetGroupsSurroundings) {
		this.#around = around;
	}

	create(targetGroupArn: string, deregistrationDelaySeconds = 300, kind: GroupKind = "checked"): void {
		const deregistrationDelayMs = deregistrationDelaySeconds * 1_000;
		this.#groups.set(targetGroupArn, {
			kind,
			targets: new Map(),
			deregistrationDelayMs,
			isInUse: kind === "endpoints",
			rotation: noRotation,
		});
	}

	/** Seconds after which a target that goes is forgotten; null where there is no such group. */
	deregistrationDelaySeconds(targetGroupArn: string): number | null {
		const group = this.#groups.get(targetGroupArn);
		return group === undefined ? null : group.deregistrationDelayMs / 1_000;
	}

	/** Registers a target; it is healthy after two checks, if the group is in use. @throws Refusal TargetGroupNotFound. */
	register(targetGroupArn: string, targetId: string): void {
		const group = this.#group(targetGroupArn);
		const target: Target = {
			state: "unused",
			stopChecking: () => {},
			goneAtEpochMs: Number.POSITIVE_INFINITY,
			isDead: false,
			fails: false,
		};
		group.targets.get(targetId)?.stopChecking();
		group.targets.set(targetId, target);
		if (group.isInUse) this.#check(targetGroupArn, target, this.#around.random.between(500, 3_000));
		this.#recount(targetGroupArn);
	}

	/** A target that is in this state already, whatever the checks say. @throws Refusal TargetGroupNotFound. */
	seed(targetGroupArn: string, targetId: string, state: TargetState): void {
		const { deregistrationDelayMs, targets } = this.#group(targetGroupArn);
		const now = this.#around.timers.nowEpochMs();
		const goneAtEpochMs = state === "draining" ? now + deregistrationDelayMs : Number.POSITIVE_INFINITY;
		targets.get(targetId)?.stopChecking();
		targets.set(targetId, { state, stopChecking: () => {}, goneAtEpochMs, isDead: false, fails: false });
		this.#recount(targetGroupArn);
	}

	/** A target gets no new requests, and is gone after the deregistration delay. */
	deregister(targetGroupArn: string, targetId: string): void {
		const group = this.#group(targetGroupArn);
		const target = group.targets.get(targetId);
		if (target === undefined || target.state === "draining") return;
		target.stopChecking();
		target.state = "draining";
		target.goneAtEpochMs = this.#around.timers.nowEpochMs() + group.deregistrationDelayMs;
		this.#recount(targetGroupArn);
	}

	/** The pod behind a target has crashed: requests fail until the controller in the cluster has taken it out. */
	crash(targetGroupArn: string, targetId: string): void {
		const target = this.#group(targetGroupArn).targets.get(targetId);
		if (target === undefined || target.state === "draining") return;
		const { timers, random } = this.#around;
		target.stopChecking();
		target.isDead = true;
		target.stopChecking = timers.after(random.between(500, 3_000), () => this.deregister(targetGroupArn, targetId));
		this.#recount(targetGroupArn);
	}

	/** From now on a target fails its health checks; three in a row take it out of service. */
	failChecks(targetGroupArn: string, targetId: string): void {
		const { kind, targets } = this.#group(targetGroupArn);
		const target = targets.get(targetId);
		if (kind === "endpoints" || target === undefined || target.state === "draining") return;
		const { timers, random } = this.#around;
		target.stopChecking();
		target.fails = true;
		if (target.state === "unused") return;
		target.stopChecking = timers.after(3 * random.between(5_000, 10_000), () => {
			target.state = "unhealthy";
			this.#recount(targetGroupArn);
		});
	}

	/** Says whether any rule names the group; checks begin anew when one does. Groups that nobody created are not ours. */
	setInUse(targetGroupArn: string, isInUse: boolean): void {
		const group = this.#groups.get(targetGroupArn);
		if (group === undefined || group.isInUse === isInUse) return;
		group.isInUse = isInUse;
		for (const target of group.targets.values()) {
			if (target.state === "draining" || target.isDead) continue;
			target.stopChecking();
			if (isInUse) this.#check(targetGroupArn, target, 0);
			else target.state = "unused";
		}
		this.#recount(targetGroupArn);
	}

	/** States of all targets that are registered or draining. @throws Refusal TargetGroupNotFound. */
	states(targetGroupArn: string): readonly TargetState[] {
		return this.targets(targetGroupArn).map(({ state }) => state);
	}

	/** The same with whose they are. @throws Refusal TargetGroupNotFound. */
	targets(targetGroupArn: string): readonly { readonly targetId: string; readonly state: TargetState }[] {
		const { targets } = this.#group(targetGroupArn);
		const now = this.#around.timers.nowEpochMs();
		for (const [targetId, target] of targets) if (target.goneAtEpochMs <= now) targets.delete(targetId);
		return Array.from(targets, ([targetId, { state }]) => ({ targetId, state }));
	}

	/** Ids of the targets that are healthy. @throws Refusal TargetGroupNotFound. */
	healthyIds(targetGroupArn: string): readonly string[] {
		return this.targets(targetGroupArn).flatMap(({ targetId, state }) => (state === "healthy" ? [targetId] : []));
	}

	#group(targetGroupArn: string): TargetGroup {
		const group = this.#groups.get(targetGroupArn);
		if (group === undefined) {
			throw new Refusal("TargetGroupNotFound", `Target group "${targetGroupArn}" does not exist.`);
		}
		return group;
	}

	#check(targetGroupArn: string, target: Target, registrationMs: number): void {
		const { timers, random } = this.#around;
		const isChecked = this.#group(targetGroupArn).kind === "checked";
		target.state = "initial";
		const untilKnownMs = isChecked ? registrationMs + 2 * random.between(5_000, 10_000) : random.between(100, 2_000);
		target.stopChecking = timers.after(untilKnownMs, () => {
			target.state = target.fails ? "unhealthy" : "healthy";
			this.#recount(targetGroupArn);
		});
	}

	#recount(targetGroupArn: string): void {
		const group = this.#group(targetGroupArn);
		const targets = [...group.targets.values()];
		const healthy = targets.filter(({ state }) => state === "healthy");
		const chosen = healthy.length > 0 ? healthy : targets.filter(({ state }) => state === "unhealthy");
		const rotation = { targets: chosen.length, dead: chosen.filter(({ isDead }) => isDead).length };
		if (rotation.targets === group.rotation.targets && rotation.dead === group.rotation.dead) return;
		group.rotation = rotation;
		this.#around.onRotationChange(targetGroupArn, rotation);
	}
}
