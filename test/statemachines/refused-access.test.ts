import { describe, expect, it } from "vitest";
import { playRollout } from "./rollout-stage.ts";

const refusals = ["InvalidAwsCallError", "InvalidClusterAccessError", "InvalidTrafficAccessError"];
const functionsOfRollout = [
	"PrepareCanary",
	"OpenTrial",
	"PlanStep",
	"EnsureCapacity",
	"ShiftTraffic",
	"PromoteCanary",
];

const times = (count: number, error: string): readonly string[] => Array.from({ length: count }, () => error);

describe("access that is refused to a rollout", () => {
	it.each(functionsOfRollout)("given that %s was refused once, does not take a healthy release back", async (of) => {
		for (const error of refusals) {
			const { rollout, rollbacks } = await playRollout({ failures: { of, errors: [error] } });

			expect(rollout).toMatchObject({ status: "SUCCEEDED", output: { outcome: "promoted" } });
			expect(rollbacks).toEqual([]);
		}
	});

	it.each(refusals)("given %s for six times, while permissions spread, still goes on", async (error) => {
		const failures = { of: "ShiftTraffic", errors: times(6, error) };

		const { rollout, rollbacks } = await playRollout({ failures });

		expect(rollout.status).toBe("SUCCEEDED");
		expect(rollbacks).toEqual([]);
	});

	it.each(refusals)("given %s that stays, takes the release back after two minutes or so at most", async (error) => {
		for (let seed = 1; seed <= 20; seed++) {
			const failures = { of: "ShiftTraffic", errors: times(100, error) };

			const { rollbacks, payloadsOf } = await playRollout({ failures, seed });

			const [rollback] = rollbacks;
			expect(payloadsOf("ShiftTraffic")).toHaveLength(7);
			expect(rollback?.input).toMatchObject({
				cause: { kind: "execution-lost", explanation: expect.stringContaining(error) },
			});
			expect((rollback?.startEpochMs ?? Number.NaN) - Date.parse("2026-01-01T00:00:00.000Z")).toBeLessThanOrEqual(
				125_000,
			);
		}
	});

	it("given any other mistake of ours, takes the release back at once", async () => {
		const { rollbacks, payloadsOf } = await playRollout({
			failures: { of: "ShiftTraffic", errors: times(100, "InvalidDefinitionError") },
		});

		expect(payloadsOf("ShiftTraffic")).toHaveLength(1);
		expect(rollbacks).toHaveLength(1);
	});
});

describe("access that is refused to a watch", () => {
	it.each(refusals)("given %s once, looks again and asks nobody", async (error) => {
		const { rollout, payloadsOf } = await playRollout({ failures: { of: "WatchCanary", errors: [error] } });

		expect(rollout.status).toBe("SUCCEEDED");
		expect(payloadsOf("AwaitPerson")).toEqual([]);
	});

	it.each(refusals)(
		"given %s that stays for seven looks, waits for a person: no evidence is not bad evidence",
		async (error) => {
			const { rollout, payloadsOf, rollbacks } = await playRollout({
				failures: { of: "WatchCanary", errors: times(7, error) },
			});

			expect(rollout.status).toBe("SUCCEEDED");
			expect(payloadsOf("AwaitPerson")).toMatchObject([
				{ reason: "no-evidence", explanation: expect.stringContaining(error) },
			]);
			expect(rollbacks).toEqual([]);
		},
	);
});
