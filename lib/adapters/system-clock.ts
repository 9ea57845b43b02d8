import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../ports/clock.ts";

/** The machine's own clock. Two machines' clocks are never compared (D4). */
export const systemClock: Clock = {
	nowEpochMs: () => Date.now(),
	sleep: (milliseconds) => wait(milliseconds),
};
