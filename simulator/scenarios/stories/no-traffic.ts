import { hasReached, wasPausedFor } from "../promises.ts";
import { resumeAfter, type Scenario } from "../scenario.ts";

/** Nobody comes at night: nothing is known of the new version, which is neither good nor bad. */
export const noTraffic: Scenario = {
	name: "no-traffic",
	story: "Nobody sends a request, so that nothing is known of the new version; users come, and a person resumes.",
	service: "checkout",
	expected: "promoted",
	slackSeconds: 5_400,
	limitSeconds: 10 * 3_600,
	candidate: {},
	enrolment: { requestsPerSecond: 0, inClusterRequestsPerSecond: 0, podRequestsPerSecond: 20 },
	react: (event, stage) => {
		resumeAfter(3_600, event, stage);
		if (event.kind === "rollout.paused.v1" && event.detail.reason === "no-evidence")
			stage.once("morning", () => stage.after(3_000, () => stage.setUsers(100)));
	},
	broken: (ending) => {
		const [pause] = ending.told("rollout.paused.v1").filter(({ reason }) => reason === "no-evidence");
		const isExplained = String(pause?.explanation ?? "").includes("buckets");
		return [
			...wasPausedFor(ending, "no-evidence"),
			...(isExplained ? [] : [`The pause says "${String(pause?.explanation)}", which does not say what is missing.`]),
			...(hasReached(ending, 100) ? [] : ["It never came to serve everybody."]),
		];
	},
};
