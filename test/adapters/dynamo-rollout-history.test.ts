import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { toItem } from "../../lib/adapters/dynamo-item.ts";
import { dynamoRolloutHistory } from "../../lib/adapters/dynamo-rollout-history.ts";
import { serviceItemOf } from "../../lib/adapters/dynamo-service-item.ts";
import { contractRelease, fullState } from "../contracts/contract-state.ts";
import { rolloutHistoryContract } from "../contracts/rollout-history.contract.ts";
import { DynamoProduct } from "./wire/dynamo-product.ts";
import { refusalAnswer } from "./wire/json-product.ts";
import { clientOptions, wireTo } from "./wire/wire.ts";

const setup = (options: { readonly maxAttempts?: number } = {}) => {
	const product = new DynamoProduct("services");
	const wire = wireTo(product.answer);
	const client = new DynamoDBClient({ ...clientOptions(wire), ...options });
	return { product, wire, history: dynamoRolloutHistory(client, "services") };
};

rolloutHistoryContract("dynamoRolloutHistory", async () => {
	const { wire, history } = setup();
	return { history, silence: () => wire.silence() };
});

const record = (epoch: number) => ({
	rolloutId: `checkout-${epoch}`,
	release: contractRelease("b"),
	outcome: "promoted" as const,
	startedAtEpochMs: 1,
	endedAtEpochMs: 2,
	highestWeightPercent: 100,
});

describe("dynamoRolloutHistory", () => {
	it("given a record, keeps it beside the service's state and outside of the index", async () => {
		const { product, history } = setup();
		product.put(serviceItemOf(fullState("checkout")));

		await history.append(record(7));

		const [state, kept] = product.items;
		expect(state?.item).toEqual({ S: "state" });
		expect(kept).toMatchObject({ service: { S: "checkout" }, item: { S: "rollout#000000000007" } });
		expect(kept).not.toHaveProperty("busy");
	});

	it("given an answer that is lost, has appended once when the SDK tries again", async () => {
		const { product, wire, history } = setup({ maxAttempts: 2 });
		wire.loseNextAnswer();

		await history.append(record(7));

		expect(product.items).toHaveLength(1);
	});

	it("given records on several pages, lists as many as were asked for", async () => {
		const { product, history } = setup();
		product.pageSize = 2;
		for (const epoch of [1, 2, 3, 4, 5, 6]) await history.append(record(epoch));

		const listed = await history.list("checkout", 5);

		expect(listed.map(({ rolloutId }) => rolloutId)).toEqual([6, 5, 4, 3, 2].map((epoch) => `checkout-${epoch}`));
	});

	it("given an item that is no record, refuses to guess", async () => {
		const { product, history } = setup();
		product.put(toItem({ service: "checkout", item: "rollout#000000000007" }));

		await expect(history.list("checkout", 1)).rejects.toThrow("rollout#000000000007 is not the record of a rollout");
	});

	it("given a call that AWS refuses for good, says so", async () => {
		const { wire, history } = setup();
		wire.answerNext(refusalAnswer("AccessDeniedException", "not authorized"));

		await expect(history.list("checkout", 1)).rejects.toMatchObject({ name: "InvalidAwsCallError" });
	});
});
