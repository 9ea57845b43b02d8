import { host, insist, usersPriority } from "../enrolling.ts";
import type { Scenario } from "../scenario.ts";

/** A Deployment that has long run becomes the blue slot while its users go on. */
export const enrol: Scenario = {
	name: "enrol",
	story: "A Deployment that has long served behind a rule of its own is enrolled; its users notice nothing.",
	service: "checkout",
	expected: [],
	lastsSeconds: 900,
	candidate: {},
	arrange: host,
	begin: (stage) => stage.after(30, () => insist(stage, { wish: "enrol", fromPriority: usersPriority })),
	react: () => {},
	broken: ({ told, system }) => [
		...(told("service.enrolled.v1").length > 0 ? [] : ["Nobody was told that the service is enrolled."]),
		...(system.world.table.get("checkout")?.phase === "idle" ? [] : ["The service is not on record."]),
	],
};
