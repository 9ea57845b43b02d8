import { describe, expect, it } from "vitest";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { reach, rollbackPayload, type Station } from "../rollout-journey.ts";

interface Said {
	readonly service?: string;
	readonly rolloutId?: string;
	readonly secondsAgo?: number;
}

/** A person's command as EventBridge hands it to the machine. */
const abort = ({ clock }: FunctionStage, { service = "checkout", rolloutId, secondsAgo = 0 }: Said = {}) => ({
	version: "0",
	source: "people/AROAEXAMPLE:ana",
	"detail-type": "command.abort.v1",
	time: new Date(clock.nowEpochMs() - secondsAgo * 1_000).toISOString(),
	detail: { service, ...(rolloutId !== undefined && { rolloutId }) },
});

const rollBack = (stage: FunctionStage, said?: Said): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).rollBack, rollbackPayload(abort(stage, said)), 10_000);

describe("a rollback that a person asks for", () => {
	it.each<Station>(["admitted", "exposed", "at everything", "promoted"])(
		"given a rollout that is %s, sends everything back, whether it is named or not",
		async (station) => {
			for (const rolloutId of ["checkout-1", undefined]) {
				const stage = functionStage();
				await reach(stage, station);

				const answer = await rollBack(stage, rolloutId === undefined ? {} : { rolloutId });

				expect(answer).toMatchObject({ kind: "confirmed", rolloutId: "checkout-1" });
				expect(stage.state()).toMatchObject({
					phase: "rolling-back",
					rollback: { kind: "person", explanation: "Aborted by AROAEXAMPLE:ana." },
				});
			}
		},
	);

	it.each<readonly [string, Station, Said, string]>([
		["another rollout", "exposed", { rolloutId: "checkout-7" }, "rollout checkout-7 is not under way"],
		["another service's rollout", "exposed", { rolloutId: "search-1" }, "rollout search-1 is not under way"],
		[
			"whichever was under way an hour before",
			"exposed",
			{ secondsAgo: 3_600 },
			"nothing was under way when it was said",
		],
		["whichever is under way, and nothing is", "idle", {}, "nothing was under way when it was said"],
		["a service that nobody enrolled", "exposed", { service: "cart" }, "service cart is not enrolled"],
	])("given %s, touches nothing and wakes nobody", async (_, station, said, reason) => {
		const stage = functionStage();
		await reach(stage, station);
		const before = stage.state();

		const answer = await rollBack(stage, said);

		expect(answer).toMatchObject({ kind: "over", reason });
		expect(stage.state()).toBe(before);
	});

	it("given another rollout whose traffic an earlier attempt sent back without the record, takes that back too", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		const late = rollbackPayload(abort(stage, { rolloutId: "checkout-7" }), "rollback-a", true);

		const answer = await stage.run(handlersOf(stage.ports).rollBack, late, 10_000);

		expect(answer).toMatchObject({ kind: "confirmed", rolloutId: "checkout-1" });
		expect(stage.state()).toMatchObject({
			phase: "rolling-back",
			rollback: { kind: "person", explanation: expect.stringContaining("It meant another rollout") },
		});
	});

	it("given that an earlier attempt sent traffic back without the record, and nothing is under way, is over", async () => {
		const stage = functionStage();
		await reach(stage, "idle");
		const late = rollbackPayload(abort(stage, { rolloutId: "checkout-7" }), "rollback-a", true);

		await expect(stage.run(handlersOf(stage.ports).rollBack, late, 10_000)).resolves.toMatchObject({ kind: "over" });
	});

	it("given a rollout that is closing, wakes nobody: the person hears it", async () => {
		const stage = functionStage();
		await reach(stage, "closed");

		const answer = await rollBack(stage, { rolloutId: "checkout-1" });

		expect(answer).toMatchObject({ kind: "over" });
		expect((await stage.rules()).base).toEqual({ blue: 0, green: 100 });
	});
});
