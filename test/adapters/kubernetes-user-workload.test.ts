import { describe, expect, it, onTestFinished } from "vitest";
import { kubernetesApi } from "../../lib/adapters/kubernetes-api.ts";
import type { Deployment, KubernetesObject } from "../../lib/adapters/kubernetes-objects.ts";
import { kubernetesUserWorkload } from "../../lib/adapters/kubernetes-user-workload.ts";
import { groupsThatMay } from "../../lib/domain/cluster-permissions.ts";
import { userWorkloadContract } from "../contracts/user-workload.contract.ts";
import { checkout, pathOf, podOf, startKubernetesWorld, usersDeployment } from "./wire/kubernetes-world.ts";

const own = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/checkout-own/1";
const binding = {
	targetGroupArn: own.replace("checkout-own", "checkout-blue"),
	usersGroupArn: own,
	apiVersion: "elbv2.k8s.aws/v1beta1",
};
const bindings = "/apis/elbv2.k8s.aws/v1beta1/namespaces/shop/targetgroupbindings";
const inShop = (resource: string, name: string) => `/api/v1/namespaces/shop/${resource}/${name}`;

const given = async () => {
	const world = await startKubernetesWorld();
	const users = kubernetesUserWorkload(kubernetesApi(async () => world.server.access, world.server.transport, 2_000));
	return { ...world, users };
};

userWorkloadContract("Kubernetes user workload on the wire", async () => {
	const world = await given();
	const { server, workloads, users } = world;
	return {
		users,
		workloads,
		target: checkout,
		binding,
		makeStrangers: async () => {
			put(world, inShop("services", "checkout-green"), { spec: { selector: { app: "other" } } });
			put(world, inShop("pods", "search"), podOf("search", { app: "checkout" }));
			put(world, `${bindings}/alb`, { spec: { serviceRef: { name: "checkout", port: 80 }, targetGroupARN: "alb" } });
			put(world, `${bindings}/other`, { spec: { serviceRef: { name: "search", port: 80 }, targetGroupARN: "other" } });
		},
		breakDown: async () => server.fail({ kind: "status", status: 503 }),
		close: () => server.close(),
	};
});

const opened = async () => {
	const world = await given();
	onTestFinished(() => world.server.close());
	return world;
};

const put = (world: Awaited<ReturnType<typeof given>>, path: string, object: object): void =>
	world.server.put(path, {
		metadata: { name: path.slice(path.lastIndexOf("/") + 1), namespace: "shop" },
		...object,
	} as KubernetesObject);

describe("what forbids enrolment, as the cluster says it", () => {
	it("given two ready pods, one that is not and one of a slot, says which digests the ready ones run", async () => {
		const world = await opened();
		const pod = (digest: string, ready: string, slot: object = {}) => ({
			metadata: { name: digest, namespace: "shop", labels: { app: "checkout", ...slot } },
			status: {
				conditions: [{ type: "Ready", status: ready }],
				containerStatuses: [{ name: "app", imageID: `${checkout.repositoryUri}@sha256:${digest.repeat(64)}` }],
			},
		});
		put(world, inShop("pods", "a"), pod("a", "True"));
		put(world, inShop("pods", "b"), pod("b", "True"));
		put(world, inShop("pods", "c"), pod("c", "False"));
		put(world, inShop("pods", "d"), pod("d", "True", { "sluice.dev/slot": "blue" }));

		const { users } = await world.users.inspect(checkout);

		expect(users?.imageDigests).toEqual([`sha256:${"a".repeat(64)}`, `sha256:${"b".repeat(64)}`]);
		const asked = world.server.requests.find(({ url }) => url.includes("/pods?"));
		expect(decodeURIComponent(asked?.url ?? "")).toContain("labelSelector=app=checkout&");
	});

	it("given a StatefulSet of that name, says what it is", async () => {
		const world = await opened();
		world.server.put(pathOf.deployment("checkout"), null);
		put(world, "/apis/apps/v1/namespaces/shop/statefulsets/checkout", { kind: "StatefulSet" });

		expect(await world.users.inspect(checkout)).toMatchObject({ users: null, foundInstead: "StatefulSet" });
	});

	it("given another Service on the same pods, says which target groups it feeds", async () => {
		const world = await opened();
		put(world, inShop("services", "alb"), { spec: { selector: { app: "checkout", team: "payments" } } });
		put(world, inShop("services", "search"), { spec: { selector: { app: "search" } } });
		put(world, `${bindings}/alb`, { spec: { serviceRef: { name: "alb", port: 80 }, targetGroupARN: own } });

		const { otherServices } = await world.users.inspect(checkout);

		expect(otherServices).toEqual([{ name: "alb", feedsTargetGroups: [own] }]);
	});

	it("given no autoscaler, says the default's bounds; given one, its own and what it is called", async () => {
		const world = await opened();
		const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "checkout" };
		world.server.put(pathOf.autoscaler("scale-checkout"), null);

		expect(await world.users.inspect(checkout)).toMatchObject({ autoscaler: null, minReplicas: 2, maxReplicas: 100 });

		put(world, pathOf.autoscaler("by-load"), { spec: { scaleTargetRef, minReplicas: 3, maxReplicas: 30 } });
		expect(await world.users.inspect(checkout)).toMatchObject({
			autoscaler: "by-load",
			minReplicas: 3,
			maxReplicas: 30,
		});
	});

	it("given a quota, says what is left of what pods take, in one unit", async () => {
		const world = await opened();
		const status = {
			hard: { "requests.cpu": "4", pods: "20", "requests.storage": "1Gi" },
			used: { "requests.cpu": "3500m", pods: "12" },
		};
		put(world, inShop("resourcequotas", "all"), { status });
		put(world, inShop("resourcequotas", "best-effort"), { status, spec: { scopes: ["BestEffort"] } });

		const { quotas } = await world.users.inspect(checkout);

		expect(quotas).toEqual([
			{ quota: "all", resource: "requests.cpu", left: 0.5, perPod: 0.35 },
			{ quota: "all", resource: "pods", left: 8, perPod: 1 },
		]);
	});

	it("given ConfigMaps in volumes and variables, says which are missing, optional ones aside", async () => {
		const world = await opened();
		const users = usersDeployment();
		const [app, ...others] = users.spec.template.spec.containers;
		if (app === undefined) throw new Error("The fixture has a container.");
		const spec = {
			...users.spec.template.spec,
			volumes: [{ name: "settings", configMap: { name: "settings" } }],
			containers: [
				{ ...app, envFrom: [{ configMapRef: { name: "flags" } }, { configMapRef: { name: "extra", optional: true } }] },
				...others,
			],
		};
		const template = { ...users.spec.template, spec };
		world.server.put(pathOf.deployment("checkout"), { ...users, spec: { ...users.spec, template } } as Deployment);
		put(world, inShop("configmaps", "flags"), {});

		expect((await world.users.inspect(checkout)).missingConfigMaps).toEqual(["settings"]);
	});
});

describe("what is made", () => {
	it("given the user's own binding, copies its networking; given a Service of that name that is not ours, refuses", async () => {
		const world = await opened();
		const networking = { ingress: [{ from: [{ securityGroup: { groupID: "sg-1" } }] }] };
		put(world, `${bindings}/alb`, { spec: { serviceRef: { name: "alb", port: 80 }, targetGroupARN: own, networking } });

		await world.users.bind(checkout, "blue", binding);

		expect(world.server.stored(`${bindings}/checkout-blue`)).toMatchObject({
			spec: { serviceRef: { name: "checkout-blue", port: 8080 }, targetGroupARN: binding.targetGroupArn, networking },
		});
		expect(world.server.stored(inShop("services", "checkout-blue"))).toMatchObject({
			spec: { selector: { app: "checkout", "sluice.dev/slot": "blue" } },
		});
		put(world, inShop("services", "checkout-green"), { spec: { selector: { app: "other" } } });
		await expect(world.users.bind(checkout, "green", binding)).rejects.toThrow(/is not Sluice's/);
	});

	it("given all of its calls, makes none that the Roles do not allow", async () => {
		const world = await opened();
		const { users, workloads, server } = world;
		await users.bind(checkout, "blue", binding);
		await workloads.deploy(checkout, "blue", { id: "c", imageDigest: `sha256:${"c".repeat(64)}` }, 1);
		await workloads.directInClusterService(checkout, "blue", 1);
		await users.freeInClusterService(checkout, 2);
		await workloads.retire(checkout, "blue", 1);
		await users.remove(checkout, "blue");
		await users.inspect({ ...checkout, deployment: "ledger" });

		const calls = server.requests.map(({ method, url }) => {
			const [, resource = "", name] = /\/namespaces\/[^/]+\/([^/?]+)(?:\/([^?]+))?/.exec(url) ?? [];
			const verbs = { GET: name === undefined ? "list" : "get", POST: "create", PATCH: "patch", DELETE: "delete" };
			return `${verbs[method as keyof typeof verbs]} ${resource}`;
		});

		const forbidden = [...new Set(calls)].filter((call) => {
			const [verb = "", resource = ""] = call.split(" ");
			return groupsThatMay(verb, resource).length === 0;
		});
		expect(calls.length).toBeGreaterThan(20);
		expect(forbidden).toEqual([]);
	});
});
