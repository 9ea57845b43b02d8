import { startEpochMs } from "../../system/make-system.ts";
import { unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

const usual = 100;
const risesFromSeconds = 240;
const risesForSeconds = 600;

/** From usual to three times as much, evenly, while the canary bakes. */
const rising = (atEpochMs: number): number => {
	const part = (atEpochMs - startEpochMs) / 1000 - risesFromSeconds;
	return usual * (1 + 2 * Math.min(1, Math.max(0, part / risesForSeconds)));
};

/** Users come while a version is on trial: both slots grow, and the one that a rollback would use can take them all. */
export const risingLoad: Scenario = {
	name: "rising-load",
	story:
		"Three times as many users come within ten minutes of a rollout; a healthy version is promoted, and nobody waits.",
	service: "checkout",
	expected: "promoted",
	candidate: {},
	enrolment: { requestsPerSecond: rising, maxReplicas: 100, podRequestsPerSecond: 18 },
	react: approvePromptly,
	broken: ({ requestsOf, told }) => {
		const lost = ["stable", "candidate"].map((version) => {
			const { good, bad } = requestsOf(version);
			return unless(
				bad <= 0.005 * (good + bad),
				`${version}: ${bad} of ${good + bad} requests failed; allowed is 0.5 %.`,
			);
		});
		return [
			...lost.flat(),
			...unless(told("rollout.rolled-back.v1").length === 0, "It went back, although more users are no harm."),
		];
	},
};
