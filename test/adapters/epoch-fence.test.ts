import { expect, it, onTestFinished } from "vitest";
import type { Autoscaler, Deployment, Service } from "../../lib/adapters/kubernetes-objects.ts";
import { releaseOf } from "../../lib/domain/release.ts";
import {
	InvalidWorkloadError,
	SlotEpochConflictError,
	type Workloads,
	WorkloadsUnavailableError,
} from "../../lib/ports/workloads.ts";
import { checkout, type KubernetesWorld, pathOf, startKubernetesWorld } from "./wire/kubernetes-world.ts";

/** What happens where two writers meet, or one comes late: the fence of cluster writes (D4). */
const first = releaseOf(`sha256:${"a".repeat(64)}`);
const second = releaseOf(`sha256:${"b".repeat(64)}`);
const green = pathOf.deployment("checkout-green");
const greenAutoscaler = pathOf.autoscaler("checkout-green");

const collectionOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

const given = async (): Promise<KubernetesWorld> => {
	const world = await startKubernetesWorld();
	onTestFinished(() => world.server.close());
	return world;
};

const withEpoch = <T extends Deployment | Autoscaler | Service>(object: T, epoch: number): T => ({
	...object,
	metadata: { ...object.metadata, annotations: { "sluice.dev/epoch": String(epoch) } },
});

it("given a newer epoch between reading and patching, refuses", async () => {
	const { server, workloads } = await given();
	await workloads.deploy(checkout, "green", first, 5);
	server.before("PATCH", green, () => {
		const live = server.stored<Deployment>(green);
		if (live !== undefined) server.put(green, withEpoch(live, 9));
	});

	const late = workloads.deploy(checkout, "green", second, 6);

	await expect(late).rejects.toThrow(SlotEpochConflictError);
	expect(await workloads.read(checkout, "green")).toMatchObject({ imageDigest: first.imageDigest, epoch: 9 });
});

it("given an older writer that created the slot a moment ago, takes it over", async () => {
	const { server, workloads } = await given();
	await workloads.deploy(checkout, "blue", first, 4);
	const other = server.stored<Deployment>(pathOf.deployment("checkout-blue"));
	server.before("POST", collectionOf(green), () => {
		if (other === undefined) return;
		const labels = { app: "checkout", "sluice.dev/slot": "green" };
		const selector = { matchLabels: labels };
		server.put(green, { ...other, spec: { ...other.spec, selector } } as Deployment);
	});

	await workloads.deploy(checkout, "green", second, 6);

	expect(await workloads.read(checkout, "green")).toMatchObject({ imageDigest: second.imageDigest, epoch: 6 });
});

it("given the same deploy after the slot was retired, does not wake it up", async () => {
	const { workloads } = await given();
	await workloads.deploy(checkout, "green", first, 5);
	await workloads.retire(checkout, "green", 5);

	await workloads.deploy(checkout, "green", first, 5);

	expect(await workloads.read(checkout, "green")).toMatchObject({ wantedReplicas: 0 });
});

it("given a deploy that dies between its two writes, does not read as deployed and is completed by the next", async () => {
	const { server, workloads } = await given();
	server.before("POST", collectionOf(greenAutoscaler), () => server.fail({ kind: "status", status: 503 }));
	await expect(workloads.deploy(checkout, "green", first, 5)).rejects.toThrow(WorkloadsUnavailableError);
	server.fail(null);
	const between = await workloads.read(checkout, "green");

	await workloads.deploy(checkout, "green", first, 5);

	expect(server.stored<Autoscaler>(greenAutoscaler)?.spec).toMatchObject({ minReplicas: 1, maxReplicas: 12 });
	expect(between).toMatchObject({ epoch: 0, imageDigest: null });
	expect(await workloads.read(checkout, "green")).toMatchObject({ epoch: 5, imageDigest: first.imageDigest });
});

it("given a newer epoch between looking and retiring, lets the slot run", async () => {
	const { server, workloads } = await given();
	await workloads.deploy(checkout, "green", first, 5);
	server.before("PATCH", green, () => {
		const live = server.stored<Deployment>(green);
		if (live !== undefined) server.put(green, withEpoch(live, 6));
	});

	const late = workloads.retire(checkout, "green", 5);

	await expect(late).rejects.toThrow(SlotEpochConflictError);
	expect(server.stored<Deployment>(green)?.spec.replicas).toBe(1);
});

it("given an edit of the Service by others meanwhile, looks again and moves it", async () => {
	const { server, workloads } = await given();
	const path = pathOf.service("checkout");
	server.before("PATCH", path, () => {
		const live = server.stored<Service>(path);
		if (live !== undefined)
			server.put(path, { ...live, spec: { selector: { app: "checkout", tier: "web" } } } as Service);
	});

	await workloads.directInClusterService(checkout, "green", 5);

	expect(server.stored<Service>(path)?.spec.selector).toEqual({
		app: "checkout",
		tier: "web",
		"sluice.dev/slot": "green",
	});
});

it("given a newer epoch on the Service between reading and patching, refuses", async () => {
	const { server, workloads } = await given();
	const path = pathOf.service("checkout");
	server.before("PATCH", path, () => {
		const live = server.stored<Service>(path);
		if (live !== undefined) server.put(path, withEpoch(live, 9));
	});

	const late = workloads.directInClusterService(checkout, "green", 5);

	await expect(late).rejects.toThrow(SlotEpochConflictError);
});

const callsOf = (workloads: Workloads) => ({
	deploy: () => workloads.deploy(checkout, "green", second, 6),
	retire: () => workloads.retire(checkout, "green", 5),
	hold: () => workloads.hold(checkout, "green", 4, 5),
	directInClusterService: () => workloads.directInClusterService(checkout, "green", 5),
});

it.each(["deploy", "retire", "hold", "directInClusterService"] as const)(
	"given conflicts that do not end, %s is unavailable rather than outdated",
	async (method) => {
		const { server, workloads } = await given();
		await workloads.deploy(checkout, "green", first, 5);
		server.fail({ kind: "status", status: 409, method: "PATCH" });

		const call = callsOf(workloads)[method]();

		await expect(call).rejects.toThrow(WorkloadsUnavailableError);
	},
);

it.each(["deploy", "retire", "hold", "directInClusterService"] as const)(
	"given a refusal that no other writer explains, %s passes it on as invalid",
	async (method) => {
		const { server, workloads } = await given();
		await workloads.deploy(checkout, "green", first, 5);
		server.fail({ kind: "status", status: 422, method: "PATCH", body: JSON.stringify({ message: "policy says no" }) });

		const call = callsOf(workloads)[method]();

		await expect(call).rejects.toThrow(InvalidWorkloadError);
		await expect(call).rejects.toThrow(/policy says no/);
	},
);
