import { loadBalancerRouteOf } from "../../../lib/domain/traffic-route.ts";
import { routingOf } from "../../world/routing.ts";
import { unless, wentBackFor } from "../promises.ts";
import { answerAfter, approvePromptly, type Ending, type Scenario } from "../scenario.ts";

const header = { name: "X-Preview", value: "candidate" };

/** Time that testers take to look at it. */
const testingSeconds = 600;

/** Somebody is asked before everybody moves, and testers have looked at it by then. */
const configure: Scenario["configure"] = (definition) => ({
	...definition,
	route: { ...loadBalancerRouteOf(definition), preview: { header } },
	steps: definition.steps.map((step) => ({ ...step, approval: { approvers: [], expiresSeconds: 86_400 } })),
});

/** Testers' requests that went to the new version, which is in the green slot, before any of users' did. */
const shownFirst = ({ system, definition }: Ending): readonly string[] => {
	const { shares, testersShares } = system.world.traffic.of(definition.service);
	const shownAt = testersShares.find(({ green }) => green === 1)?.atEpochMs ?? Number.POSITIVE_INFINITY;
	const usedAt = shares.find(({ green }) => green > 0)?.atEpochMs ?? Number.POSITIVE_INFINITY;
	return unless(shownAt < usedAt, "Users met the new version before testers had seen it.");
};

const gone = ({ system, definition }: Ending): readonly string[] =>
	unless(routingOf(system.world, definition).preview() === null, "What was shown to testers is still there.");

/** The classic: look at it, agree to it, and only then is anybody else moved. */
export const blueGreenPreview: Scenario = {
	name: "blue-green-preview",
	story:
		"Testers look at a healthy version under the users' own address; somebody agrees, and everybody gets it at once.",
	service: "search",
	expected: "promoted",
	slackSeconds: testingSeconds,
	candidate: {},
	configure,
	begin: (stage) => stage.after(30, () => stage.push("candidate", "release-2")),
	react: (event, stage) => answerAfter(testingSeconds, event, stage),
	broken: (ending) => [...shownFirst(ending), ...gone(ending)],
};

/** What testers see users never do. */
export const blueGreenPreviewAborted: Scenario = {
	name: "blue-green-preview-aborted",
	story: "Testers find that every sixth search fails; whoever is asked aborts, and no user has met the new version.",
	service: "search",
	expected: "rolled-back",
	candidate: { errorRatio: 0.15 },
	configure,
	begin: (stage) => stage.after(30, () => stage.push("candidate", "release-2")),
	react: (event, stage) => {
		if (event.kind !== "rollout.paused.v1") return;
		stage.once("abort", () =>
			stage.after(testingSeconds, () => {
				stage.lend("aborted");
				stage.command("abort", "release-manager");
			}),
		);
	},
	broken: (ending) => [
		...shownFirst(ending),
		...gone(ending),
		...unless(ending.weightAtRollbackPercent === 0, `Users had met it: ${ending.weightAtRollbackPercent} % of them.`),
		...unless(ending.canaryRequests > 0, "No tester has met it."),
		...wentBackFor(ending, "person"),
	],
};

/** Testers are few, and may find nothing. Whoever goes back takes them along. */
export const blueGreenPreviewBad: Scenario = {
	name: "blue-green-preview-bad",
	story: "Testers see nothing wrong, everybody moves and meets errors; everybody goes back, testers included.",
	service: "search",
	expected: "rolled-back",
	candidate: { errorRatio: 0.15 },
	configure,
	begin: (stage) => stage.after(30, () => stage.push("candidate", "release-2")),
	react: approvePromptly,
	broken: (ending) => [...shownFirst(ending), ...gone(ending), ...wentBackFor(ending, "verdict")],
};
