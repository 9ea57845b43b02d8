import type { LifecycleEvent, LifecycleKind } from "../../lib/domain/lifecycle-event.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { Outcome } from "../../lib/domain/service-state.ts";
import type { System } from "../system/make-system.ts";
import type { Enrolment } from "../world/enrolment.ts";
import type { VersionBehaviour } from "../world/versions.ts";
import type { Stage } from "./stage.ts";
import type { Answered, ToldRollout } from "./story.ts";
import type { TimelineEntry } from "./timeline.ts";

/** What is known when a story has ended, for promises that are the story's own. */
export interface Ending {
	/** Requests that a canary has answered, or should have. */
	readonly canaryRequests: number;
	readonly alarmTurnedRed: boolean;
	/** Weight at which the last rollback began, percent; null where there was none. */
	readonly weightAtRollbackPercent: number | null;
	/** All rollouts of the service, in the order in which they were first heard of. */
	readonly rollouts: readonly ToldRollout[];
	readonly timeline: readonly TimelineEntry[];
	/** What was registered. */
	readonly definition: ServiceDefinition;
	/** The world as it is left. */
	readonly system: System;
	/** What Sluice told of one kind. */
	told(kind: LifecycleKind): readonly TimelineEntry[];
	/** What the world or people did of one kind, such as `alarm.changed`. */
	noted(kind: string): readonly TimelineEntry[];
	/** What became of the requests that a version should have answered. */
	requestsOf(version: string): Answered;
}

/** A story with a beginning and an expected end. Its name is what people type. */
export interface Scenario {
	readonly name: string;
	readonly story: string;
	/** A service of the rehearsed configuration. */
	readonly service: string;
	/** The environment file that is deployed, `config/<environment>.yaml`; production where absent. */
	readonly environment?: string;
	/**
	 * How its rollouts end, in the order in which they do; `[]` where none may end, and then `lastsSeconds` says when the
	 * story is over. It is over when so many have ended, nothing runs any more, and `lastsSeconds` have passed.
	 */
	readonly expected: Outcome | readonly Outcome[];
	/** Endings that are as right, where chance or trouble on the way decides between them. */
	readonly orElse?: readonly (readonly Outcome[])[];
	/** Virtual seconds that the story goes on at least; none where absent. */
	readonly lastsSeconds?: number;
	/** How much later it may end where one thing goes wrong: its people may be asked once more, and take their time. */
	readonly slackSeconds?: number;
	/** Virtual seconds after which it is given up; six hours where absent. */
	readonly limitSeconds?: number;
	/** A single fault that befalls it, as the enumeration names it; none where absent. */
	readonly fault?: string;
	/** How the version behaves that is pushed first; healthy where nothing is said. */
	readonly candidate: Partial<VersionBehaviour>;
	/** Identity of whoever pushes; a pipeline's where absent. */
	readonly pusher?: string;
	/** How other versions behave, by name; one that is not named is healthy. `stable` is what serves at first. */
	readonly versions?: Readonly<Record<string, Partial<VersionBehaviour>>>;
	/** What the service is like before the story: pods and users. 10 pods and 100 requests a second where absent. */
	readonly enrolment?: Partial<Enrolment>;
	/** Makes the world before the story in another way than `World.enrol`, such as a service that is not enrolled yet. */
	arrange?(system: System, definition: ServiceDefinition): void;
	/** What the configuration says otherwise than the environment file; what it returns is registered. */
	configure?(definition: ServiceDefinition): ServiceDefinition;
	/** How the story begins; where absent, the candidate is pushed after 30 s. */
	begin?(stage: Stage): void;
	/** What people and the world do when something happens. State of a run belongs to the stage: `stage.once`. */
	react(event: LifecycleEvent, stage: Stage): void;
	/** Promises of this story beyond its end, each broken one as a sentence. */
	broken(ending: Ending): readonly string[];
}

/** The outcomes that a story expects, in order. */
export const expectedOf = ({ expected }: Pick<Scenario, "expected">): readonly Outcome[] =>
	typeof expected === "string" ? [expected] : expected;

/** How a story is to end, in words. */
export const endingOf = (scenario: Pick<Scenario, "expected">): string => expectedOf(scenario).join(", ") || "none";

/** The same service where one approval is enough at once: how late CloudTrail tells who pushed is another story. */
export const acceptingUnknownPushers = (definition: ServiceDefinition): ServiceDefinition => ({
	...definition,
	steps: definition.steps.map(({ approval, ...step }) => ({
		...step,
		approval: approval && { ...approval, onUnknownPusher: "accept" },
	})),
});

/** Time an approver takes who is at work. */
const approvalSeconds = 90;

/** Time after which a colleague is asked, where one approval is not enough: longer than CloudTrail mostly takes. */
export const colleagueSeconds = 1_200;

/** Whoever else may approve does, if the question is still open then. */
const askColleague = (stage: Stage): void => {
	const { service, steps } = stage.definition;
	const pause = stage.system.world.table.get(service)?.pause;
	if (pause?.reason !== "approval" || pause.answers === undefined || pause.answeredBy !== undefined) return;
	const approvers = steps.flatMap(({ approval }) => approval?.approvers ?? []);
	const colleague = approvers.find((name) => name !== releaseManager) ?? "second-pair-of-eyes";
	stage.command("approve", colleague, { askedAtEpochMs: pause.sinceEpochMs });
};

const releaseManager = "release-manager";

/** Answers what is asked after so many seconds, as a release manager does: approves, or resumes what was paused. */
export const answerAfter = (seconds: number, event: LifecycleEvent, stage: Stage): void => {
	if (event.kind === "rollout.approved.v1" && event.detail.approvals < event.detail.approvalsNeeded)
		stage.after(colleagueSeconds, () => askColleague(stage));
	if (event.kind !== "rollout.paused.v1") return;
	const verb = event.detail.reason === "approval" ? "approve" : "resume";
	const { atEpochMs: askedAtEpochMs } = event.detail;
	stage.after(seconds, () => stage.command(verb, releaseManager, { askedAtEpochMs }));
};

/** Answers whatever is asked, as a release manager does who is at work. */
export const approvePromptly = (event: LifecycleEvent, stage: Stage): void =>
	answerAfter(approvalSeconds, event, stage);

/** Approves promptly, and resumes what is paused for any other reason after so many seconds. */
export const resumeAfter = (seconds: number, event: LifecycleEvent, stage: Stage): void => {
	const isApproval = event.kind === "rollout.paused.v1" && event.detail.reason === "approval";
	answerAfter(isApproval ? approvalSeconds : seconds, event, stage);
};
