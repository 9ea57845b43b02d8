import { beforeAll, describe, expect, it } from "vitest";
import { scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import { runScenario } from "../../../simulator/scenarios/run-scenario.ts";
import type { Prepared } from "../../../simulator/system/prepare.ts";
import { rehearse } from "../rehearsal.ts";
import { type Removal, removals, withoutRetry } from "./removals.ts";

const removalOf = (wanted: string): Removal => {
	const removal = removals.find(({ what }) => what === wanted);
	if (removal === undefined) throw new RangeError(`"${wanted}" is taken out of no template.`);
	return removal;
};

/** Longer than the story ever takes, and not as long as help may be sought in vain. */
const limitSeconds = (scenario: string): number => (scenario === "good-image" ? 7_200 : 3_600);

describe("a template from which one thing was taken", () => {
	let whole: Prepared;

	beforeAll(async () => {
		whole = await rehearse();
	});

	const run = (prepared: Prepared, { scenario: name, trouble, outcome }: Removal, seed: number) => {
		const scenario = scenarioOf(name);
		const expected = outcome ?? scenario.expected;
		return runScenario(prepared, { ...scenario, expected }, seed, { limitSeconds: limitSeconds(name), ...trouble?.() });
	};

	/** What became of the story: `held`, or how it failed; a deployment that does not come about is a failure, too. */
	const outcomeOf = async (prepared: Prepared, removal: Removal): Promise<string> => {
		try {
			for (let seed = 1; seed <= (removal.seeds ?? 1); seed++) {
				const { ok, broken } = await run(prepared, removal, seed);
				if (!ok) return broken.join(" ");
			}
			return "held";
		} catch (error) {
			return String(error);
		}
	};

	it.each(removals)("given it without $what, $scenario fails; as it is, $scenario holds", async (removal) => {
		const withAll = await outcomeOf(whole, removal);
		const withoutIt = await outcomeOf(await rehearse(removal.remove), removal);

		expect(withAll).toBe("held");
		expect(withoutIt).toMatch(
			/^(It ended |From alarm, verdict or command to zero confirmed in at most 30 s\. At |FailedDeploymentError: )/,
		);
	});

	it("given a first task that crashes once, its retries help, and so does its catch; without either the reconciler comes too late", async () => {
		const removal = removalOf("retries and catches of the first task of a rollback");
		const withoutRetries = await rehearse(withoutRetry("RollbackMachine", "SendTrafficBack"));

		// With this seed the reconciler, which comes once a minute, comes late.
		const seed = 4;

		const fast = await run(whole, removal, seed);
		const caught = await run(withoutRetries, removal, seed);
		const slowest = await run(await rehearse(removal.remove), removal, seed);

		expect(fast).toMatchObject({ ok: true, outcome: "rolled-back" });
		expect(fast.rollback?.seconds).toBeLessThanOrEqual(30);
		expect(caught).toMatchObject({ ok: true, outcome: "rolled-back" });
		expect(slowest).toMatchObject({ ok: false, outcome: "rolled-back" });
		expect(slowest.rollback?.seconds).toBeGreaterThan(30);
	});

	it("given an execution that was stopped by hand, its rule rolls back at once; without it the reconciler does, later", async () => {
		const removal = removalOf("the rule for executions that were lost");
		const withoutRule = await rehearse(removal.remove);

		for (let seed = 1; seed <= 3; seed++) {
			const fast = await run(whole, removal, seed);
			const slow = await run(withoutRule, removal, seed);

			expect(fast).toMatchObject({ ok: true, outcome: "rolled-back" });
			expect(slow.outcome).toBe("rolled-back");
			expect(slow.rollback?.seconds).toBeGreaterThan(fast.rollback?.seconds ?? Number.POSITIVE_INFINITY);
		}
	});

	it("given a verdict that may start no rollback, what is measured begins at the verdict, not when help came", async () => {
		const removal = removalOf("states:StartExecution of the watch and the rollout machine on the rollback machine");

		const { rollback } = await run(await rehearse(removal.remove), removal, 1);

		// Up to the verdict both runs are the same, and it falls a little before the machine holds it.
		const verdictAtSeconds = (await run(whole, removal, 1)).rollback?.triggeredAtSeconds ?? Number.NEGATIVE_INFINITY;
		expect(rollback?.triggeredAtSeconds).toBeLessThanOrEqual(verdictAtSeconds + 1);
		expect(rollback?.seconds).toBeGreaterThan(30);
	});
});
