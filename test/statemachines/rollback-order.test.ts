import { describe, expect, it } from "vitest";
import { TaskFailure } from "../../simulator/asl/task-failure.ts";
import { setStage } from "../simulator/asl/stage.ts";
import { filled, functionNameOf } from "./rollout-stage.ts";

/** Seconds after the start, and which function was called. */
type Call = readonly [seconds: number, name: string];

/** Plays a rollback in which a function fails as often as said, at once each time. */
const playRollback = async (failing: string, failures: number, error: string) => {
	const calls: Call[] = [];
	let left = failures;
	const stage = setStage({
		machines: { rollback: filled("rollback") },
		answer: ({ functionArn }, self) => {
			const name = functionNameOf(functionArn);
			calls.push([self.elapsedMs() / 1000, name]);
			if (name === failing && left-- > 0) throw new TaskFailure(error, "{}");
			const about = { rolloutId: "checkout-1", zeroConfirmedAtEpochMs: 1, wasExposed: true, drainSeconds: 300 };
			return { kind: name === "RollBack" ? "confirmed" : "done", lookIndex: 1, ...about };
		},
	});
	const view = await stage.play({ v: 2, rolloutId: "checkout-1" });
	return { view, calls, names: calls.map(([, name]) => name) };
};

describe("a rollback that is refused its traffic", () => {
	it("given a whole round of attempts, begins the next one before anybody is paged", async () => {
		const { view, names } = await playRollback("RollBack", 9, "TrafficUnavailableError");

		expect(view.status).toBe("SUCCEEDED");
		expect(names.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => "RollBack"));
		expect(names).not.toContain("PageOperators");
	});

	it("given two rounds, pages and goes on trying", async () => {
		const { view, names } = await playRollback("RollBack", 18, "TrafficUnavailableError");

		expect(view.status).toBe("SUCCEEDED");
		expect(names.indexOf("PageOperators")).toBe(18);
		expect(names[19]).toBe("RollBack");
	});
});

describe("callers in the cluster that cannot be moved back", () => {
	it("given four attempts, pages, stops the rollout at once and goes on trying before the drain", async () => {
		const { view, calls, names } = await playRollback("MoveInClusterService", 10, "WorkloadsUnavailableError");

		expect(view.status).toBe("SUCCEEDED");
		expect(names.slice(0, 5).filter((name) => name === "MoveInClusterService")).toHaveLength(4);
		const stopped = names.indexOf("StopRollout");
		expect(names.slice(stopped - 1, stopped + 2)).toEqual(["PageOperators", "StopRollout", "MoveInClusterService"]);
		expect(calls[stopped]?.[0]).toBeLessThan(30);
		const moved = names.indexOf("ObserveZero") - 1;
		expect(names[moved]).toBe("MoveInClusterService");
		expect(calls[moved]?.[0]).toBeLessThan(300);
	});

	it("given that nothing fails, moves them twice and pages nobody", async () => {
		const { names } = await playRollback("MoveInClusterService", 0, "");

		expect(names.filter((name) => name === "MoveInClusterService")).toHaveLength(2);
		expect(names).not.toContain("PageOperators");
	});
});
