import { describe, expect, it } from "vitest";
import type { Deployment } from "../../lib/adapters/kubernetes-objects.ts";
import {
	autoscalerChanges,
	deploymentChanges,
	type SlotPlan,
	slotAutoscaler,
	slotContent,
	slotDeployment,
} from "../../lib/adapters/slot-manifests.ts";
import { autoscalerOf, checkout, usersDeployment } from "./wire/kubernetes-world.ts";

const imageDigest = `sha256:${"a".repeat(64)}`;
const plan: SlotPlan = { target: checkout, slot: "green", imageDigest, epoch: 7 };
const slotOf = (users: Deployment, by: SlotPlan = plan): Deployment => slotDeployment(slotContent(users, checkout), by);

describe("a slot's Deployment", () => {
	it("given a Deployment that tools track, takes over its spec and none of their marks", () => {
		const slot = slotOf(usersDeployment());

		expect(slot).toEqual({
			apiVersion: "apps/v1",
			kind: "Deployment",
			metadata: {
				name: "checkout-green",
				namespace: "shop",
				labels: { app: "checkout", "app.kubernetes.io/managed-by": "sluice", "sluice.dev/slot": "green" },
				annotations: { "sluice.dev/epoch": "7" },
			},
			spec: {
				progressDeadlineSeconds: 900,
				strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } },
				selector: { matchLabels: { app: "checkout", "sluice.dev/slot": "green" } },
				template: {
					metadata: {
						labels: { app: "checkout", team: "payments", "sluice.dev/slot": "green" },
						annotations: { "prometheus.io/scrape": "true" },
					},
					spec: {
						containers: [
							{
								...usersDeployment().spec.template.spec.containers[0],
								image: `${checkout.repositoryUri}@${imageDigest}`,
							},
							usersDeployment().spec.template.spec.containers[1],
						],
					},
				},
			},
		});
	});

	it.each([
		"argocd.argoproj.io/tracking-id",
		"kustomize.toolkit.fluxcd.io/checksum",
		"helm.toolkit.fluxcd.io/name",
		"meta.helm.sh/release-name",
		"helm.sh/hook",
		"kubectl.kubernetes.io/last-applied-configuration",
		"kubectl.kubernetes.io/restartedAt",
		"deployment.kubernetes.io/revision",
	])("given the annotation %s on the pods, leaves it out", (annotation) => {
		const users = usersDeployment();
		const metadata = { annotations: { [annotation]: "x", "checksum/config": "abc" } };

		const slot = slotOf({ ...users, spec: { ...users.spec, template: { ...users.spec.template, metadata } } });

		expect(slot.spec.template.metadata?.annotations).toEqual({ "checksum/config": "abc" });
	});

	it("given a paused Deployment, makes a slot that is not", () => {
		const users = usersDeployment();

		const slot = slotOf({ ...users, spec: { ...users.spec, ...{ paused: true } } });

		expect(slot.spec).not.toHaveProperty("paused");
	});

	it("given fields of pods that Sluice does not know, keeps them", () => {
		const users = usersDeployment();
		const spec = { ...users.spec.template.spec, ...{ serviceAccountName: "checkout", topologySpreadConstraints: [] } };

		const slot = slotOf({ ...users, spec: { ...users.spec, template: { ...users.spec.template, spec } } });

		expect(slot.spec.template.spec).toMatchObject({ serviceAccountName: "checkout", topologySpreadConstraints: [] });
	});
});

describe("the content that a slot is made of", () => {
	const contentHash = "c".repeat(64);

	it("given content that was kept, says which on the slot", () => {
		const slot = slotOf(usersDeployment(), { ...plan, contentHash });

		expect(slot.metadata.annotations).toEqual({ "sluice.dev/epoch": "7", "sluice.dev/content": contentHash });
	});

	it("given other content or none in a slot that says which, corrects what it says", () => {
		const live = slotOf(usersDeployment(), { ...plan, contentHash: "d".repeat(64) });
		const path = "/metadata/annotations/sluice.dev~1content";

		expect(deploymentChanges(live, slotOf(usersDeployment(), { ...plan, contentHash }))).toContainEqual({
			op: "add",
			path,
			value: contentHash,
		});
		expect(deploymentChanges(live, slotOf(usersDeployment()))).toContainEqual({ op: "remove", path });
		const never = slotOf(usersDeployment());
		expect(deploymentChanges(never, slotOf(usersDeployment())).map((change) => change.path)).not.toContain(path);
	});
});

describe("changes of a slot's Deployment", () => {
	const live = (spec: Partial<Deployment["spec"]>): Deployment => {
		const slot = slotOf(usersDeployment());
		return { ...slot, spec: { ...slot.spec, ...spec } };
	};

	it("given a field that the user took out, takes it out of the slot", () => {
		const changes = deploymentChanges(live({ minReadySeconds: 30 }), slotOf(usersDeployment()));

		expect(changes).toContainEqual({ op: "remove", path: "/spec/minReadySeconds" });
	});

	it.each([
		[0, [{ op: "replace", path: "/spec/replicas", value: 1 }]],
		[1, []],
		[6, []],
	])("given %i pods, touches their number only where there is none", (replicas, wanted) => {
		const changes = deploymentChanges(live({ replicas }), slotOf(usersDeployment()));

		expect(changes.filter(({ path }) => path === "/spec/replicas")).toEqual(wanted);
	});
});

describe("a slot's autoscaler", () => {
	it("given the user's own, copies what it scales by and starts from one pod", () => {
		const users = autoscalerOf("checkout", "scale-checkout");

		const slot = slotAutoscaler(users, plan);

		expect(slot.metadata.annotations).toEqual({ "sluice.dev/epoch": "7" });
		expect(slot.metadata.labels).not.toHaveProperty(["app.kubernetes.io/instance"]);
		expect(slot.spec).toEqual({
			scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "checkout-green" },
			minReplicas: 1,
			maxReplicas: 12,
			metrics: users.spec.metrics,
		});
	});

	it("given none, scales by CPU and memory, quickly up and slowly down", () => {
		const slot = slotAutoscaler(null, plan);

		expect(slot.spec).toMatchObject({
			minReplicas: 1,
			maxReplicas: 100,
			metrics: [
				{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
				{ type: "Resource", resource: { name: "memory", target: { type: "Utilization", averageUtilization: 80 } } },
			],
			behavior: { scaleUp: { stabilizationWindowSeconds: 180 }, scaleDown: { stabilizationWindowSeconds: 300 } },
		});
	});

	it("given a behaviour that the user took out, takes it out of the slot", () => {
		const changes = autoscalerChanges(
			slotAutoscaler(null, plan),
			slotAutoscaler(autoscalerOf("checkout", "scale-checkout"), plan),
		);

		expect(changes).toContainEqual({ op: "remove", path: "/spec/behavior" });
		expect(changes).toContainEqual({ op: "add", path: "/spec/maxReplicas", value: 12 });
	});
});
