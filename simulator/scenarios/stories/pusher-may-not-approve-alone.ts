import { isSamePerson } from "../../../lib/domain/identity.ts";
import type { LifecycleEvent } from "../../../lib/domain/lifecycle-event.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

const pusher = "AROACI:release-manager";

/** What CloudTrail says of the push, some minutes after ECR. */
const knowPusher = ({ system, definition, digestOf }: Stage): void => {
	const { account, region } = system.world;
	system.emit("default", {
		source: "aws.ecr",
		detailType: "AWS API Call via CloudTrail",
		account,
		region,
		detail: {
			eventSource: "ecr.amazonaws.com",
			eventName: "PutImage",
			userIdentity: { type: "AssumedRole", principalId: pusher },
			responseElements: {
				image: {
					repositoryName: definition.repositoryName,
					imageId: { imageDigest: digestOf("candidate"), imageTag: "v2" },
				},
			},
		},
		atEpochMs: system.clock.nowEpochMs(),
	});
};

/** The pusher approves under another role, which changes nothing; somebody else does it a minute later. */
const approveOwn = (event: LifecycleEvent, stage: Stage): void => {
	if (event.kind !== "rollout.paused.v1" || event.detail.reason !== "approval") {
		approvePromptly(event, stage);
		return;
	}
	const answer = { askedAtEpochMs: event.detail.atEpochMs };
	stage.after(60, () => stage.command("approve", "AROAPEOPLE:release-manager", answer));
	stage.after(120, () => stage.command("approve", "AROAPEOPLE:second-pair-of-eyes", answer));
};

/** Whoever brought a release is an approver of the service as well, and still needs somebody else. */
export const pusherMayNotApproveAlone: Scenario = {
	name: "pusher-may-not-approve-alone",
	story: "Who pushed a version may not be the only one to approve it.",
	service: "checkout",
	expected: "promoted",
	candidate: {},
	configure: (definition) => ({
		...definition,
		steps: definition.steps.map((step, index) => ({
			...step,
			approval: index === 0 ? { approvers: ["release-manager", "second-pair-of-eyes"], expiresSeconds: 86_400 } : null,
		})),
	}),
	react: (event, stage) => {
		if (event.kind === "rollout.started.v1") stage.after(10, () => knowPusher(stage));
		approveOwn(event, stage);
		// Before CloudTrail has told, nobody knows whose approval it is.
		const isKnown = stage.system.world.table.get(stage.definition.service)?.askedBy === pusher;
		if (event.kind === "rollout.approved.v1" && isKnown && isSamePerson(event.detail.by, pusher))
			stage.note("pusher.approved", { by: event.detail.by });
	},
	broken: ({ told, timeline }) => {
		const approvals = told("rollout.approved.v1");
		return [
			...timeline
				.filter(({ kind }) => kind === "pusher.approved")
				.map(({ by }) => `The approval of ${String(by)} was counted, who had pushed it.`),
			...(approvals.length > 0 ? [] : ["Nobody has approved."]),
		];
	},
};
