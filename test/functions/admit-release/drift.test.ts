import { describe, expect, it } from "vitest";
import { objectKey } from "../../../simulator/world/cluster.ts";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { reach } from "../rollout-journey.ts";
import { said, scheduled } from "./asking.ts";

/** Sweeps for an hour, so that it is every service's turn once. */
const sweepForAnHour = async (stage: FunctionStage, ports = stage.ports, leftMs = 120_000): Promise<void> => {
	for (let sweep = 0; sweep < 12; sweep++) {
		await stage.run(handlersOf(ports).admitRelease, scheduled, leftMs);
		await stage.pass(300);
	}
};

const scaleUsers = ({ world, definition: { workload } }: FunctionStage, replicas: number): void =>
	world.cluster.deployment(objectKey(workload, workload.deployment))?.scale(replicas);

describe("a sweep over services that are idle", () => {
	it("given one that nobody touched, reads it once an hour and says nothing", async () => {
		const stage = functionStage();
		const reads: string[] = [];
		const ports = stage.deny((operation) => {
			if (operation === "elasticloadbalancing:DescribeRules") reads.push(operation);
			return false;
		});

		await sweepForAnHour(stage, ports);

		expect(reads).toHaveLength(1);
		expect(stage.said).toEqual([]);
		expect(stage.state().drift).toBeUndefined();
	});

	it("given one whose own pods are back, says it once, and forgets it at the sweep after it was put right", async () => {
		const stage = functionStage();
		scaleUsers(stage, 3);

		await sweepForAnHour(stage);
		await sweepForAnHour(stage);

		expect(said(stage, "service.drifted.v1")).toHaveLength(1);
		expect(stage.state().drift).toMatchObject({ found: [{ what: "users-replicas" }] });
		scaleUsers(stage, 0);
		await stage.run(handlersOf(stage.ports).admitRelease, scheduled, 120_000);
		expect(stage.state().drift).toBeUndefined();
	});

	it("given one whose rules cannot be read, goes on with releases and counts it", async () => {
		const stage = functionStage();

		await sweepForAnHour(
			stage,
			stage.deny((operation) => operation.startsWith("elasticloadbalancing:")),
		);

		expect(stage.telemetry.counters.get("DriftNotLookedFor")).toBe(1);
		expect(stage.telemetry.counters.get("SweepFailed")).toBeUndefined();
	});

	it("given a sweep that has used up half of its time, leaves the rest of it to releases", async () => {
		const stage = functionStage();
		scaleUsers(stage, 3);

		await sweepForAnHour(stage, stage.ports, 59_000);

		expect(stage.state().drift).toBeUndefined();
	});

	it("given one with a rollout under way, leaves the looking to it", async () => {
		const stage = functionStage();
		scaleUsers(stage, 3);
		await reach(stage, "exposed");

		await sweepForAnHour(stage);

		expect(said(stage, "service.drifted.v1")).toEqual([]);
	});
});
