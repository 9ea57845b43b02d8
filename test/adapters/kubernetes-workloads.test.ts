import { describe, expect, it, onTestFinished } from "vitest";
import { InvalidClusterAccessError } from "../../lib/adapters/eks-cluster-access.ts";
import type { Autoscaler, Deployment } from "../../lib/adapters/kubernetes-objects.ts";
import { releaseOf } from "../../lib/domain/release.ts";
import { InvalidWorkloadError, WorkloadsUnavailableError } from "../../lib/ports/workloads.ts";
import { workloadsContract } from "../contracts/workloads.contract.ts";
import {
	autoscalerOf,
	checkout,
	type KubernetesWorld,
	pathOf,
	startKubernetesWorld,
	usersDeployment,
} from "./wire/kubernetes-world.ts";

workloadsContract("Kubernetes workloads on the wire", async () => {
	const { server, workloads, want, settle } = await startKubernetesWorld();
	return {
		workloads,
		target: checkout,
		userReplicas: { min: 3, max: 12 },
		want: async (slot, replicas) => want(slot, replicas),
		settle: async (slot) => settle(slot),
		breakDown: async () => server.fail({ kind: "status", status: 503 }),
		close: () => server.close(),
	};
});

const first = releaseOf(`sha256:${"a".repeat(64)}`);
const second = releaseOf(`sha256:${"b".repeat(64)}`);
const green = pathOf.deployment("checkout-green");
const greenAutoscaler = pathOf.autoscaler("checkout-green");

const given = async (): Promise<KubernetesWorld> => {
	const world = await startKubernetesWorld();
	onTestFinished(() => world.server.close());
	return world;
};

describe("writes to the cluster", () => {
	it("given every method, creates or sends a JSON Patch that begins with a test, and never applies replicas of its own", async () => {
		const { server, workloads } = await given();

		await workloads.deploy(checkout, "green", first, 5);
		await workloads.hold(checkout, "green", 20, 5);
		await workloads.directInClusterService(checkout, "green", 5);
		await workloads.retire(checkout, "green", 5);
		await workloads.deploy(checkout, "green", second, 6);

		const writes = server.requests.filter(({ method }) => method !== "GET");
		expect(writes.map(({ method }) => method)).toEqual(["POST", "POST", "PATCH", "PATCH", "PATCH", "PATCH", "PATCH"]);
		for (const { method, body } of writes)
			if (method === "PATCH") expect(body).toHaveProperty("0.op", "test");
			else expect(body).not.toHaveProperty("spec.replicas");
		expect(server.stored(pathOf.deployment("checkout"))).toMatchObject(usersDeployment());
		expect(server.stored(pathOf.autoscaler("scale-checkout"))).toMatchObject(
			autoscalerOf("checkout", "scale-checkout"),
		);
	});

	it("given a template that lost a container, leaves nothing of it in the slot", async () => {
		const { server, workloads } = await given();
		await workloads.deploy(checkout, "green", first, 5);
		const { minReadySeconds: _, ...users } = usersDeployment().spec;
		const [app] = users.template.spec.containers;
		if (app === undefined) throw new Error("The fixture has a container.");
		const template = { ...users.template, spec: { containers: [app] } };
		server.put(pathOf.deployment("checkout"), { ...usersDeployment(), spec: { ...users, template } } as Deployment);

		await workloads.deploy(checkout, "green", second, 6);

		const { containers } = server.stored<Deployment>(green)?.spec.template.spec ?? {};
		expect(containers?.map(({ image }) => image)).toEqual([`${checkout.repositoryUri}@${second.imageDigest}`]);
	});

	it("given a status that changes all the time, deploys all the same", async () => {
		const { server, workloads, settle } = await given();
		await workloads.deploy(checkout, "green", first, 5);
		server.before("PATCH", green, () => settle("green"));

		await workloads.deploy(checkout, "green", second, 6);

		expect(await workloads.read(checkout, "green")).toMatchObject({ imageDigest: second.imageDigest, epoch: 6 });
	});

	it("given a slot that runs, leaves its number of pods to the autoscaler", async () => {
		const { server, workloads, want, settle } = await given();
		await workloads.deploy(checkout, "green", first, 5);
		want("green", 9);
		settle("green");

		await workloads.deploy(checkout, "green", second, 6);

		expect(server.stored<Deployment>(green)?.spec.replicas).toBe(9);
	});
});

describe("what cannot be deployed", () => {
	it("given no Deployment of that name, says what is allowed", async () => {
		const { workloads } = await given();

		const absent = workloads.deploy({ ...checkout, deployment: "ledger" }, "green", first, 5);

		await expect(absent).rejects.toThrow(InvalidWorkloadError);
		await expect(absent).rejects.toThrow(/"shop\/ledger" does not exist.*StatefulSets/);
	});

	it("given a claim that one node may mount at a time, reads the claim and refuses", async () => {
		const { server, workloads } = await given();
		const users = usersDeployment();
		const volumes = [{ name: "files", persistentVolumeClaim: { claimName: "files" } }];
		const template = { ...users.spec.template, spec: { ...users.spec.template.spec, volumes } };
		server.put(pathOf.deployment("checkout"), { ...users, spec: { ...users.spec, template } } as Deployment);
		const metadata = { name: "files", namespace: "shop" };
		server.put(pathOf.claim("files"), { metadata, ...{ spec: { accessModes: ["ReadWriteOnce"] } } });

		const refused = workloads.deploy(checkout, "green", first, 5);

		await expect(refused).rejects.toThrow(/persistentVolumeClaim "files" is ReadWriteOnce/);
		expect(server.stored(green)).toBeUndefined();
	});

	it("given a Deployment of the slot's name that is not Sluice's, leaves it alone", async () => {
		const { server, workloads } = await given();
		const users = usersDeployment();
		server.put(green, { ...users, metadata: { name: "checkout-green", namespace: "shop" } } as Deployment);
		const before = server.stored(green);

		const refused = workloads.deploy(checkout, "green", first, 5);

		await expect(refused).rejects.toThrow(/is not Sluice's/);
		expect(server.stored(green)).toEqual(before);
	});

	it("given a selector that changed, says how to go on", async () => {
		const { server, workloads } = await given();
		await workloads.deploy(checkout, "green", first, 5);
		const users = usersDeployment();
		const selector = { matchLabels: { app: "checkout", team: "payments" } };
		server.put(pathOf.deployment("checkout"), { ...users, spec: { ...users.spec, selector } } as Deployment);

		const refused = workloads.deploy(checkout, "green", second, 6);

		await expect(refused).rejects.toThrow(/delete the Deployment while its slot is at rest/);
	});

	it("given a template that Kubernetes refuses, passes its reason on", async () => {
		const { server, workloads } = await given();
		const users = usersDeployment();
		const selector = { matchLabels: { app: "other" } };
		server.put(pathOf.deployment("checkout"), { ...users, spec: { ...users.spec, selector } } as Deployment);

		const refused = workloads.deploy(checkout, "green", first, 5);

		await expect(refused).rejects.toThrow(InvalidWorkloadError);
		await expect(refused).rejects.toThrow(/does not match template/);
	});

	it("given a lower bound of no pods, refuses", async () => {
		const { workloads } = await given();
		await workloads.deploy(checkout, "green", first, 5);

		const refused = workloads.hold(checkout, "green", 0, 5);

		await expect(refused).rejects.toThrow(/minReplicas .* is 0; allowed is a whole number from 1/);
	});

	it("given no autoscaler of the user's, makes one and holds its own default bounds", async () => {
		const { server, workloads } = await given();
		server.put(pathOf.autoscaler("scale-checkout"), null);
		await workloads.deploy(checkout, "green", first, 5);

		await workloads.hold(checkout, "green", null, 5);

		expect(server.stored<Autoscaler>(greenAutoscaler)?.spec).toMatchObject({ minReplicas: 2, maxReplicas: 100 });
	});
});

describe("an API that fails", () => {
	it.each([401, 403])("given %i, says that access is missing, which no retry mends", async (status) => {
		const { server, workloads } = await given();
		server.fail({ kind: "status", status, body: JSON.stringify({ message: "deployments.apps is forbidden" }) });

		const refused = workloads.read(checkout, "green");

		await expect(refused).rejects.toThrow(InvalidClusterAccessError);
		await expect(refused).rejects.toThrow(/deployments.apps is forbidden.*access entry/);
	});

	it("given no answer, gives up in time", async () => {
		const { server, workloads } = await startKubernetesWorld(50);
		onTestFinished(() => server.close());
		server.fail({ kind: "silence" });

		const silent = workloads.retire(checkout, "green", 5);

		await expect(silent).rejects.toThrow(WorkloadsUnavailableError);
		await expect(silent).rejects.toThrow(/limit 50 ms/);
	});
});
