import { fakeAlarms } from "../../../simulator/fakes/alarms.ts";
import { alarmsContract } from "../../contracts/alarms.contract.ts";
import { makeStage } from "./stage.ts";

alarmsContract("fakeAlarms", async () => {
	const { caller } = makeStage();
	const states = new Map<string, { readonly state: string; readonly sinceEpochMs: number }>();
	const red = () =>
		[...states]
			.filter(([, { state }]) => state === "ALARM")
			.map(([name, { sinceEpochMs }]) => ({ name, sinceEpochMs }));
	return {
		alarms: fakeAlarms({ red }, caller),
		put: async (alarmName, state, sinceEpochMs) => {
			states.set(alarmName, { state, sinceEpochMs });
		},
		failNextRead: () => caller.failNext({ matches: () => true, moment: "before-effect" }),
	};
});
