import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { serviceItemOf } from "../../lib/adapters/dynamo-service-item.ts";
import { dynamoServiceStore } from "../../lib/adapters/dynamo-service-store.ts";
import { idleState } from "../../lib/domain/service-state.ts";
import type { Transition } from "../../lib/domain/transition.ts";
import { InvalidAwsCallError } from "../../lib/ports/errors.ts";
import { StoreConflictError, StoreUnavailableError } from "../../lib/ports/service-store.ts";
import { contractRelease, fullState } from "../contracts/contract-state.ts";
import { serviceStoreContract } from "../contracts/service-store.contract.ts";
import { DynamoProduct } from "./wire/dynamo-product.ts";
import { refusalAnswer } from "./wire/json-product.ts";
import { clientOptions, wireTo } from "./wire/wire.ts";

const setup = (options: { readonly maxAttempts?: number } = {}) => {
	const product = new DynamoProduct("services");
	const wire = wireTo(product.answer);
	const client = new DynamoDBClient({ ...clientOptions(wire), ...options });
	return { product, wire, store: dynamoServiceStore(client, "services") };
};

serviceStoreContract("dynamoServiceStore", async () => {
	const { product, wire, store } = setup();
	return {
		store,
		enrol: async (state) => product.put(serviceItemOf(state)),
		silence: () => wire.silence(),
	};
});

const idle = idleState("checkout", "blue", contractRelease("a"));
const start: Transition = { condition: { epoch: 0 }, set: { epoch: 1, phase: "preparing", rolloutId: "checkout-1" } };

describe("dynamoServiceStore", () => {
	it("given a read, asks for a consistent one", async () => {
		const { product, wire, store } = setup();
		product.put(serviceItemOf(idle));

		await store.read("checkout");

		expect(JSON.parse(wire.requests[0]?.body ?? "")).toMatchObject({ ConsistentRead: true });
	});

	it("given an admission, remembers the release beside the state", async () => {
		const { product, store } = setup();
		product.put(serviceItemOf(idle));

		await store.admit("checkout", contractRelease("b"), start);

		expect(product.items.map(({ item }) => item?.S)).toEqual(["state", "release#bbbbbbbbbbbb"]);
	});

	it("given an admission whose answer is lost, succeeds when the SDK tries again", async () => {
		const { product, wire, store } = setup({ maxAttempts: 2 });
		product.put(serviceItemOf(idle));
		wire.loseNextAnswer();

		const state = await store.admit("checkout", contractRelease("b"), start);

		expect(state.epoch).toBe(1);
	});

	it("given a write whose answer is lost, shows the own write in the conflict when the SDK tries again", async () => {
		const { product, wire, store } = setup({ maxAttempts: 2 });
		product.put(serviceItemOf(idle));
		wire.loseNextAnswer();

		const error: unknown = await store.write("checkout", start).catch((reason: unknown) => reason);

		expect(error).toBeInstanceOf(StoreConflictError);
		expect(error).toMatchObject({ current: { epoch: 1, rolloutId: "checkout-1" } });
	});

	it("given more busy services than fit on a page, lists all of them", async () => {
		const { product, store } = setup();
		product.pageSize = 2;
		const names = ["a", "b", "c", "d", "e"];
		for (const name of names) product.put(serviceItemOf(fullState(name)));

		const busy = await store.listBusy();

		expect(busy.map(({ service }) => service)).toEqual(names);
	});

	it("given more busy services than an environment can have, lists the first thousand", async () => {
		const { product, wire, store } = setup();
		product.pageSize = 400;
		const names = Array.from({ length: 1_010 }, (_, index) => `service-${String(index).padStart(4, "0")}`);
		for (const service of names) product.put(serviceItemOf({ ...idle, service, phase: "trial" }));

		const busy = await store.listBusy();

		expect(busy.map(({ service }) => service)).toEqual(names.slice(0, 1_000));
		expect(wire.requests).toHaveLength(3);
	});

	it("given a conflict, says what was found and what was wanted, without the token of a pause", async () => {
		const { product, store } = setup();
		product.put(serviceItemOf(fullState("checkout")));

		const write = store.write("checkout", { condition: { epoch: 6, phaseIn: ["trial"] }, set: { weightPercent: 50 } });

		await expect(write).rejects.toThrow(
			'Service "checkout" is at {"epoch":7,"phase":"trial","rolloutId":"checkout-7"}: allowed is {"epoch":6,"phaseIn":["trial"]}.',
		);
	});

	it.each([
		["ThrottlingException", 400],
		["ProvisionedThroughputExceededException", 400],
		["TransactionConflictException", 400],
		["InternalServerError", 500],
		["ServiceUnavailable", 503],
	])("given %s, says that it is unavailable and keeps the cause", async (type, status) => {
		const { wire, store } = setup();
		wire.answerNext(refusalAnswer(type, "later", {}, status));

		const error: unknown = await store.write("checkout", start).catch((reason: unknown) => reason);

		expect(error).toBeInstanceOf(StoreUnavailableError);
		expect(error).toMatchObject({ cause: { name: type } });
	});

	it.each(["AccessDeniedException", "ValidationException", "ResourceNotFoundException"])(
		"given %s, refuses for good",
		async (type) => {
			const { wire, store } = setup();
			wire.answerNext(refusalAnswer(type, "never"));

			await expect(store.read("checkout")).rejects.toThrow(InvalidAwsCallError);
		},
	);

	it("given an answer that is no DynamoDB answer at all, says that it is unavailable", async () => {
		const { wire, store } = setup();
		wire.answerNext({ status: 502, headers: { "content-type": "text/html" }, body: "<html>Bad gateway</html>" });

		await expect(store.read("checkout")).rejects.toThrow(StoreUnavailableError);
	});

	it.each([
		["TransactionConflict", StoreUnavailableError],
		["ThrottlingError", StoreUnavailableError],
		["ProvisionedThroughputExceeded", StoreUnavailableError],
		["ValidationError", InvalidAwsCallError],
	])("given a transaction cancelled for %s, throws the family that says whether to retry", async (code, family) => {
		const { wire, store } = setup();
		const CancellationReasons = [{ Code: "None" }, { Code: code }];
		wire.answerNext(refusalAnswer("TransactionCanceledException", "cancelled", { CancellationReasons }));

		await expect(store.admit("checkout", contractRelease("b"), start)).rejects.toThrow(family);
	});
});
