import type { LifecycleEvent } from "../../../lib/domain/lifecycle-event.ts";
import type { ServiceDefinition } from "../../../lib/domain/service-definition.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

const approval = { approvers: ["release-manager", "head-of-payments"], needed: 2, expiresSeconds: 86_400 };

const askingTwo = (definition: ServiceDefinition): ServiceDefinition => ({
	...definition,
	steps: definition.steps.map((step, index) => ({ ...step, approval: index === 0 ? approval : null })),
});

/** Both at work: one after a minute and a half, who is impatient and asks once more, and the other a minute later. */
const approveBoth = (event: LifecycleEvent, stage: Stage): void => {
	if (event.kind !== "rollout.paused.v1" || event.detail.reason !== "approval") {
		approvePromptly(event, stage);
		return;
	}
	const answer = { askedAtEpochMs: event.detail.atEpochMs };
	stage.after(90, () => stage.command("approve", "AROAPEOPLE:release-manager", answer));
	stage.after(120, () => stage.command("approve", "AROAPEOPLE:release-manager", answer));
	stage.after(150, () => stage.command("approve", "AROAPEOPLE:head-of-payments", answer));
};

/** Two people must agree, and one of them cannot do it twice. */
export const twoApprovals: Scenario = {
	name: "two-approvals",
	story: "Two people must approve a version before anybody gets it; one who approves twice counts once.",
	service: "checkout",
	expected: "promoted",
	candidate: {},
	configure: askingTwo,
	react: approveBoth,
	broken: ({ told }) => {
		const people = new Set(told("rollout.approved.v1").map(({ by }) => by));
		const [shifted] = told("rollout.shifted.v1");
		const [resumed] = told("rollout.resumed.v1");
		return [
			...(people.size === 2 ? [] : [`${people.size} people have approved; 2 were needed.`]),
			...(shifted !== undefined && resumed !== undefined && shifted.atSeconds < resumed.atSeconds - 60
				? ["The canary was served before both had approved."]
				: []),
		];
	},
};
