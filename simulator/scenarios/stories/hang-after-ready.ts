import { unless, wentBackFor } from "../promises.ts";
import { acceptingUnknownPushers, approvePromptly, type Scenario } from "../scenario.ts";

/** All workers wait for one lock: connections are accepted, health checks have a listener of their own, nobody is answered. */
export const hangAfterReady: Scenario = {
	name: "hang-after-ready",
	story: "The new version stops answering some minutes after it got ready; connections without an answer count as bad.",
	service: "checkout",
	expected: "rolled-back",
	candidate: { hangAfterSeconds: 240, answersChecksWhileHanging: true },
	react: approvePromptly,
	broken: (ending) => {
		const { bad } = ending.requestsOf("candidate");
		return [
			...wentBackFor(ending, "verdict"),
			...unless(bad <= 2_500, `${bad} requests got no answer before anybody noticed; allowed are 2500.`),
		];
	},
};

/** The same where only the load balancer counts: once a minute, and a request that hangs when its idle timeout is over. */
export const hangBehindBalancer: Scenario = {
	...hangAfterReady,
	name: "hang-behind-balancer",
	story: "The new version stops answering, its health checks fail, and only the load balancer counts its requests.",
	candidate: { hangAfterSeconds: 240 },
	configure: (definition) => ({
		// Pods that hung before they had users would never get any.
		...acceptingUnknownPushers(definition),
		measurements: {
			kind: "application-load-balancer",
			namespace: "AWS/ApplicationELB",
			periodSeconds: 60,
			slowerThanMs: definition.measurements.slowerThanMs,
		},
	}),
	broken: (ending) => wentBackFor(ending, "verdict"),
};
