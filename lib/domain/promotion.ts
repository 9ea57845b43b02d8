import type { Transition } from "./transition.ts";

/** Opens the window: the canary serves everything, the old slot stays warm, the base rule is untouched (D4). */
export const promote = (epoch: number, nowEpochMs: number, windowSeconds: number): Transition => ({
	condition: { epoch, phaseIn: ["trial"] },
	set: { phase: "window", weightPercent: 100, windowEndsAtEpochMs: nowEpochMs + windowSeconds * 1000 },
	setIfAbsent: { promotedAtEpochMs: nowEpochMs },
});
