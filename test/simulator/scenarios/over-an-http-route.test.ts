import { describe, expect, it } from "vitest";
import { readEnvironmentFile } from "../../../bin/environment-file.ts";
import { synthesize } from "../../../bin/synthesize.ts";
import { parseEnvironmentConfig } from "../../../lib/domain/configuration/environment-config.ts";
import { knownScenarios } from "../../../simulator/scenarios/all-scenarios.ts";
import { runScenario } from "../../../simulator/scenarios/run-scenario.ts";
import type { Scenario } from "../../../simulator/scenarios/scenario.ts";
import { type Prepared, prepare } from "../../../simulator/system/prepare.ts";
import { loadDeployment } from "../../../simulator/template/load-deployment.ts";

const seed = 1;

/** Stories that are about a load balancer, or about what only a service behind one has. */
const ownToLoadBalancers = [
	// They enrol a service with its listener rules; `gateway-api-enrol` is their like.
	"enrol",
	"enrol-and-first-release",
	"enrol-refused",
	"enrol-resumed",
	"enrol-taken-back",
	"autoscalers-meet",
	"release-service",
	// A preview is a listener rule of its own.
	"blue-green-preview",
	"blue-green-preview-aborted",
	"blue-green-preview-bad",
	// A route whose parent is the callers' Service leaves no Service of theirs to set back.
	"gitops-sync",
	"drift-when-idle",
	// Requests that hang before any pod, which only a load balancer counts.
	"hang-behind-balancer",
];

const stories = knownScenarios.filter(
	({ name, environment }) => environment === undefined && !ownToLoadBalancers.includes(name),
);

let prepared: Promise<Prepared> | undefined;

/** config/production.yaml with HTTPRoutes in place of listeners, and the cluster endpoint that those need. */
const production = (): Promise<Prepared> => {
	if (prepared !== undefined) return prepared;
	const { cluster, services, ...rest } = readEnvironmentFile("production");
	const routed = Object.entries(services).map(([name, service]) => [
		name,
		{ ...service, inClusterService: "none", traffic: { router: "gateway-api", httpRoute: name } },
	]);
	const { stacks, region, account } = synthesize(
		parseEnvironmentConfig({
			...rest,
			cluster: { name: cluster.name, endpoint: "public", gatewayApi: true },
			services: Object.fromEntries(routed),
		}),
	);
	prepared = prepare(loadDeployment(stacks, { region, account }));
	return prepared;
};

const overAnHttpRoute = (scenario: Scenario): Scenario => ({
	...scenario,
	enrolment: { ...scenario.enrolment, inClusterRequestsPerSecond: 0 },
});

describe("every story, told over an HTTPRoute instead of a load balancer", () => {
	it.each(stories.map((scenario) => [scenario.name, scenario] as const))(
		"given %s, it ends in the same way and every promise holds",
		{ timeout: 120_000 },
		async (_, scenario) => {
			const result = await runScenario(await production(), overAnHttpRoute(scenario), seed);

			expect(result.broken).toEqual([]);
			expect(result.ok).toBe(true);
		},
	);

	it("given the list of those that cannot be, names only stories that there are", () => {
		const names = knownScenarios.map(({ name }) => name);
		expect(ownToLoadBalancers.filter((name) => !names.includes(name))).toEqual([]);
	});
});
