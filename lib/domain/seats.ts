import type { ClosedGate } from "./gates.ts";
import { someNames } from "./some-names.ts";

/** The gate that is closed while as many rollouts are under way as an environment allows at once. */
export const seatsGate = "concurrent-trials";

/** What a release without a seat waits for. @param holders - rollouts that have one. */
export const withoutSeat = (holders: readonly string[]): ClosedGate => ({
	kind: "closed",
	gate: seatsGate,
	reason: `As many rollouts are under way as this environment allows at once: ${someNames(holders)}.`,
});
