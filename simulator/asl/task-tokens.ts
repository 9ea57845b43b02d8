import type { Random } from "../kernel/random.ts";
import { uuidOf } from "../kernel/uuid.ts";
import type { JsonValue } from "./json-value.ts";
import { StatesServiceError } from "./states-service-error.ts";
import type { TaskFailure } from "./task-failure.ts";

/** An attempt that waits for its token to come back. */
export interface TokenWaiter {
	succeed(output: JsonValue): void;
	fail(failure: TaskFailure): void;
}

/** Task tokens of one engine: issued once, answered once, remembered for good. */
export class TaskTokens {
	readonly #random: Random;
	/** Null where nothing waits for the token any more. */
	readonly #waiters = new Map<string, TokenWaiter | null>();

	constructor(random: Random) {
		this.#random = random;
	}

	/** A token that nothing waits for yet. */
	issue(): string {
		return `AQCEAAAAKgAAAAMAAAAA${uuidOf(this.#random).replaceAll("-", "")}`;
	}

	wait(token: string, waiter: TokenWaiter): void {
		this.#waiters.set(token, waiter);
	}

	/** From now on the token is refused. */
	giveUp(token: string): void {
		this.#waiters.set(token, null);
	}

	/**
	 * The attempt that waits for this token, which thereby is used up.
	 * @throws StatesServiceError TaskTimedOut for a late or repeated answer, TaskDoesNotExist for a token never issued.
	 */
	redeem(token: string): TokenWaiter {
		const waiter = this.#waiters.get(token);
		if (waiter === undefined) {
			throw new StatesServiceError("TaskDoesNotExist", `Task token "${token}" was never issued.`);
		}
		if (waiter === null) {
			throw new StatesServiceError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'");
		}
		this.giveUp(token);
		return waiter;
	}
}
