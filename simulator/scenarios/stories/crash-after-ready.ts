import { unless, wentBackFor } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** A leak, a bad pointer, a job that runs a minute after the start: pods are ready, get their users, and exit. */
export const crashAfterReady: Scenario = {
	name: "crash-after-ready",
	story: "The new version's pods become ready and crash minutes later, over and over; what is gone counts nothing.",
	service: "checkout",
	expected: "rolled-back",
	candidate: { crashAfterSeconds: 150 },
	react: approvePromptly,
	broken: (ending) => {
		const { bad } = ending.requestsOf("candidate");
		return [
			...wentBackFor(ending, "verdict"),
			// Looks are ten seconds apart, two at an empty slot six: at 5 % that is five requests a second.
			...unless(bad <= 300, `${bad} requests failed before anybody noticed; allowed are 300.`),
		];
	},
};
