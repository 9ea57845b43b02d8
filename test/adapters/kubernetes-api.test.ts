import { request as httpRequest } from "node:http";
import type { RequestOptions } from "node:https";
import { describe, expect, it, onTestFinished } from "vitest";
import {
	InvalidObjectError,
	kubernetesApi,
	ObjectConflictError,
	ObjectGoneConflictError,
	objectPath,
} from "../../lib/adapters/kubernetes-api.ts";
import { WorkloadsUnavailableError } from "../../lib/ports/workloads.ts";
import { type KubernetesServer, startKubernetesServer } from "./wire/kubernetes-server.ts";
import { pathOf, usersDeployment } from "./wire/kubernetes-world.ts";

const path = pathOf.deployment("checkout");
const collection = objectPath("apps/v1", "shop", "deployments");

const given = async () => {
	const server = await startKubernetesServer();
	onTestFinished(() => server.close());
	return { server, api: apiOf(server) };
};

const apiOf = (server: KubernetesServer, transport = server.transport) =>
	kubernetesApi(async () => server.access, transport, 2_000)("shop");

describe("paths", () => {
	it.each([
		[objectPath("v1", "shop", "services", "checkout"), "/api/v1/namespaces/shop/services/checkout"],
		[objectPath("apps/v1", "shop", "deployments"), "/apis/apps/v1/namespaces/shop/deployments"],
		[objectPath("v1", "a/b", "services", "c?d"), "/api/v1/namespaces/a%2Fb/services/c%3Fd"],
	])("makes %s", (made, wanted) => {
		expect(made).toBe(wanted);
	});
});

describe("answers", () => {
	it("given an object that is not there, reads null and patches nothing", async () => {
		const { api } = await given();

		const read = await api.get(path);
		const patch = api.jsonPatch(path, []);

		expect(read).toBeNull();
		await expect(patch).rejects.toThrow(ObjectGoneConflictError);
	});

	it("given an object of that name, creates no second one", async () => {
		const { api } = await given();
		await api.create(collection, usersDeployment());

		const again = api.create(collection, usersDeployment());

		await expect(again).rejects.toThrow(ObjectConflictError);
	});

	it("given a test that fails, is told so and nothing is changed", async () => {
		const { server, api } = await given();
		await api.create(collection, usersDeployment());
		const before = server.stored(path);

		const patch = api.jsonPatch(path, [
			{ op: "replace", path: "/spec/replicas", value: 9 },
			{ op: "test", path: "/metadata/name", value: "basket" },
		]);

		await expect(patch).rejects.toThrow(InvalidObjectError);
		await expect(patch).rejects.toThrow(/PATCH .* on cluster "shop" answered 422: the server rejected our request/);
		expect(server.stored(path)).toEqual(before);
	});

	it.each([408, 429, 500, 502, 503, 504])("given %i, is unavailable", async (status) => {
		const { server, api } = await given();
		server.fail({ kind: "status", status, body: "upstream connect error" });

		const read = api.get(path);

		await expect(read).rejects.toThrow(WorkloadsUnavailableError);
		await expect(read).rejects.toThrow(/upstream connect error/);
	});

	it("given an answer that is not JSON, is unavailable", async () => {
		const { server, api } = await given();
		server.fail({ kind: "status", status: 200, body: "<html>" });

		await expect(api.get(path)).rejects.toThrow(WorkloadsUnavailableError);
	});

	it("given an answer without end, stops reading", async () => {
		const { server, api } = await given();
		server.fail({ kind: "status", status: 200, body: `"${"x".repeat(9 * 1024 * 1024)}"` });

		await expect(api.get(path)).rejects.toThrow(/too long: allowed are 8388608 bytes/);
	});
});

describe("connections", () => {
	it("given a connection that closes at once, is unavailable and keeps the cause", async () => {
		const { server, api } = await given();
		server.fail({ kind: "hang-up" });

		const error = await api.get(path).catch((reason: unknown) => reason);

		expect(error).toBeInstanceOf(WorkloadsUnavailableError);
		expect(error).toHaveProperty("cause.code", "ECONNRESET");
		expect(server.requests).toHaveLength(1);
	});

	it("given a kept connection that the other side closed meanwhile, tries once more on a new one", async () => {
		const { server, api } = await given();
		await api.get(path);
		server.fail({ kind: "hang-up", times: 1 });

		const read = await api.get(path);

		expect(read).toBeNull();
		expect(server.requests).toHaveLength(3);
	});

	it("given a cluster, trusts its authority and sends its token", async () => {
		const { server } = await given();
		const seen: RequestOptions[] = [];
		const api = apiOf(server, {
			...server.transport,
			request: (url, options, onResponse) => {
				seen.push(options);
				return httpRequest(url, options, onResponse);
			},
		});

		await api.get(path);

		expect(seen[0]?.ca).toBe(server.access.certificateAuthority);
		expect(seen[0]?.headers).toMatchObject({ authorization: `Bearer ${server.access.bearerToken}` });
	});
});
