import type { Cancel } from "../kernel/timers.ts";
import type { Execution } from "./execution.ts";
import { TaskFailure } from "./task-failure.ts";

/**
 * One attempt at a task. It is over when its work is done, when its time is up, or when its execution ends,
 * whichever is first; what the work does or answers later is ignored.
 */
export class Attempt {
	readonly #execution: Execution;
	readonly #cleanups: (() => void)[] = [];
	#isOver = false;

	constructor(execution: Execution) {
		this.#execution = execution;
	}

	get isOver(): boolean {
		return this.#isOver;
	}

	/** Runs once when the attempt is over, however it came to be. */
	whenOver(cleanup: () => void): void {
		this.#cleanups.push(cleanup);
	}

	/** Resolves when the time has passed; never, when the attempt is over before. */
	sleep(delayMs: number): Promise<void> {
		if (delayMs <= 0) return Promise.resolve();
		return new Promise((resolve) => {
			if (!this.#isOver) this.whenOver(this.#execution.after(delayMs, resolve));
		});
	}

	/**
	 * Does the work within a time limit; null means without one. Never settles when the execution ends first.
	 * @throws TaskFailure States.Timeout, without a cause, when the time is up.
	 */
	run<T>(timeoutSeconds: number | null, work: () => Promise<T>): Promise<T> {
		return new Promise<T>((resolve, reject) => {
			const finish = (settle: () => void): void => {
				if (this.#isOver) return;
				this.#isOver = true;
				for (const cleanup of this.#cleanups) cleanup();
				settle();
			};
			const forgetEnd: Cancel = this.#execution.onEnd(() => finish(() => {}));
			this.whenOver(forgetEnd);
			if (timeoutSeconds !== null) {
				const timeOut = (): void => finish(() => reject(new TaskFailure("States.Timeout")));
				this.whenOver(this.#execution.after(timeoutSeconds * 1000, timeOut));
			}
			work().then(
				(value) => finish(() => resolve(value)),
				(error: unknown) => finish(() => reject(error)),
			);
		});
	}
}
