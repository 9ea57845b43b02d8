import { describe, expect, it, onTestFinished } from "vitest";
import { InvalidClusterAccessError } from "../../lib/adapters/eks-cluster-access.ts";
import { gatewayTargetHealth } from "../../lib/adapters/gateway-target-health.ts";
import type { KubernetesObject } from "../../lib/adapters/kubernetes-objects.ts";
import { targetHealthContract } from "../contracts/target-health.contract.ts";
import { startGatewayWorld } from "./wire/gateway-world.ts";

const slices = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices";

interface Endpoint {
	readonly addresses: readonly string[];
	readonly conditions?: { readonly ready?: boolean };
	readonly targetRef?: { readonly name: string };
}

const given = async () => {
	const world = await startGatewayWorld();
	onTestFinished(() => world.server.close());
	let made = 0;
	return {
		...world,
		targetHealth: gatewayTargetHealth(world.apiOf),
		slice: (service: string, endpoints: readonly Endpoint[]) => {
			made += 1;
			const labels = { "kubernetes.io/service-name": service };
			const metadata = { name: `${service}-${made}`, namespace: "shop", labels };
			const object: KubernetesObject & { readonly endpoints: readonly Endpoint[] } = { metadata, endpoints };
			world.put(`${slices}/${metadata.name}`, object);
		},
	};
};

targetHealthContract("gatewayTargetHealth", async () => {
	const { server, route, targetHealth, slice } = await given();
	return {
		targetHealth,
		route,
		slot: "green",
		knowsChecks: false,
		register: async (states) =>
			slice(
				"checkout-green",
				states.map((state, index) => ({
					addresses: [`10.0.0.${index}`],
					conditions: { ready: state === "healthy" },
					targetRef: { name: `pod-${index}` },
				})),
			),
		failNextRead: () => server.fail({ kind: "timeout", method: "GET", hasEffect: false }),
	};
});

describe("gatewayTargetHealth", () => {
	it("given pods with two addresses, endpoints without a pod and slices of several pages, counts each once", async () => {
		const { route, targetHealth, slice } = await given();
		const pod = (name: string, address: string) => ({ addresses: [address], targetRef: { name } });
		slice("checkout-green", [pod("a", "10.0.0.1"), pod("b", "10.0.0.2")]);
		slice("checkout-green", [pod("a", "fd00::1"), pod("b", "fd00::2")]);
		slice("checkout-green", [{ addresses: ["10.0.0.3"] }]);

		expect(await targetHealth.count(route, "green")).toEqual({ healthy: 3, unhealthy: 0, failing: 0, unused: 0 });
	});

	it("given endpoints of the other slot only, counts nothing", async () => {
		const { route, targetHealth, slice } = await given();
		slice("checkout-blue", [{ addresses: ["10.0.0.1"] }]);

		expect(await targetHealth.count(route, "green")).toEqual({ healthy: 0, unhealthy: 0, failing: 0, unused: 0 });
	});

	it("given no access, says that asking again is no use", async () => {
		const { route, server, targetHealth } = await given();
		server.fail({ kind: "status", status: 403 });

		await expect(targetHealth.count(route, "green")).rejects.toThrow(InvalidClusterAccessError);
	});
});
