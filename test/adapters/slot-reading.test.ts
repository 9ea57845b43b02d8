import { expect, it } from "vitest";
import type { Deployment } from "../../lib/adapters/kubernetes-objects.ts";
import { slotAutoscaler, slotContent, slotDeployment } from "../../lib/adapters/slot-manifests.ts";
import { slotReading } from "../../lib/adapters/slot-reading.ts";
import { autoscalerOf, checkout, usersDeployment } from "./wire/kubernetes-world.ts";

const imageDigest = `sha256:${"a".repeat(64)}`;
const plan = { target: checkout, slot: "green", imageDigest, epoch: 7 } as const;
const fresh = slotDeployment(slotContent(usersDeployment(), checkout), plan);
const autoscaler = slotAutoscaler(autoscalerOf("checkout", "scale-checkout"), plan);

const deployment = (spec: Partial<Deployment["spec"]>, status: Deployment["status"] = {}): Deployment => ({
	...fresh,
	metadata: { ...fresh.metadata, generation: 3 },
	spec: { ...fresh.spec, ...spec },
	status,
});
const settled = { observedGeneration: 3, replicas: 4, updatedReplicas: 4, readyReplicas: 4 };

it("given all pods new and ready, is settled", () => {
	const reading = slotReading(checkout, deployment({ replicas: 4 }, settled), autoscaler);

	expect(reading).toEqual({
		wantedReplicas: 4,
		readyReplicas: 4,
		minReplicas: 1,
		imageDigest,
		contentHash: null,
		epoch: 7,
		isSettled: true,
		isScalingAmbiguous: false,
	});
});

it.each([
	["its controller has not seen the change", { ...settled, observedGeneration: 2 }],
	["pods of the old revision are left", { ...settled, replicas: 5 }],
	["not all pods are new", { ...settled, updatedReplicas: 3 }],
	["not all pods are ready", { ...settled, readyReplicas: 3 }],
	["no pod was made yet", { observedGeneration: 3 }],
])("given that %s, is not settled", (_why, status) => {
	const reading = slotReading(checkout, deployment({ replicas: 4 }, status), autoscaler);

	expect(reading.isSettled).toBe(false);
});

it.each([
	["more than the Deployment", 4, 9, 9],
	["fewer, as it is about to scale down", 9, 4, 9],
	["what it wanted before the slot came to rest", 0, 9, 0],
])(
	"given an autoscaler that wants %s, wants the larger of a slot that is awake",
	(_what, replicas, desired, wanted) => {
		const scaled = { ...autoscaler, status: { desiredReplicas: desired } };

		const reading = slotReading(checkout, deployment({ replicas }), scaled);

		expect(reading.wantedReplicas).toBe(wanted);
	},
);

it.each([
	["two mean the same pods", "False", "AmbiguousSelector", 4, true],
	["it is active", "True", "ValidMetricFound", 4, false],
	["it has no metrics", "False", "FailedGetResourceMetric", 4, false],
	["the slot is at rest", "False", "AmbiguousSelector", 0, false],
])("given an autoscaler that says %s, knows whether it stands still", (_what, status, reason, replicas, expected) => {
	const conditions = [
		{ type: "AbleToScale", status: "True" },
		{ type: "ScalingActive", status, reason },
	];

	const reading = slotReading(checkout, deployment({ replicas }), { ...autoscaler, status: { conditions } });

	expect(reading.isScalingAmbiguous).toBe(expected);
});

it("given a Deployment without an epoch, takes it for somebody else's", () => {
	const foreign = { ...fresh, metadata: { name: "checkout-green", namespace: "shop" } };

	expect(slotReading(checkout, foreign, null)).toMatchObject({ imageDigest: null, epoch: 0, wantedReplicas: 0 });
});

it("given an image by tag, knows no digest", () => {
	const { template } = usersDeployment().spec;

	expect(slotReading(checkout, deployment({ template }), autoscaler).imageDigest).toBeNull();
});
