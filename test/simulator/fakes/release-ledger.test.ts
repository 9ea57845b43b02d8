import { fakeReleaseLedger } from "../../../simulator/fakes/release-ledger.ts";
import { fakeServiceStore } from "../../../simulator/fakes/service-store.ts";
import { releaseLedgerContract } from "../../contracts/release-ledger.contract.ts";
import { makeStage } from "./stage.ts";

releaseLedgerContract("fakeReleaseLedger", async () => {
	const { world, caller } = makeStage();
	return {
		ledger: fakeReleaseLedger(world, caller, "sluice"),
		store: fakeServiceStore(world, caller, "sluice"),
		enrol: async (state) => world.table.put(state),
		silence: () => caller.silence(),
	};
});
