import { describe, expect, it } from "vitest";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";

const cry = {
	v: 1,
	subject: "checkout-1-verdict",
	reason: "Traffic could not be sent back yet: TrafficUnavailableError",
	executionArn: "arn:aws:states:eu-central-1:111122223333:execution:rollback:checkout-1-verdict",
};

const page = (stage: FunctionStage, event: object = cry): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).pageOperators, event);

describe("calling a person", () => {
	it("given a machine that cannot get on, says whom and what it is about, and counts it", async () => {
		const stage = functionStage();

		await expect(page(stage)).resolves.toEqual({ v: 1, kind: "paged" });

		expect(stage.said).toMatchObject([
			{ kind: "service.needs-attention.v1", detail: { service: cry.subject, reason: cry.reason } },
		]);
		expect(stage.telemetry.counters.get("Paged")).toBe(1);
	});

	it("given the same trouble again, says something new only every ten minutes", async () => {
		const stage = functionStage();
		for (let minute = 0; minute < 15; minute++) {
			await page(stage);
			await stage.pass(60);
		}

		expect(new Set(stage.said.map(({ id }) => id)).size).toBe(2);
	});

	it("given two executions in trouble, tells them apart", async () => {
		const stage = functionStage();
		await page(stage);
		await page(stage, { ...cry, executionArn: `${cry.executionArn}-other` });

		expect(new Set(stage.said.map(({ id }) => id)).size).toBe(2);
	});

	it.each([
		["another version", { ...cry, v: 3 }],
		["no reason", { ...cry, reason: "" }],
	])("given %s, is refused", async (_, event) => {
		const stage = functionStage();

		await expect(page(stage, event)).rejects.toMatchObject({ name: "InvalidEventError" });
	});

	it("given a bus that does not listen, fails, so that the machine tries again", async () => {
		const stage = functionStage();
		stage.caller.failNext({ matches: () => true, moment: "before-effect" });

		await expect(page(stage)).rejects.toMatchObject({ name: "EventsUnavailableError" });
	});
});
