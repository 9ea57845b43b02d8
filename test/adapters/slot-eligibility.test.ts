import { describe, expect, it } from "vitest";
import type { Container, Deployment, PodTemplate, VolumeClaim } from "../../lib/adapters/kubernetes-objects.ts";
import { assertEligible, claimNamesOf } from "../../lib/adapters/slot-eligibility.ts";
import { InvalidWorkloadError } from "../../lib/ports/workloads.ts";
import { checkout, usersDeployment } from "./wire/kubernetes-world.ts";

const app: Container = {
	name: "app",
	image: "checkout:latest",
	resources: { requests: { cpu: "250m", memory: "256Mi" } },
};

const withPods = (pods: Partial<PodTemplate["spec"]>): Deployment => {
	const users = usersDeployment();
	const spec = { containers: [app], ...pods };
	return { ...users, spec: { ...users.spec, template: { ...users.spec.template, spec } } };
};

const claimed = (...accessModes: string[]): VolumeClaim => ({
	metadata: { name: "files", namespace: "shop" },
	spec: { accessModes },
});

const check =
	(deployment: Deployment, hasAutoscaler = false, claim?: VolumeClaim | null) =>
	() =>
		assertEligible(
			deployment.spec.template,
			checkout,
			hasAutoscaler,
			new Map(claim === undefined ? [] : [["files", claim]]),
		);

it("given an ordinary Deployment, agrees", () => {
	expect(check(usersDeployment())).not.toThrow();
});

it("given another container's name, lists those there are", () => {
	const deployment = withPods({ containers: [{ ...app, name: "web" }] });

	expect(check(deployment)).toThrow(InvalidWorkloadError);
	expect(check(deployment)).toThrow(
		'Deployment "shop/checkout" cannot run in two slots: container "app" is missing; allowed is one of "web".',
	);
});

it.each(["containers", "initContainers"] as const)("given a host port in %s, refuses", (field) => {
	const proxy = { ...app, name: "proxy", ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 8081 }] };

	const deployment = withPods(field === "containers" ? { containers: [app, proxy] } : { initContainers: [proxy] });

	expect(check(deployment, true)).toThrow('hostPort of container "proxy" is 8081');
});

describe("volume claims", () => {
	it.each([
		["ReadWriteMany", claimed("ReadWriteMany")],
		["one shared mode among others", claimed("ReadWriteOnce", "ReadOnlyMany")],
	])("given %s, agrees", (_mode, claim) => {
		expect(check(usersDeployment(), false, claim)).not.toThrow();
	});

	it.each([
		["ReadWriteOnce", claimed("ReadWriteOnce")],
		["ReadWriteOncePod", claimed("ReadWriteOncePod")],
		["missing", null],
		["without access modes", claimed()],
	])("given a claim that is %s, refuses", (value, claim) => {
		expect(check(usersDeployment(), false, claim)).toThrow(
			`persistentVolumeClaim "files" is ${value}; allowed is ReadWriteMany or ReadOnlyMany.`,
		);
	});

	it("given volumes of all kinds, names each claim once", () => {
		const deployment = withPods({
			volumes: [
				{ name: "a", persistentVolumeClaim: { claimName: "files" } },
				{ name: "b", persistentVolumeClaim: { claimName: "files" } },
				{ name: "c" },
			],
		});

		expect(claimNamesOf(deployment.spec.template)).toEqual(["files"]);
	});
});

describe("resource requests", () => {
	it.each(["cpu", "memory"])("given no request of %s and no autoscaler, refuses", (resource) => {
		const { [resource]: _, ...requests } = { cpu: "250m", memory: "256Mi" } as Record<string, string>;

		const deployment = withPods({ containers: [{ ...app, resources: { requests } }] });

		expect(check(deployment)).toThrow(`resources.requests.${resource} of container "app" is missing`);
		expect(check(deployment, true)).not.toThrow();
	});

	it("given limits, needs no requests", () => {
		const deployment = withPods({ containers: [{ ...app, resources: { limits: { cpu: "1", memory: "1Gi" } } }] });

		expect(check(deployment)).not.toThrow();
	});

	it("given init containers, asks only those that stay", () => {
		const bare: Container = { name: "setup", image: "setup:1" };

		expect(check(withPods({ initContainers: [bare] }))).not.toThrow();
		expect(check(withPods({ initContainers: [{ ...bare, restartPolicy: "Always" }] }))).toThrow('container "setup"');
	});
});
