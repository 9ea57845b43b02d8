import type { Tombstone } from "../../lib/domain/enrolment-facts.ts";
import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import type { RolloutRecord } from "../../lib/domain/rollout-record.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { applied, satisfies, type Transition } from "../../lib/domain/transition.ts";
import type { AdmissionTerms } from "../../lib/ports/service-store.ts";
import type { Random } from "../kernel/random.ts";
import type { Timers } from "../kernel/timers.ts";
import { Refusal } from "./refusal.ts";

/** A conditional write failed. Carries the item as DynamoDB returns it; null where there is none. */
export class FailedCondition extends Refusal {
	readonly item: ServiceState | null;
	constructor(item: ServiceState | null) {
		super("ConditionalCheckFailedException", "The conditional request failed.");
		this.item = item;
	}
}

/** A transaction was cancelled: by the release that was there already, by the state, by the seats, or several of them. */
export class CancelledTransaction extends Refusal {
	readonly isReleaseSeen: boolean;
	readonly failedCondition: FailedCondition | null;
	/** Who holds the seats, where none was free. */
	readonly holders: readonly string[] | null;
	constructor(
		isReleaseSeen: boolean,
		failedCondition: FailedCondition | null,
		holders: readonly string[] | null = null,
	) {
		super("TransactionCanceledException", "The transaction was cancelled.");
		this.isReleaseSeen = isReleaseSeen;
		this.failedCondition = failedCondition;
		this.holders = holders;
	}
}

/** What the index will show of one service, from an instant on; null once it is idle. */
interface IndexEntry {
	readonly visibleFromEpochMs: number;
	readonly state: ServiceState | null;
}

export interface StoreTableOptions {
	readonly tableName: string;
	readonly timers: Timers;
	readonly random: Random;
	/** After each write that changed an item. */
	onWrite(state: ServiceState): void;
}

/** Writes to the index appear within this time: usual milliseconds, seconds at worst. Assumption, nothing published. */
const indexLagMs = { from: 5, to: 200 };

/**
 * The service table in DynamoDB: items change one at a time and whole, reads are strongly consistent,
 * the index `busy` lags behind and shows each service's writes in order.
 */
export class StoreTable {
	readonly tableName: string;
	readonly #options: StoreTableOptions;
	readonly #states = new Map<string, ServiceState>();
	readonly #tombstones = new Map<string, Tombstone>();
	readonly #releases = new Set<string>();
	readonly #seats = new Set<string>();
	readonly #pushers = new Map<string, string>();
	readonly #records = new Map<string, RolloutRecord>();
	readonly #index = new Map<string, IndexEntry[]>();

	constructor(options: StoreTableOptions) {
		this.tableName = options.tableName;
		this.#options = options;
	}

	/** PutItem without a condition, as enrolment does; the index shows it at once. */
	put(state: ServiceState): void {
		this.#index.delete(state.service);
		this.#write(state, 0);
	}

	/** What remains of a record that was there before; null where there was none. */
	tombstone(service: string): Tombstone | null {
		return this.#tombstones.get(service) ?? null;
	}

	/** Puts a record where there is none, above every epoch before. @throws CancelledTransaction */
	enrol(state: ServiceState): void {
		const present = this.#states.get(state.service) ?? null;
		const isAbove = (this.tombstone(state.service)?.epoch ?? -1) < state.epoch;
		if (present !== null || !isAbove) throw new CancelledTransaction(false, new FailedCondition(present));
		this.#index.delete(state.service);
		this.#write(state, 0);
	}

	/** Deletes a record that is idle at this epoch and leaves a tombstone. @throws CancelledTransaction */
	withdraw(service: string, tombstone: Tombstone): void {
		const present = this.#states.get(service) ?? null;
		if (present?.epoch !== tombstone.epoch || present.phase !== "idle")
			throw new CancelledTransaction(false, new FailedCondition(present));
		this.#states.delete(service);
		this.#tombstones.set(service, tombstone);
	}

	/** Puts a tombstone in place of another. @throws CancelledTransaction where one of a higher epoch is there. */
	leave(service: string, tombstone: Tombstone): void {
		if ((this.tombstone(service)?.epoch ?? -1) > tombstone.epoch) throw new CancelledTransaction(false, null);
		this.#tombstones.set(service, tombstone);
	}

	get(service: string): ServiceState | null {
		return this.#states.get(service) ?? null;
	}

	/** @throws FailedCondition */
	update(service: string, transition: Transition): ServiceState {
		const state = this.#states.get(service) ?? null;
		if (state === null || !satisfies(state, transition.condition)) throw new FailedCondition(state);
		return this.#change(state, transition);
	}

	/** Writes the state, remembers the image and takes the seat, or does nothing. @throws CancelledTransaction */
	admit(service: string, imageId: string, transition: Transition, { again = false, seat }: AdmissionTerms = {}): void {
		const state = this.#states.get(service) ?? null;
		const isSeen = !again && this.hasAdmitted(service, imageId);
		const isHeld = state !== null && satisfies(state, transition.condition);
		const holders =
			seat === undefined || this.#seats.size < seat.limit || this.#seats.has(seat.rolloutId) ? null : this.seats();
		if (isSeen || !isHeld || holders !== null)
			throw new CancelledTransaction(isSeen, isHeld ? null : new FailedCondition(state), holders);
		this.#releases.add(`${service}#${imageId}`);
		if (seat !== undefined) this.#seats.add(seat.rolloutId);
		this.#change(state, transition);
	}

	hasAdmitted(service: string, imageId: string): boolean {
		return this.#releases.has(`${service}#${imageId}`);
	}

	/** Rollouts that hold a seat. */
	seats(): readonly string[] {
		return [...this.#seats].sort();
	}

	grantSeat(rolloutId: string): void {
		this.#seats.add(rolloutId);
	}

	giveSeatBack(rolloutId: string): void {
		this.#seats.delete(rolloutId);
	}

	/** PutItem under the condition that nobody is known yet. */
	rememberPusher(service: string, imageId: string, by: string): void {
		const key = `${service}#${imageId}`;
		if (!this.#pushers.has(key)) this.#pushers.set(key, by);
	}

	pusherOf(service: string, imageId: string): string | null {
		return this.#pushers.get(`${service}#${imageId}`) ?? null;
	}

	/** What the index shows now, by name of service. */
	queryBusy(): readonly ServiceState[] {
		const now = this.#options.timers.nowEpochMs();
		const busy: ServiceState[] = [];
		for (const [service, entries] of this.#index) {
			while (entries[1] !== undefined && entries[1].visibleFromEpochMs <= now) entries.shift();
			const shown = entries[0];
			if (shown === undefined || shown.visibleFromEpochMs > now) continue;
			if (shown.state !== null) busy.push(shown.state);
			else if (entries.length === 1) this.#index.delete(service);
		}
		return busy.sort((a, b) => (a.service < b.service ? -1 : 1));
	}

	/** PutItem under the condition that there is no such record yet; where there is, nothing changes. */
	append(record: RolloutRecord): void {
		if (!this.#records.has(record.rolloutId)) this.#records.set(record.rolloutId, Object.freeze(record));
	}

	/** What is remembered of a service's rollouts, the newest first. */
	records(service: string): readonly RolloutRecord[] {
		return [...this.#records.values()]
			.map((record) => ({ record, ...parseRolloutId(record.rolloutId) }))
			.filter((found) => found.service === service)
			.sort((a, b) => b.epoch - a.epoch)
			.map(({ record }) => record);
	}

	/** Every service's state, for checkers and reports; no function could read this. */
	states(): readonly ServiceState[] {
		return [...this.#states.values()];
	}

	#change(state: ServiceState, transition: Transition): ServiceState {
		const next = applied(state, transition);
		const { from, to } = indexLagMs;
		this.#write(next, this.#options.random.between(from, to));
		return next;
	}

	#write(state: ServiceState, lagMs: number): void {
		Object.freeze(state);
		this.#states.set(state.service, state);
		const entries = this.#index.get(state.service) ?? [];
		const isKnown = entries.length > 0;
		if (isKnown || state.phase !== "idle") {
			const dueEpochMs = this.#options.timers.nowEpochMs() + lagMs;
			const visibleFromEpochMs = Math.max(dueEpochMs, entries.at(-1)?.visibleFromEpochMs ?? 0);
			entries.push({ visibleFromEpochMs, state: state.phase === "idle" ? null : state });
			this.#index.set(state.service, entries);
		}
		this.#options.onWrite(state);
	}
}
