import type { RolloutCommand, RolloutVerb } from "./command.ts";
import { isAmong } from "./identity.ts";
import type { Pause, ServiceState } from "./service-state.ts";
import { revertiblePhases } from "./service-state.ts";
import { someNames } from "./some-names.ts";
import type { Transition } from "./transition.ts";

/** Records what a rollout waits for. A question that comes late finds that a newer one was asked, and changes nothing. */
export const beginPause = (epoch: number, pause: Pause): Transition => ({
	// A write that is sent again, because its answer was lost, finds its own question there and lands once more.
	condition: { epoch, phaseIn: revertiblePhases, askedBeforeEpochMs: pause.sinceEpochMs + 1 },
	set: { pause, askedAtEpochMs: pause.sinceEpochMs },
});

/** Forgets the pause that was answered, and no other that may have begun since. */
export const endPause = (epoch: number, token: string): Transition => ({
	condition: { epoch, phaseIn: revertiblePhases, pauseToken: token },
	set: {},
	remove: ["pause"],
});

/** What a rollout waits to be answered. */
export interface Question {
	readonly token: string;
	readonly askedAtEpochMs: number;
}

export type CommandDecision =
	| { readonly kind: "answer"; readonly rolloutId: string; readonly question: Question }
	| { readonly kind: "roll-back"; readonly rolloutId: string }
	| { readonly kind: "refuse"; readonly reason: string };

const refuse = (reason: string): CommandDecision => ({ kind: "refuse", reason });

/** Whether a command may do what it asks, said as a sentence where it may not. */
export const decideCommand = (state: ServiceState, command: RolloutCommand): CommandDecision => {
	const { rolloutId } = state;
	const wanted = command.rolloutId ?? rolloutId;
	if (wanted === undefined) return refuse("no rollout of this service is under way");
	if (wanted !== rolloutId) return refuse(`rollout ${wanted} is not under way; ${rolloutId ?? "none"} is`);
	if (!revertiblePhases.includes(state.phase))
		return refuse(`the rollout is ${state.phase}; that can no longer be changed`);
	if (command.verb === "abort") return { kind: "roll-back", rolloutId };
	const { pause } = state;
	if (pause === undefined) return refuse("the rollout waits for nobody");
	// Events carry whole seconds, so a command sent in the second of the question is taken for its answer.
	if (command.sentAtEpochMs < Math.floor(pause.sinceEpochMs / 1000) * 1000) {
		return refuse("the command is older than the question; it was delivered twice, or very late");
	}
	const answered = "askedAtEpochMs" in command ? command.askedAtEpochMs : undefined;
	if (answered !== undefined && answered !== pause.sinceEpochMs)
		return refuse("the question that it answers is not asked any more; another one is");
	const expected: RolloutVerb = pause.reason === "approval" ? "approve" : "resume";
	if (command.verb !== expected)
		return refuse(`the rollout is paused (${pause.reason}); allowed are ${expected} and abort`);
	if (pause.approvers.length > 0 && !isAmong(pause.approvers, command.by)) {
		return refuse(`${command.by} may not ${expected} this; allowed are ${someNames(pause.approvers)}`);
	}
	return { kind: "answer", rolloutId, question: { token: pause.token, askedAtEpochMs: pause.sinceEpochMs } };
};
