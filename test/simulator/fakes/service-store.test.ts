import { describe, expect, it } from "vitest";
import { idleState } from "../../../lib/domain/service-state.ts";
import { StoreUnavailableError } from "../../../lib/ports/service-store.ts";
import { fakeServiceStore } from "../../../simulator/fakes/service-store.ts";
import { contractRelease } from "../../contracts/contract-state.ts";
import { serviceStoreContract } from "../../contracts/service-store.contract.ts";
import { makeStage, type Stage } from "./stage.ts";

const storeOf = ({ world, caller }: Stage, tableName = "sluice") => fakeServiceStore(world, caller, tableName);
const idle = idleState("checkout", "blue", contractRelease("a"));
const start = { condition: { phaseIn: ["idle"] }, set: { epoch: 1, phase: "preparing" } } as const;

serviceStoreContract("fakeServiceStore", async () => {
	const stage = makeStage();
	const store = storeOf(stage);
	// The contract asks for an index that does not lag.
	const listBusy = async () => {
		await stage.pass(1);
		return store.listBusy();
	};
	return {
		store: { ...store, listBusy },
		enrol: async (state) => stage.world.table.put(state),
		silence: () => stage.caller.silence(),
	};
});

describe("fakeServiceStore makes the calls of the real adapter", () => {
	it("given an admission, writes in one transaction that needs two permissions, and reads", async () => {
		const stage = makeStage();
		stage.world.table.put(idle);

		await storeOf(stage).admit("checkout", contractRelease("b"), start);

		expect(stage.caller.operations).toEqual(["dynamodb:TransactWriteItems", "dynamodb:GetItem"]);
		expect(stage.caller.calls[0]?.authorisedAs).toEqual([
			{ action: "dynamodb:PutItem" },
			{ action: "dynamodb:UpdateItem" },
		]);
	});

	it("given a table that is not there, fails", async () => {
		const stage = makeStage();
		stage.world.table.put(idle);

		await expect(storeOf(stage, "slucie").read("checkout")).rejects.toThrow('Table "slucie" does not exist');
	});

	it("given an answer that was lost, says unavailable although the write landed", async () => {
		const stage = makeStage();
		stage.world.table.put(idle);
		stage.caller.failNext({ matches: () => true, moment: "after-effect" });

		await expect(storeOf(stage).write("checkout", start)).rejects.toThrow(StoreUnavailableError);

		expect(stage.world.table.get("checkout")?.phase).toBe("preparing");
	});
});

describe("the index of busy services", () => {
	it("given a write, shows it later and never before", async () => {
		const stage = makeStage();
		stage.world.table.put(idle);
		const store = storeOf(stage);

		await store.write("checkout", start);
		const atOnce = await store.listBusy();
		await stage.pass(1);
		const later = await store.listBusy();

		expect(atOnce).toEqual([]);
		expect(later.map(({ service }) => service)).toEqual(["checkout"]);
	});
});
