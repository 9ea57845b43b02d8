import type { RolloutVerb } from "../../lib/domain/command.ts";
import type { LifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import type { Outcome } from "../../lib/domain/service-state.ts";
import type { VersionBehaviour } from "../world/versions.ts";

/** What a story can reach while it runs. */
export interface Stage {
	/** Changes how the new version behaves, from now on. */
	changeCandidate(behaviour: Partial<VersionBehaviour>): void;
	/** Runs something later, in virtual seconds. */
	after(seconds: number, run: () => void): void;
	/** Sends a command for the rollout under way, as a person would; for one question where that is named. */
	command(verb: RolloutVerb, by: string, askedAtEpochMs?: number): void;
}

/** What is known when a story has ended, for promises that are the story's own. */
export interface Ending {
	readonly canaryRequests: number;
	readonly alarmTurnedRed: boolean;
	/** Weight at which the rollback began, percent; null where there was none. */
	readonly weightAtRollbackPercent: number | null;
}

/** A story with a beginning and an expected end. Its name is what people type. */
export interface Scenario {
	readonly name: string;
	readonly story: string;
	/** A service of the rehearsed configuration. */
	readonly service: string;
	readonly expected: Outcome;
	/** A single fault that befalls it, as the enumeration names it; none where absent. */
	readonly fault?: string;
	/** How the new version behaves at first; healthy where nothing is said. */
	readonly candidate: Partial<VersionBehaviour>;
	/** What people and the world do when something happens. */
	react(event: LifecycleEvent, stage: Stage): void;
	/** Promises of this story beyond its end, each broken one as a sentence. */
	broken(ending: Ending): readonly string[];
}

/** Time an approver takes who is at work. */
const approvalSeconds = 90;

/** Answers whatever is asked, as a release manager does who is at work: approves, and resumes what was paused. */
export const approvePromptly = (event: LifecycleEvent, stage: Stage): void => {
	if (event.kind !== "rollout.paused.v1") return;
	const verb = event.detail.reason === "approval" ? "approve" : "resume";
	stage.after(approvalSeconds, () => stage.command(verb, "release-manager", event.detail.atEpochMs));
};
