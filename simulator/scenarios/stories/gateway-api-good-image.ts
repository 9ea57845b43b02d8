import { approvePromptly, type Scenario } from "../scenario.ts";

/** The same as beside a load balancer: only the router is another one. */
export const gatewayApiGoodImage: Scenario = {
	name: "gateway-api-good-image",
	story:
		"A healthy version of a service that other pods call takes over, step by step, by the weights of an HTTPRoute.",
	environment: "staging",
	service: "prices",
	expected: "promoted",
	candidate: {},
	enrolment: { inClusterRequestsPerSecond: 0 },
	react: approvePromptly,
	broken: ({ canaryRequests }) => (canaryRequests > 0 ? [] : ["The new version never served a request."]),
};
