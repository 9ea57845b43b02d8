import { describe, expect, it } from "vitest";
import { InvalidItemError, toItem } from "../../lib/adapters/dynamo-item.ts";
import { serviceItemOf, serviceStateOf } from "../../lib/adapters/dynamo-service-item.ts";
import { phases } from "../../lib/domain/service-state.ts";
import { fullState } from "../contracts/contract-state.ts";

describe("serviceItemOf", () => {
	it.each(phases)("given phase %s, is read back as the same state", (phase) => {
		const state = { ...fullState("checkout"), phase };

		expect(serviceStateOf(serviceItemOf(state))).toStrictEqual(state);
	});

	it("given an idle service, stays out of the index of busy ones", () => {
		const item = serviceItemOf({ ...fullState("checkout"), phase: "idle" });

		expect(item).toMatchObject({ service: { S: "checkout" }, item: { S: "state" } });
		expect(item).not.toHaveProperty("busy");
	});
});

describe("serviceStateOf", () => {
	it.each([
		["without a phase", { service: "checkout", epoch: 1 }],
		["with a phase nobody knows", { service: "checkout", epoch: 1, phase: "paused" }],
		["with half an epoch", { service: "checkout", epoch: 1.5, phase: "idle" }],
		["of a release", { service: "checkout", item: "release#aaaaaaaaaaaa" }],
	])("given an item %s, refuses it by name", (_, record) => {
		expect(() => serviceStateOf(toItem(record))).toThrow(InvalidItemError);
	});
});
