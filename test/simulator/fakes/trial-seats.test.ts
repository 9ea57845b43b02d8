import { fakeServiceStore } from "../../../simulator/fakes/service-store.ts";
import { fakeTrialSeats } from "../../../simulator/fakes/trial-seats.ts";
import { trialSeatsContract } from "../../contracts/trial-seats.contract.ts";
import { makeStage } from "./stage.ts";

trialSeatsContract("fakeTrialSeats", async () => {
	const { world, caller } = makeStage();
	return {
		seats: fakeTrialSeats(world, caller, "sluice"),
		store: fakeServiceStore(world, caller, "sluice"),
		enrol: async (state) => world.table.put(state),
		silence: () => caller.silence(),
	};
});
