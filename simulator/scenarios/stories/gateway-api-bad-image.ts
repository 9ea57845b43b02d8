import { approvePromptly, type Scenario } from "../scenario.ts";

/** Callers in the cluster are on the canary by weight, so what is bad hurts few of them, and goes back by one patch. */
export const gatewayApiBadImage: Scenario = {
	name: "gateway-api-bad-image",
	story: "The new version answers one in five of the requests with errors that an HTTPRoute's weights bring it.",
	environment: "staging",
	service: "prices",
	expected: "rolled-back",
	candidate: { errorRatio: 0.2 },
	enrolment: { inClusterRequestsPerSecond: 0 },
	react: approvePromptly,
	broken: ({ weightAtRollbackPercent }) =>
		weightAtRollbackPercent !== null && weightAtRollbackPercent <= 50
			? []
			: [`It was found at ${weightAtRollbackPercent} %; allowed is 50 % at most.`],
};
