import { describe, expect, it, onTestFinished } from "vitest";
import type { ContentKind } from "../../lib/adapters/content-objects.ts";
import { kubernetesApi } from "../../lib/adapters/kubernetes-api.ts";
import type { ConfigMap, Deployment } from "../../lib/adapters/kubernetes-objects.ts";
import { kubernetesReleaseContents } from "../../lib/adapters/kubernetes-release-contents.ts";
import { releaseOf } from "../../lib/domain/release.ts";
import { releaseContentsContract } from "../contracts/release-contents.contract.ts";
import { checkout, pathOf, startKubernetesWorld, usersDeployment } from "./wire/kubernetes-world.ts";

const startEpochMs = 1_800_000_000_000;

/** The user's Deployment with references of every kind, and the ConfigMaps of the contract. */
const startWorld = async () => {
	const world = await startKubernetesWorld();
	const { server } = world;
	let nowEpochMs = startEpochMs;
	const api = kubernetesApi(async () => server.access, server.transport, 2_000);
	const contents = kubernetesReleaseContents(api, { nowEpochMs: () => nowEpochMs });
	const configure = (name: string, data: Readonly<Record<string, string>> | null): void =>
		server.put(
			pathOf.configMap(name),
			data && ({ kind: "ConfigMap", metadata: { name, namespace: "shop" }, data } as ConfigMap),
		);
	const changeTemplate = (mark: string): void => {
		const users = usersDeployment();
		const [app, ...others] = users.spec.template.spec.containers;
		if (app === undefined) throw new Error("The fixture has a container.");
		const envFrom = ["settings", "texts"].map((name) => ({ configMapRef: { name } }));
		const optional = { configMapRef: { name: "extras", optional: true } };
		const template = {
			metadata: { ...users.spec.template.metadata, annotations: { mark } },
			spec: { containers: [{ ...app, envFrom: [...envFrom, optional] }, ...others] },
		};
		server.put(pathOf.deployment("checkout"), { ...users, spec: { ...users.spec, template } } as Deployment);
	};
	configure("settings", { COLOUR: "red" });
	configure("texts", { GREETING: "hello" });
	changeTemplate("first");
	return {
		...world,
		contents,
		target: checkout,
		configure,
		changeTemplate,
		pass: (seconds: number): void => {
			nowEpochMs += seconds * 1_000;
		},
		names: (): readonly string[] => server.namesUnder(pathOf.configMap("")),
	};
};

releaseContentsContract("Kubernetes release contents on the wire", async () => {
	const world = await startWorld();
	const { server } = world;
	return {
		contents: world.contents,
		workloads: world.workloads,
		target: world.target,
		configure: async (name, data) => world.configure(name, data),
		changeTemplate: async (mark) => world.changeTemplate(mark),
		variablesIn: async (slot) => {
			const live = server.stored<Deployment>(pathOf.deployment(`checkout-${slot}`));
			const app = live?.spec.template.spec.containers.find(({ name }) => name === "app");
			let variables: Record<string, string> = {};
			for (const { configMapRef } of app?.envFrom ?? []) {
				const found = server.stored<ConfigMap>(pathOf.configMap(configMapRef?.name ?? ""));
				if (found === undefined && configMapRef?.optional !== true) return null;
				variables = { ...variables, ...found?.data };
			}
			return variables;
		},
		configMapNames: async () => world.names(),
		pass: async (seconds) => world.pass(seconds),
		breakDown: async () => server.fail({ kind: "status", status: 503 }),
		close: () => server.close(),
	};
});

const given = async () => {
	const world = await startWorld();
	onTestFinished(() => world.server.close());
	return world;
};

describe("what is kept", () => {
	it("given a capture, makes immutable objects with Sluice's labels and none of the user's, the template last", async () => {
		const { server, contents } = await given();

		const { contentHash } = await contents.capture(checkout);

		const made = server.requests.filter(({ method }) => method === "POST").map(({ body }) => body as ConfigMap);
		expect(made).toHaveLength(3);
		for (const { immutable, metadata } of made) {
			expect(immutable).toBe(true);
			expect(Object.keys(metadata.labels ?? {}).sort()).toEqual([
				"app.kubernetes.io/managed-by",
				"sluice.dev/content-kind",
				"sluice.dev/deployment",
			]);
		}
		expect(made.at(-1)?.metadata.name).toBe(`checkout-content-${contentHash}`);
	});

	it("given image, number of pods or what tools track, keeps the same hash", async () => {
		const { server, contents } = await given();
		const before = await contents.capture(checkout);
		const live = server.stored<Deployment>(pathOf.deployment("checkout"));
		if (live === undefined) throw new Error("The Deployment is there.");
		const { template } = live.spec;
		const containers = template.spec.containers.map((container) =>
			container.name === "app" ? { ...container, image: "checkout:other" } : container,
		);
		const annotations = {
			...template.metadata?.annotations,
			"kubectl.kubernetes.io/restartedAt": "2026-02-02T00:00:00Z",
		};
		server.put(pathOf.deployment("checkout"), {
			...live,
			metadata: { ...live.metadata, labels: { ...live.metadata.labels, "helm.sh/chart": "checkout-9" } },
			spec: {
				...live.spec,
				replicas: 7,
				template: { metadata: { ...template.metadata, annotations }, spec: { ...template.spec, containers } },
			},
		} as Deployment);

		expect(await contents.capture(checkout)).toEqual({ ...before, usersReplicas: 7 });
	});

	it("given ConfigMaps that are read live, and the cluster's own, refers to them and copies neither", async () => {
		const { server, contents, workloads, names, configure } = await given();
		configure("kube-root-ca.crt", { "ca.crt": "old" });
		const live = server.stored<Deployment>(pathOf.deployment("checkout"));
		if (live === undefined) throw new Error("The Deployment is there.");
		const { template } = live.spec;
		const volumes = [{ name: "ca", configMap: { name: "kube-root-ca.crt" } }];
		server.put(pathOf.deployment("checkout"), {
			...live,
			spec: { ...live.spec, template: { ...template, spec: { ...template.spec, volumes } } },
		} as Deployment);
		const target = { ...checkout, liveConfigMaps: ["settings"] };

		const before = await contents.capture(target);
		configure("settings", { COLOUR: "green" });
		configure("kube-root-ca.crt", { "ca.crt": "new" });
		const after = await contents.capture(target);
		await workloads.deploy(target, "green", releaseOf(`sha256:${"b".repeat(64)}`, "v2", after.contentHash), 5);

		expect(after).toEqual(before);
		expect(names().filter((name) => name.startsWith("settings") || name.startsWith("kube"))).toEqual([
			"settings",
			"kube-root-ca.crt",
		]);
		const slot = server.stored<Deployment>(pathOf.deployment("checkout-green"));
		expect(slot?.spec.template.spec.volumes).toEqual(volumes);
	});

	it("given a template that is longer than an object may be, refuses it by its length", async () => {
		const { server, contents, changeTemplate } = await given();
		changeTemplate("x".repeat(1_048_576));

		await expect(contents.capture(checkout)).rejects.toThrow(/has \d+ bytes; allowed are 1048563/);
		expect(server.requests.filter(({ method }) => method === "POST")).toHaveLength(0);
	});

	it("given more ConfigMaps than one call can read, refuses them by their number", async () => {
		const { server, contents } = await given();
		const live = server.stored<Deployment>(pathOf.deployment("checkout"));
		if (live === undefined) throw new Error("The Deployment is there.");
		const { template } = live.spec;
		const volumes = Array.from({ length: 60 }, (_, index) => ({ name: `v${index}`, configMap: { name: `c${index}` } }));
		server.put(pathOf.deployment("checkout"), {
			...live,
			spec: { ...live.spec, template: { ...template, spec: { ...template.spec, volumes } } },
		} as Deployment);

		await expect(contents.capture(checkout)).rejects.toThrow(/refers to 63 ConfigMaps; allowed are 50/);
	});

	it("given a kept template that somebody replaced, makes no slot of it", async () => {
		const { server, contents, workloads } = await given();
		const { contentHash } = await contents.capture(checkout);
		const path = pathOf.configMap(`checkout-content-${contentHash}`);
		const kept = server.stored<ConfigMap>(path);
		if (kept === undefined) throw new Error("It was captured.");
		server.put(path, null);
		server.put(path, { ...kept, data: { "template.json": '{"content":{}}' } } as ConfigMap);

		const refused = workloads.deploy(checkout, "green", releaseOf(`sha256:${"b".repeat(64)}`, "v2", contentHash), 5);

		await expect(refused).rejects.toThrow(/has been changed/);
	});
});

describe("capturing and collecting at once", () => {
	it("given a copy that is given up just as it is captured again, makes it anew", async () => {
		const { server, contents, names, pass } = await given();
		await contents.capture(checkout);
		const before = names();
		pass(7_200);
		const copy = before.find((name) => name.startsWith("settings-")) ?? "";
		server.before("PATCH", pathOf.configMap(copy), () => server.put(pathOf.configMap(copy), null));

		await contents.capture(checkout);

		expect([...names()].sort()).toEqual([...before].sort());
	});

	it("given a copy that is captured again just as it is given up, keeps it", async () => {
		const { server, contents, configure, names, pass } = await given();
		await contents.capture(checkout);
		configure("settings", { COLOUR: "green" });
		await contents.capture(checkout);
		pass(7_200);
		const copies = names().filter((name) => name.startsWith("settings-"));
		const [copy = ""] = copies;
		server.before("DELETE", pathOf.configMap(copy), () => {
			const live = server.stored<ConfigMap>(pathOf.configMap(copy));
			if (live === undefined) throw new Error("The copy is there.");
			const annotations = { ...live.metadata.annotations, "sluice.dev/captured-at": String(startEpochMs + 7_200_000) };
			server.put(pathOf.configMap(copy), { ...live, metadata: { ...live.metadata, annotations } } as ConfigMap);
		});

		await contents.collect(checkout, []);

		expect(names().filter((name) => name.startsWith("settings-"))).toEqual([copy]);
	});

	it("given a template that does not say any more what it refers to, gives up no copy", async () => {
		const { server, contents, names, pass } = await given();
		const { contentHash } = await contents.capture(checkout);
		const path = pathOf.configMap(`checkout-content-${contentHash}`);
		const kept = server.stored<ConfigMap>(path);
		if (kept === undefined) throw new Error("It was captured.");
		server.put(path, { ...kept, metadata: { ...kept.metadata, annotations: {} } } as ConfigMap);
		pass(7_200);
		const before = names();

		expect(await contents.collect(checkout, [contentHash])).toBe(0);
		expect(names()).toEqual(before);
	});

	it("given more than can be listed, does not say that it knows all, and gives up some now and the rest later", async () => {
		const { contents, configure, pass } = await given();
		for (let index = 0; index < 41; index++) {
			configure("settings", { COLOUR: `${index}` });
			await contents.capture(checkout);
		}
		pass(7_200);
		await expect(contents.kept(checkout)).rejects.toMatchObject({ name: "WorkloadsUnavailableError" });

		for (const givenUp of [40, 40, 3, 0]) expect(await contents.collect(checkout, [])).toBe(givenUp);
		expect(await contents.kept(checkout)).toEqual([]);
	});

	it.each<[string, ContentKind, number]>([
		["copies", "configuration", 38],
		["templates", "template", 40],
	])("given more %s than can be listed, gives up no copy that a slot has", async (_, kind, most) => {
		const { server, contents, workloads, names, pass } = await given();
		const { contentHash } = await contents.capture(checkout);
		await workloads.deploy(checkout, "green", releaseOf(`sha256:${"b".repeat(64)}`, "v2", contentHash), 5);
		const used = names();
		const [copy = ""] = used.filter((name) => name.startsWith("settings-"));
		const kept = server.stored<ConfigMap>(pathOf.configMap(copy));
		// Two objects are on a page and twenty pages are read: what is wanted comes after all that can be listed.
		const template = server.stored<ConfigMap>(pathOf.configMap(`checkout-content-${contentHash}`));
		if (kept === undefined || template === undefined) throw new Error("It was captured.");
		server.put(pathOf.configMap(template.metadata.name), null);
		for (let index = 0; index < 60; index++) {
			const name = kind === "template" ? `checkout-content-${index}` : `settings-${index}`;
			const like = kind === "template" ? template : kept;
			server.put(pathOf.configMap(name), { ...like, metadata: { ...like.metadata, name } } as ConfigMap);
		}
		server.put(pathOf.configMap(template.metadata.name), template);
		pass(7_200);

		const givenUp = await contents.collect(checkout, []);

		expect(names()).toEqual(expect.arrayContaining([...used]));
		expect(givenUp).toBe(most);
	});

	it("given a slot whose template somebody took away, gives up no copy", async () => {
		const { server, contents, workloads, names, pass } = await given();
		const { contentHash } = await contents.capture(checkout);
		await workloads.deploy(checkout, "green", releaseOf(`sha256:${"b".repeat(64)}`, "v2", contentHash), 5);
		server.put(pathOf.configMap(`checkout-content-${contentHash}`), null);
		pass(7_200);
		const before = names();

		expect(await contents.collect(checkout, [])).toBe(0);
		expect(names()).toEqual(before);
	});
});
