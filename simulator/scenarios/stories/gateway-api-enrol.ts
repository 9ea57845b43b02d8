import { backendsOf, routeKey } from "../../world/gateway-routing.ts";
import { insist } from "../enrolling.ts";
import { digestOfVersion } from "../make-stage.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

/** Time until somebody has changed the route's manifest and it was applied. */
const manifestSeconds = 240;

/** The user applies a manifest whose one rule forwards to the slots, or to the user's own Service. */
const point = ({ system: { world }, definition: { route, service } }: Stage, to: "slots" | "users"): void => {
	if (route.kind !== "gateway-api") return;
	const backends = to === "slots" ? backendsOf(route, { blue: 1, green: 0 }) : { [`${service}-own`]: 1 };
	world.httpRoutes.edit(routeKey(route), { backends });
};

/** What Sluice cannot write without somebody's GitOps taking it back, its owner points; the rest is as behind a load balancer. */
export const gatewayApiEnrol: Scenario = {
	name: "gateway-api-enrol",
	story:
		"A service behind an HTTPRoute is enrolled, rolled out once and given back; its owner points the route each time it is asked for.",
	environment: "staging",
	service: "prices",
	expected: "promoted",
	lastsSeconds: 6_000,
	candidate: {},
	arrange: ({ world }, definition) =>
		world.host(definition, {
			imageDigest: digestOfVersion("stable"),
			replicas: 10,
			requestsPerSecond: 100,
			rulePriority: 0,
		}),
	begin: (stage) => {
		stage.after(30, () => insist(stage, { wish: "enrol", fromPriority: null }, () => stage.after(60, stage.push)));
		stage.after(30 + manifestSeconds, () => point(stage, "slots"));
	},
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind !== "rollout.ended.v1") return;
		stage.once("give back", () => {
			stage.after(120, () => insist(stage, { wish: "release", fromPriority: null }));
			stage.after(120 + manifestSeconds, () => point(stage, "users"));
		});
	},
	broken: ({ told, system }) => [
		...(told("service.enrolled.v1").length > 0 ? [] : ["Nobody was told that the service is enrolled."]),
		...(told("service.released.v1").length > 0 ? [] : ["Nobody was told that the service was given back."]),
		...(system.world.table.get("prices") === null ? [] : ["The service is still on record."]),
	],
};
