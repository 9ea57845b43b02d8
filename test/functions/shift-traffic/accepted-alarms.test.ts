import { describe, expect, it } from "vitest";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach } from "../rollout-journey.ts";

const alarmNames = ["checkout errors", "checkout p95"];

/** A canary that nobody has met, beside alarms that turned red one after the other since its admission. */
const besideRed = async (...red: readonly string[]): Promise<FunctionStage> => {
	const stage = functionStage({ alarmNames });
	await reach(stage, "opened");
	for (const [index, name] of red.entries())
		stage.red.set(name, (stage.state().startedAtEpochMs ?? 0) + index * 60_000);
	return stage;
};

const shift = (stage: FunctionStage, accepted: object): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).shiftTraffic, payload({ weightPercent: 25, ...accepted }));

describe("the first exposure after somebody has resumed", () => {
	it("given another alarm that turned red since that was asked, pauses once more and names both", async () => {
		const stage = await besideRed(...alarmNames);

		const answer = await shift(stage, { acceptedAlarms: ["checkout errors"] });

		expect(answer).toMatchObject({ kind: "pause", reason: "environment-unhealthy", askedAlarms: alarmNames });
		expect(stage.state()).toMatchObject({ phase: "preparing", redAlarms: {} });
		await expect(shift(stage, { acceptedAlarms: alarmNames })).resolves.toMatchObject({ kind: "shifted" });
		expect(Object.keys(stage.state().redAlarms)).toEqual(alarmNames);
	});

	it("given an execution that began before the names were carried, takes its one answer for every alarm", async () => {
		const stage = await besideRed(...alarmNames);

		await expect(shift(stage, { acceptRed: false })).resolves.toMatchObject({ kind: "pause" });
		await expect(shift(stage, { acceptRed: true })).resolves.toMatchObject({ kind: "shifted" });
	});
});
