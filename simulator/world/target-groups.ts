import type { Random } from "../kernel/random.ts";
import type { Cancel, Timers } from "../kernel/timers.ts";
import { Refusal } from "./refusal.ts";

/** As DescribeTargetHealth says it. `unused`: no rule names the group, so nobody checks its targets. */
export type TargetState = "initial" | "healthy" | "unhealthy" | "draining" | "unused";

interface Target {
	state: TargetState;
	stopChecking: Cancel;
	/** When a draining target is gone. */
	goneAtEpochMs: number;
}

interface TargetGroup {
	readonly targets: Map<string, Target>;
	readonly deregistrationDelayMs: number;
	isInUse: boolean;
	healthy: number;
}

export interface TargetGroupsSurroundings {
	readonly timers: Timers;
	readonly random: Random;
	/** How many targets of a group get requests, after each change. */
	onHealthyChange(targetGroupArn: string, healthyTargets: number): void;
}

/**
 * Target groups of type ip, whose targets are pods. A ready pod is registered by the controller in the cluster and is
 * healthy after two checks; a pod that goes is deregistered before it stops, as with a preStop pause, and drains.
 * Assumption, nothing published: registration takes 0.5–3 s. Checks come every 5–10 s, the usual settings.
 */
export class TargetGroups {
	readonly #around: TargetGroupsSurroundings;
	readonly #groups = new Map<string, TargetGroup>();

	constructor(around: TargetGroupsSurroundings) {
		this.#around = around;
	}

	create(targetGroupArn: string, deregistrationDelaySeconds = 300): void {
		const deregistrationDelayMs = deregistrationDelaySeconds * 1_000;
		this.#groups.set(targetGroupArn, { targets: new Map(), deregistrationDelayMs, isInUse: false, healthy: 0 });
	}

	/** Registers a target; it is healthy after two checks, if the group is in use. @throws Refusal TargetGroupNotFound. */
	register(targetGroupArn: string, targetId: string): void {
		const group = this.#group(targetGroupArn);
		const target: Target = { state: "unused", stopChecking: () => {}, goneAtEpochMs: Number.POSITIVE_INFINITY };
		group.targets.set(targetId, target);
		if (group.isInUse) this.#check(targetGroupArn, target, this.#around.random.between(500, 3_000));
	}

	/** A target that is in this state already, whatever the checks say. @throws Refusal TargetGroupNotFound. */
	seed(targetGroupArn: string, targetId: string, state: TargetState): void {
		const { deregistrationDelayMs, targets } = this.#group(targetGroupArn);
		const now = this.#around.timers.nowEpochMs();
		const goneAtEpochMs = state === "draining" ? now + deregistrationDelayMs : Number.POSITIVE_INFINITY;
		targets.get(targetId)?.stopChecking();
		targets.set(targetId, { state, stopChecking: () => {}, goneAtEpochMs });
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

	/** Says whether any rule names the group; checks begin anew when one does. Groups that nobody created are not ours. */
	setInUse(targetGroupArn: string, isInUse: boolean): void {
		const group = this.#groups.get(targetGroupArn);
		if (group === undefined || group.isInUse === isInUse) return;
		group.isInUse = isInUse;
		for (const target of group.targets.values()) {
			if (target.state === "draining") continue;
			target.stopChecking();
			if (isInUse) this.#check(targetGroupArn, target, 0);
			else target.state = "unused";
		}
		this.#recount(targetGroupArn);
	}

	/** States of all targets that are registered or draining. @throws Refusal TargetGroupNotFound. */
	states(targetGroupArn: string): readonly TargetState[] {
		const { targets } = this.#group(targetGroupArn);
		const now = this.#around.timers.nowEpochMs();
		for (const [targetId, target] of targets) if (target.goneAtEpochMs <= now) targets.delete(targetId);
		return Array.from(targets.values(), (target) => target.state);
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
		target.state = "initial";
		target.stopChecking = timers.after(registrationMs + 2 * random.between(5_000, 10_000), () => {
			target.state = "healthy";
			this.#recount(targetGroupArn);
		});
	}

	#recount(targetGroupArn: string): void {
		const group = this.#group(targetGroupArn);
		let healthy = 0;
		for (const target of group.targets.values()) if (target.state === "healthy") healthy++;
		if (healthy === group.healthy) return;
		group.healthy = healthy;
		this.#around.onHealthyChange(targetGroupArn, healthy);
	}
}
