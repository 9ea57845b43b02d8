import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, it, onTestFinished } from "vitest";
import { albTrafficRouter } from "../../lib/adapters/alb-traffic-router.ts";
import { clientOptions } from "../../lib/adapters/aws-client-options.ts";
import { ecrImageRegistry } from "../../lib/adapters/ecr-image-registry.ts";
import { criticalPath, patient } from "../../lib/ports/patience.ts";
import { TrafficUnavailableError } from "../../lib/ports/traffic-router.ts";
import { contractDefinition } from "../contracts/contract-definition.ts";

/** A real server, because what is tested is the SDK's own HTTP handler. */
const listen = async (listener: RequestListener) => {
	const server = createServer(listener);
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	return {
		endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		region: "eu-central-1",
		credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
	};
};

const { route } = contractDefinition();

describe("criticalPath", () => {
	it("given a server that never answers, rejects after one attempt and hangs up", async () => {
		let attempts = 0;
		const hungUp = Promise.withResolvers<boolean>();
		const address = await listen((request) => {
			attempts += 1;
			request.socket.on("close", () => hungUp.resolve(true));
		});
		const router = albTrafficRouter(
			new ElasticLoadBalancingV2Client({ ...address, ...clientOptions(criticalPath) }),
			"production",
		);

		const failure = await router.abandon("arn").catch((error: unknown) => error);

		expect(failure).toBeInstanceOf(TrafficUnavailableError);
		// The request's own limit, which also holds while no socket is free; the socket's only begins with a connection.
		expect(failure).toMatchObject({
			cause: { name: "TimeoutError", message: expect.stringContaining("requestTimeout") },
		});
		expect(await hungUp.promise).toBe(true);
		expect(attempts).toBe(1);
	});

	it("given a server that stops in the middle of its answer, rejects as well", async () => {
		const address = await listen((_, response) => {
			response.writeHead(200, { "content-type": "text/xml", "content-length": "1000" });
			response.write("<DescribeRulesResponse>");
		});
		const router = albTrafficRouter(
			new ElasticLoadBalancingV2Client({ ...address, ...clientOptions(criticalPath) }),
			"production",
		);

		await expect(router.read(route)).rejects.toThrow(TrafficUnavailableError);
	});
});

describe("patient", () => {
	it("given a server that is busy twice, asks a third time", async () => {
		let attempts = 0;
		const address = await listen((_, response) => {
			attempts += 1;
			response.writeHead(attempts < 3 ? 503 : 200, { "content-type": "application/x-amz-json-1.1" });
			response.end("{}");
		});
		const registry = ecrImageRegistry(new ECRClient({ ...address, ...clientOptions(patient) }));

		expect(await registry.newest("shop/checkout", /^v/)).toBeNull();

		expect(attempts).toBe(3);
	});
});
