import { describe, expect, it, onTestFinished } from "vitest";
import { kubernetesApi } from "../../lib/adapters/kubernetes-api.ts";
import type { KubernetesObject } from "../../lib/adapters/kubernetes-objects.ts";
import { kubernetesUserWorkload } from "../../lib/adapters/kubernetes-user-workload.ts";
import { checkout, pathOf, podOf, startKubernetesWorld, usersDeployment } from "./wire/kubernetes-world.ts";

const bindings = "/apis/elbv2.k8s.aws/v1beta1/namespaces/shop/targetgroupbindings";
const binding = {
	targetGroupArn: "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/checkout-blue/1",
	usersGroupArn: null,
	apiVersion: "elbv2.k8s.aws/v1beta1",
};
const inShop = (resource: string, name: string) => `/api/v1/namespaces/shop/${resource}/${name}`;

const opened = async () => {
	const world = await startKubernetesWorld();
	onTestFinished(() => world.server.close());
	const users = kubernetesUserWorkload(kubernetesApi(async () => world.server.access, world.server.transport, 2_000));
	return { ...world, users };
};

const put = ({ server }: Awaited<ReturnType<typeof opened>>, path: string, object: object): void =>
	server.put(path, {
		metadata: { name: path.slice(path.lastIndexOf("/") + 1), namespace: "shop" },
		...object,
	} as KubernetesObject);

describe("whose pods are whose, and whose names are taken", () => {
	it("given pods of the user's, of slots and of others with the same labels, tells addresses by who runs them", async () => {
		const world = await opened();
		const blue = { app: "checkout", "sluice.dev/slot": "blue" };
		const worker = podOf("checkout-worker", { app: "checkout" }, "10.0.0.3");
		const ended = podOf("checkout", { app: "checkout" }, "10.0.0.4");
		put(world, inShop("pods", "a"), podOf("checkout", { app: "checkout" }, "10.0.0.1"));
		put(world, inShop("pods", "b"), podOf("checkout-blue", blue, "10.0.0.2"));
		put(world, inShop("pods", "c"), worker);
		put(world, inShop("pods", "d"), { ...ended, status: { ...ended.status, phase: "Failed" } });
		put(world, inShop("pods", "e"), { metadata: { name: "by-hand", namespace: "shop", labels: { app: "checkout" } } });

		const { users, slotPodAddresses } = await world.users.inspect(checkout);

		expect(users?.podAddresses).toEqual(["10.0.0.1", "2001:db8::1"]);
		expect(slotPodAddresses).toEqual(["10.0.0.2", "2001:db8::1"]);
	});

	it("given an in-cluster Service, says whose running pods it selects besides, those of Jobs aside", async () => {
		const world = await opened();
		const tier = { tier: "web" };
		const owned = (kind: string, name: string) => ({
			metadata: {
				name: `${name}-0`,
				namespace: "shop",
				labels: tier,
				ownerReferences: [{ kind, name, controller: true }],
			},
		});
		put(world, inShop("services", "checkout"), { spec: { selector: { ...tier, "sluice.dev/slot": "blue" } } });
		put(world, inShop("pods", "a"), podOf("checkout", { app: "checkout", ...tier }));
		put(world, inShop("pods", "b"), podOf("checkout-green", { app: "checkout", ...tier, "sluice.dev/slot": "green" }));
		put(world, inShop("pods", "c"), podOf("search", { app: "search", ...tier }));
		put(world, inShop("pods", "d"), podOf("search", { app: "search", ...tier }));
		put(world, inShop("pods", "e"), owned("StatefulSet", "cache"));
		put(world, inShop("pods", "f"), owned("Job", "migration"));
		put(world, inShop("pods", "g"), { metadata: { name: "by-hand", namespace: "shop", labels: tier } });
		put(world, inShop("pods", "h"), { ...owned("StatefulSet", "old"), status: { phase: "Succeeded" } });

		expect((await world.users.inspect(checkout)).inClusterService).toEqual({
			slot: "blue",
			selectsUsers: false,
			alsoSelects: ['Deployment "search"', 'Pod "by-hand"', 'StatefulSet "cache"'],
			feedsTargetGroups: [],
		});
	});

	it.each([
		["selects nothing but a slot", { "sluice.dev/slot": "blue" }, false],
		["selects nothing", {}, false],
		["selects the user's pods of a slot", { app: "checkout", "sluice.dev/slot": "blue" }, true],
		["selects other pods", { app: "search" }, false],
	])(
		"given an in-cluster Service that %s, says whether it selects the user's pods",
		async (_, selector, selectsUsers) => {
			const world = await opened();
			put(world, inShop("services", "checkout"), { spec: { selector } });

			expect((await world.users.inspect(checkout)).inClusterService).toMatchObject({ selectsUsers, alsoSelects: [] });
		},
	);

	it("given objects of the user's that have the names of slots' objects, says which", async () => {
		const world = await opened();
		const { deployment, autoscaler } = pathOf;
		put(world, deployment("checkout-blue"), { kind: "Deployment", spec: usersDeployment().spec });
		put(world, autoscaler("checkout-green"), {
			spec: { scaleTargetRef: { kind: "Deployment", name: "search" }, maxReplicas: 3 },
		});
		put(world, `${bindings}/checkout-blue`, { spec: { serviceRef: { name: "alb", port: 80 } } });

		expect((await world.users.inspect(checkout)).takenNames).toEqual([
			{ kind: "TargetGroupBinding", name: "checkout-blue" },
			{ kind: "Deployment", name: "checkout-blue" },
			{ kind: "HorizontalPodAutoscaler", name: "checkout-green" },
		]);
	});

	it("given slots that Sluice has made, takes no name for taken", async () => {
		const world = await opened();
		await world.users.bind(checkout, "blue", binding);
		await world.workloads.deploy(checkout, "blue", { id: "c", imageDigest: `sha256:${"c".repeat(64)}` }, 1);

		expect((await world.users.inspect(checkout)).takenNames).toEqual([]);
	});

	it("given a selector that a Service cannot express, names its terms", async () => {
		const world = await opened();
		const users = usersDeployment();
		const matchExpressions = [
			{ key: "tier", operator: "In", values: ["web", "api"] },
			{ key: "batch", operator: "DoesNotExist" },
		];
		put(world, pathOf.deployment("checkout"), {
			...users,
			spec: { ...users.spec, selector: { ...users.spec.selector, matchExpressions } },
		});

		const { users: facts } = await world.users.inspect(checkout);

		expect(facts?.problems.map(({ what, value }) => `${what} ${value}`)).toEqual([
			"selector.matchExpressions tier In web, api",
			"selector.matchExpressions batch DoesNotExist",
		]);
	});
});
