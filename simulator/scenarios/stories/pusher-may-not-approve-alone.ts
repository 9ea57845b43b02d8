import type { LifecycleEvent } from "../../../lib/domain/lifecycle-event.ts";
import { unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

const approvers = ["release-manager", "second-pair-of-eyes"];
const secondOpinionSeconds = 1_200;

/** The pusher approves at once and under another role, before anybody knows whose push it was; somebody else later. */
const approveOwn = (event: LifecycleEvent, stage: Stage): void => {
	if (event.kind !== "rollout.paused.v1" || event.detail.reason !== "approval") {
		if (event.kind !== "rollout.approved.v1") approvePromptly(event, stage);
		return;
	}
	const answer = { askedAtEpochMs: event.detail.atEpochMs };
	stage.after(20, () => stage.command("approve", "AROAPEOPLE:release-manager", answer));
	stage.after(secondOpinionSeconds, () => stage.command("approve", "AROAPEOPLE:second-pair-of-eyes", answer));
};

/** Whoever brought a release is an approver of the service as well, and still needs somebody else. */
export const pusherMayNotApproveAlone: Scenario = {
	name: "pusher-may-not-approve-alone",
	story: "Who pushed a version may not be the only one to approve it, not even before it is known who did.",
	service: "checkout",
	expected: "promoted",
	candidate: {},
	pusher: "AROACI:release-manager",
	configure: (definition) => ({
		...definition,
		steps: definition.steps.map((step, index) => ({
			...step,
			approval: index === 0 ? { approvers, expiresSeconds: 86_400 } : null,
		})),
	}),
	react: approveOwn,
	broken: ({ told }) => {
		const people = new Set(told("rollout.approved.v1").map(({ by }) => by));
		const [shifted] = told("rollout.shifted.v1");
		return [
			...unless(people.size === 2, `${people.size} people have approved; both were expected to.`),
			...unless(
				shifted === undefined || shifted.atSeconds > secondOpinionSeconds,
				"The canary was served before anybody but the pusher had agreed.",
			),
		];
	},
};
