import type { SlotName } from "../../lib/domain/slot.ts";
import type { Random } from "../kernel/random.ts";
import type { ReadyPods } from "./deployment.ts";
import type { Rate } from "./rate.ts";
import { type Rotation, SlotArm } from "./slot-arm.ts";
import { bucketMs, type SlotBucket } from "./slot-bucket.ts";
import { RunningTally, type Tally } from "./tally.ts";
import type { Versions } from "./versions.ts";

/** Who can answer: the slots, and the user's own pods as they are before Sluice and after it. */
export type ArmName = SlotName | "users";

const armNames: readonly ArmName[] = ["users", "blue", "green"];

/** Users of one service, and what its pods can take. */
export interface ServiceTrafficOptions {
	readonly service: string;
	/** Requests through the load balancer. */
	readonly outside: Rate;
	/** Requests of callers in the cluster, which no weight moves. */
	readonly inCluster: Rate;
	/** Requests of testers, who come the way of users and may be sent elsewhere; none where absent. */
	readonly testers?: Rate;
	/** What one pod can answer at all; an autoscaler aims at 70 % of it. */
	readonly podRequestsPerSecond: number;
	readonly stableSlot: SlotName;
	/** Whether the user's own pods answer as well; then an in-cluster Service that names no slot selects all pods. */
	readonly hasUsersArm?: boolean;
	readonly versions: Versions;
	readonly random: Random;
	nowEpochMs(): number;
}

/** Shares of requests from outside that really went to each slot, from an instant on; 0–1. */
export interface SharesSince {
	readonly atEpochMs: number;
	readonly blue: number;
	readonly green: number;
	/** To the user's own pods, before Sluice and after it. */
	readonly users?: number;
}

/** What users got in the whole run. `sent` is always the sum of the others. */
export interface TrafficTotals {
	readonly sent: number;
	/** Requests that no rule sent to a slot: errors. */
	readonly unrouted: number;
	/** By the role that the answering slot had at that moment. */
	readonly stable: Tally;
	readonly canary: Tally;
	/** By the image that answered, or should have. */
	readonly byDigest: ReadonlyMap<string, Tally>;
}

const autoscalerTarget = 0.7;

/**
 * The users of one service: a Poisson process, integrated lazily and exactly. Whatever changes who answers goes through
 * a method here, which first counts what happened until now; so no request is ever judged by a later world.
 */
export class ServiceTraffic {
	readonly service: string;
	readonly shares: SharesSince[] = [];
	/** The same of testers' requests; empty where there are no testers. */
	readonly testersShares: SharesSince[] = [];
	readonly #options: ServiceTrafficOptions;
	readonly #arms: Readonly<Record<ArmName, SlotArm>>;
	readonly #random: Random;
	readonly #byDigest = new Map<string, RunningTally>();
	readonly #byRole = { stable: new RunningTally(), canary: new RunningTally() };
	#outside: Rate;
	#inCluster: Rate;
	#inClusterSlot: SlotName | null = null;
	#stableSlot: SlotName;
	#sent = 0;
	#unrouted = 0;
	#countedUntilEpochMs: number;

	constructor(options: ServiceTrafficOptions) {
		this.#options = options;
		this.service = options.service;
		this.#random = options.random;
		this.#outside = options.outside;
		this.#inCluster = options.inCluster;
		this.#stableSlot = options.stableSlot;
		const now = options.nowEpochMs();
		this.#countedUntilEpochMs = now;
		const start = now - (now % bucketMs);
		const arm = () => new SlotArm(options.versions, options.random, start);
		this.#arms = { users: arm(), blue: arm(), green: arm() };
	}

	/** Counts what happened since the last call. Spans never cross a bucket, because the tick of each bucket's end calls this. */
	advance(): void {
		const fromEpochMs = this.#countedUntilEpochMs;
		const toEpochMs = this.#options.nowEpochMs();
		if (toEpochMs <= fromEpochMs) return;
		this.#countedUntilEpochMs = toEpochMs;
		const seconds = (toEpochMs - fromEpochMs) / 1_000;
		const middle = (fromEpochMs + toEpochMs) / 2;
		const { users, blue, green } = this.#arms;
		const outside = this.#random.poisson(this.#outside(middle) * seconds);
		const toBlue = this.#random.binomial(outside, blue.share);
		const rest = outside - toBlue;
		const toGreen = blue.share < 1 ? this.#random.binomial(rest, Math.min(1, green.share / (1 - blue.share))) : 0;
		this.#sent += outside;
		const left = 1 - blue.share - green.share;
		const toUsers = users.share > 0 ? this.#random.binomial(rest - toGreen, Math.min(1, users.share / left)) : 0;
		this.#unrouted += rest - toGreen - toUsers;
		this.#serve("users", toUsers, users.rotation, fromEpochMs, toEpochMs);
		this.#serve("blue", toBlue, blue.rotation, fromEpochMs, toEpochMs);
		this.#serve("green", toGreen, green.rotation, fromEpochMs, toEpochMs);
		this.#advanceTesters(fromEpochMs, toEpochMs);
		const inside = this.#random.poisson(this.#inCluster(middle) * seconds);
		this.#sent += inside;
		if (this.#inClusterSlot !== null) this.#serve(this.#inClusterSlot, inside, null, fromEpochMs, toEpochMs);
		else this.#serveFromAnyPod(inside, fromEpochMs, toEpochMs);
	}

	#advanceTesters(fromEpochMs: number, toEpochMs: number): void {
		const { testers } = this.#options;
		const shares = this.testersShares.at(-1);
		if (testers === undefined || shares === undefined) return;
		const seconds = (toEpochMs - fromEpochMs) / 1_000;
		let left = this.#random.poisson(testers((fromEpochMs + toEpochMs) / 2) * seconds);
		this.#sent += left;
		let shareLeft = 1;
		for (const name of armNames) {
			const share = shares[name] ?? 0;
			if (share === 0) continue;
			const portion = this.#random.binomial(left, Math.min(1, share / shareLeft));
			left -= portion;
			shareLeft -= share;
			this.#serve(name, portion, this.#arms[name].rotation, fromEpochMs, toEpochMs);
		}
		this.#unrouted += left;
	}

	/** Callers of a Service that names no slot reach whatever pod is ready. */
	#serveFromAnyPod(inside: number, fromEpochMs: number, toEpochMs: number): void {
		let requestsLeft = inside;
		let podsLeft = this.#readyPods();
		for (const name of armNames) {
			const { readyPods } = this.#arms[name];
			if (podsLeft === 0 || readyPods === 0) continue;
			const portion = readyPods >= podsLeft ? requestsLeft : this.#random.binomial(requestsLeft, readyPods / podsLeft);
			requestsLeft -= portion;
			podsLeft -= readyPods;
			this.#serve(name, portion, null, fromEpochMs, toEpochMs);
		}
		this.#unrouted += requestsLeft;
	}

	#readyPods(): number {
		if (this.#options.hasUsersArm !== true) return 0;
		return armNames.reduce((sum, name) => sum + this.#arms[name].readyPods, 0);
	}

	/** Shares of requests from outside, 0–1 each; what they leave goes to no slot. */
	setShares(blue: number, green: number, users = 0): void {
		const arms = this.#arms;
		const isSame = arms.blue.share === blue && arms.green.share === green && arms.users.share === users;
		if (isSame && this.shares.length > 0) return;
		this.advance();
		this.#arms.users.share = users;
		this.#arms.blue.share = blue;
		this.#arms.green.share = green;
		this.shares.push({ atEpochMs: this.#options.nowEpochMs(), blue, green, ...(users > 0 && { users }) });
	}

	/** The same for requests of testers. */
	setTestersShares(blue: number, green: number, users = 0): void {
		this.advance();
		this.testersShares.push({ atEpochMs: this.#options.nowEpochMs(), blue, green, ...(users > 0 && { users }) });
	}

	/** Targets of a slot that the load balancer chooses among. */
	setRotation(slot: ArmName, rotation: Rotation): void {
		this.advance();
		this.#arms[slot].rotation = rotation;
	}

	/** What is ready in a slot; `imageDigest` is what it should run. */
	setReady(slot: ArmName, imageDigest: string, ready: readonly ReadyPods[]): void {
		this.advance();
		this.#arms[slot].imageDigest = imageDigest;
		this.#arms[slot].ready = ready;
	}

	/** Where the in-cluster Service sends its callers. */
	setInClusterSlot(slot: SlotName | null): void {
		this.advance();
		this.#inClusterSlot = slot;
	}

	/** Roles change at closing: from now on this slot's answers count as stable's. */
	setStableSlot(slot: SlotName): void {
		if (slot === this.#stableSlot) return;
		this.advance();
		this.#stableSlot = slot;
	}

	/** More users, or fewer, from now on. */
	setRates(rates: { readonly outside?: Rate; readonly inCluster?: Rate }): void {
		this.advance();
		this.#outside = rates.outside ?? this.#outside;
		this.#inCluster = rates.inCluster ?? this.#inCluster;
	}

	/** Ends the present bucket of both slots. Call `advance` first. */
	turnBuckets(nextStartEpochMs: number): Readonly<Record<SlotName, SlotBucket>> {
		const { users, blue, green } = this.#arms;
		if (this.#options.hasUsersArm === true) users.turn(nextStartEpochMs);
		return { blue: blue.turn(nextStartEpochMs), green: green.turn(nextStartEpochMs) };
	}

	/** Pods that an autoscaler would want for what a slot gets at this moment; 0 for a slot without requests. */
	neededPods(slot: ArmName): number {
		return Math.ceil(
			this.#demand(slot, this.#options.nowEpochMs()) / (autoscalerTarget * this.#options.podRequestsPerSecond),
		);
	}

	/** Pods without which requests fail that a slot gets at this moment. Counts nothing and draws nothing. */
	fewestPods(slot: ArmName): number {
		return this.#podsThatAnswer(this.#demand(slot, this.#options.nowEpochMs()));
	}

	/** The same for all requests at this moment, whichever slot they go to: what one slot needs that gets them all. */
	podsForEverything(): number {
		const now = this.#options.nowEpochMs();
		return this.#podsThatAnswer(this.#outside(now) + this.#inCluster(now));
	}

	/** What users got until now. */
	totals(): TrafficTotals {
		this.advance();
		return { sent: this.#sent, unrouted: this.#unrouted, ...this.#byRole, byDigest: this.#byDigest };
	}

	/** Ended buckets of a slot, oldest first, for a day at least. */
	buckets(slot: SlotName): readonly SlotBucket[] {
		return this.#arms[slot].closed;
	}

	/** When the last request went to a slot; null where none ever did. */
	lastRequestAtEpochMs(slot: ArmName): number | null {
		this.advance();
		return this.#arms[slot].lastRequestAtEpochMs;
	}

	#demand(slot: ArmName, atEpochMs: number): number {
		const pods = this.#inClusterSlot === null ? this.#readyPods() : 0;
		const share = pods > 0 ? this.#arms[slot].readyPods / pods : this.#inClusterSlot === slot ? 1 : 0;
		const inside = share === 0 ? 0 : this.#inCluster(atEpochMs) * share;
		return this.#outside(atEpochMs) * this.#arms[slot].share + inside + this.#testersAt(atEpochMs, slot);
	}

	#testersAt(atEpochMs: number, slot: ArmName): number {
		const share = this.testersShares.at(-1)?.[slot] ?? 0;
		return share === 0 ? 0 : (this.#options.testers?.(atEpochMs) ?? 0) * share;
	}

	/** Pods that are at their limit with this demand; a last bit of rounding needs no pod of its own. */
	#podsThatAnswer(requestsPerSecond: number): number {
		return Math.ceil(requestsPerSecond / this.#options.podRequestsPerSecond - 1e-9);
	}

	#serve(slot: ArmName, requests: number, rotation: Rotation | null, fromEpochMs: number, toEpochMs: number): void {
		if (requests === 0) return;
		const arm = this.#arms[slot];
		const role = slot === this.#stableSlot || slot === "users" ? this.#byRole.stable : this.#byRole.canary;
		const capacity = arm.readyPods * this.#options.podRequestsPerSecond;
		const demand = this.#demand(slot, (fromEpochMs + toEpochMs) / 2);
		const overload = demand > capacity && demand > 0 ? 1 - capacity / demand : 0;
		arm.serve({ requests, fromEpochMs, toEpochMs, rotation, overload }, (imageDigest, tally) => {
			role.add(tally.good, tally.bad, tally.slow);
			if (imageDigest !== null) this.#tallyOf(imageDigest).add(tally.good, tally.bad, tally.slow);
		});
	}

	#tallyOf(imageDigest: string): RunningTally {
		const found = this.#byDigest.get(imageDigest);
		if (found !== undefined) return found;
		const fresh = new RunningTally();
		this.#byDigest.set(imageDigest, fresh);
		return fresh;
	}
}
