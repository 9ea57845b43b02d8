import { fakeEnrolmentRecord } from "../../../simulator/fakes/enrolment-record.ts";
import { enrolmentRecordContract } from "../../contracts/enrolment-record.contract.ts";
import { makeStage } from "./stage.ts";

enrolmentRecordContract("fakeEnrolmentRecord", () => {
	const { world, caller } = makeStage();
	return {
		record: fakeEnrolmentRecord(world, caller, "sluice"),
		begin: async () => {
			const state = world.table.get("checkout");
			if (state !== null) world.table.put({ ...state, phase: "preparing" });
		},
		silence: caller.silence,
	};
});
