import type { Clock } from "../../lib/ports/clock.ts";
import type { Caller } from "../kernel/caller.ts";

/** The simulator's clock as code in a sandbox reads it. */
export const fakeClock = (caller: Caller): Clock => ({
	// Date.now() answers whole milliseconds; the simulator's clock counts fractions.
	nowEpochMs: () => Math.floor(caller.nowEpochMs()),
	sleep: (milliseconds) => caller.sleep(milliseconds),
});
