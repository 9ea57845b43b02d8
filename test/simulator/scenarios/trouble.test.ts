import { beforeAll, describe, expect, it } from "vitest";
import { weightsFor } from "../../../lib/domain/slot.ts";
import type { RemoteCall } from "../../../simulator/kernel/caller.ts";
import type { Fault } from "../../../simulator/kernel/sandbox-host.ts";
import { scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import { type RunOptions, runScenario, type Scene } from "../../../simulator/scenarios/run-scenario.ts";
import type { Scenario } from "../../../simulator/scenarios/scenario.ts";
import type { ScenarioResult } from "../../../simulator/scenarios/scenario-result.ts";
import type { Stage } from "../../../simulator/scenarios/stage.ts";
import type { System } from "../../../simulator/system/make-system.ts";
import type { Prepared } from "../../../simulator/system/prepare.ts";
import { definitionIn } from "../../../simulator/system/registration.ts";
import { routingOf } from "../../../simulator/world/routing.ts";
import { rehearse } from "../rehearsal.ts";

/** A known story in which something else happens besides; its end alone is of interest. */
const variant = (name: string, change: Partial<Scenario>): Scenario => ({
	...scenarioOf(name),
	broken: () => [],
	...change,
});

type Said = Parameters<Scenario["react"]>[0];

/** Does something once, the first time that a kind of event is heard. */
const once = (kind: Said["kind"], act: (stage: Stage, event: Said) => void): Scenario["react"] => {
	let isOver = false;
	return (event, stage) => {
		scenarioOf("good-image").react(event, stage);
		if (isOver || event.kind !== kind) return;
		isOver = true;
		act(stage, event);
	};
};

describe("trouble that a rollout must live through", () => {
	let prepared: Prepared;
	let system: System;
	let scene: Scene;

	beforeAll(async () => {
		prepared = await rehearse();
	});

	const run = (scenario: Scenario, options: RunOptions = {}): Promise<ScenarioResult> =>
		runScenario(prepared, scenario, 1, {
			...options,
			onDeployed: (deployed, reached) => {
				system = deployed;
				scene = reached;
				options.onDeployed?.(deployed, reached);
			},
		});

	/** Crashes the calls of a kind for a while, from the moment that `begin` is called. */
	const outage = (matches: (entry: string, call: RemoteCall) => boolean, seconds: number) => {
		let untilEpochMs = 0;
		return {
			begin: () => {
				untilEpochMs = system.clock.nowEpochMs() + seconds * 1000;
			},
			faultFor: (entry: string, call: RemoteCall): Fault | null =>
				untilEpochMs > 0 && system.clock.nowEpochMs() < untilEpochMs && matches(entry, call)
					? { kind: "crashed", when: "before" }
					: null,
		};
	};

	/** Somebody gives the base rule to one slot, by hand. */
	const editBase = (canaryPercent: number): void => {
		const { definition } = definitionIn(prepared.deployment, "checkout");
		scene.lend("rule-edited");
		routingOf(system.world, definition).weigh("base", weightsFor("blue", canaryPercent));
	};

	it("given an alarm while roll-back cannot work for four minutes, still goes back, and somebody was paged", async () => {
		const trouble = outage((entry) => entry === "functions/roll-back", 240);
		const scenario = variant("alarm-in-bake", { react: once("rollout.shifted.v1", () => trouble.begin()) });

		const { outcome, timeline } = await run(scenario, { faultFor: trouble.faultFor });

		expect(outcome).toBe("rolled-back");
		expect(timeline.some(({ topicName }) => topicName === "sluice-production-pages")).toBe(true);
	});

	it("given harm that no alarm sees while an approval is pending, goes back within minutes", async () => {
		const harm = scenarioOf("alarm-at-gate");
		let harmedAtSeconds = Number.POSITIVE_INFINITY;
		const scenario = variant("alarm-at-gate", {
			react: (event, stage) =>
				harm.react(event, {
					...stage,
					changeCandidate: () => {
						harmedAtSeconds = event.detail.atEpochMs / 1000;
						stage.changeCandidate({ errorRatio: 0.9 });
					},
				}),
		});

		const { outcome, timeline } = await run(scenario);

		const rolledBack = timeline.find(({ kind }) => kind === "rollout.rolled-back.v1");
		expect(outcome).toBe("rolled-back");
		expect(rolledBack).toMatchObject({ cause: "verdict" });
		expect(Number(rolledBack?.zeroConfirmedAtEpochMs) / 1000 - harmedAtSeconds).toBeLessThan(360);
	});

	it("given metrics that cannot be read for ten minutes beside a question, sees the harm once they are back", async () => {
		const trouble = outage(
			(entry, { operation }) => entry === "functions/watch-canary" && operation.startsWith("cloudwatch:"),
			600,
		);
		const harm = scenarioOf("alarm-at-gate");
		const scenario = variant("alarm-at-gate", {
			react: (event, stage) =>
				harm.react(event, {
					...stage,
					changeCandidate: () => {
						trouble.begin();
						stage.changeCandidate({ errorRatio: 0.9 });
					},
				}),
		});

		const { outcome, timeline } = await run(scenario, { faultFor: trouble.faultFor });

		expect(outcome).toBe("rolled-back");
		expect(timeline.find(({ kind }) => kind === "rollout.rolled-back.v1")).toMatchObject({ cause: "verdict" });
	});

	it("given a base rule that somebody pointed at the canary, a rollback still sends users to the stable slot", async () => {
		let served = 0;
		const canaryRequests = () => system.world.traffic.of("checkout").totals().canary;
		const scenario = variant("good-image", {
			react: once("rollout.shifted.v1", (stage) => {
				stage.after(10, () => editBase(100));
				stage.after(20, () => stage.command("abort", "sre"));
				stage.after(60, () => {
					served = canaryRequests().good;
				});
				stage.after(120, () => {
					served = canaryRequests().good - served;
					editBase(0);
				});
			}),
		});

		const { outcome, broken } = await run(scenario);

		expect(broken).toEqual([]);
		expect(served).toBe(0);
		expect(outcome).toBe("rolled-back");
	});

	it("given a base rule put back by hand while the old slot drains, does not take that slot's pods away", async () => {
		const { definition } = definitionIn(prepared.deployment, "checkout");
		let healthy = 0;
		const scenario = variant("good-image", {
			react: once("rollout.closed.v1", (stage) => {
				stage.after(60, () => editBase(0));
				stage.after(900, () => {
					healthy = routingOf(system.world, definition).healthyTargets("blue");
					editBase(100);
				});
			}),
		});

		const { outcome } = await run(scenario);

		expect(healthy).toBeGreaterThan(0);
		expect(outcome).toBe("promoted");
	});

	it("given a cluster that does not answer for ten minutes while closing, closes in the end", async () => {
		const trouble = outage((_, { operation }) => operation.startsWith("kubernetes:"), 900);
		const scenario = variant("good-image", { react: once("rollout.closed.v1", () => trouble.begin()) });

		const { outcome } = await run(scenario, { faultFor: trouble.faultFor });

		expect(outcome).toBe("promoted");
	});
});
