import { describe, expect, it } from "vitest";
import { releaseOf } from "../../../lib/domain/release.ts";
import { inClusterCallersReachStable } from "../../../simulator/checkers/in-cluster-callers-reach-stable.ts";
import { contractDefinition } from "../../contracts/contract-definition.ts";
import { candidateDigest } from "./checked-stage.ts";
import { exposedStage } from "./exposed-stage.ts";

const makeStage = async () => {
	const stage = await exposedStage(inClusterCallersReachStable);
	const moveTo = (slot: "blue" | "green"): void =>
		stage.call("functions/move-in-cluster-service", "kubernetes:patch:services", () =>
			stage.world.cluster.putService(stage.inClusterServiceKey, slot, 1),
		);
	return { ...stage, moveTo };
};

describe("callers in the cluster", () => {
	it("given a promotion, move once the window is open, and stay where roles change to", async () => {
		const stage = await makeStage();

		stage.shift(100);
		stage.write({ phase: "window" });
		await stage.look(30);
		stage.moveTo("green");
		stage.write({ phase: "closing", epoch: 2 });
		stage.write({ stableSlot: "green", stableRelease: releaseOf(candidateDigest) });
		stage.finish();
		await stage.look(30);

		expect(stage.broken()).toEqual([]);
	});

	it("given a rollback from the window, are back before it is said", async () => {
		const stage = await makeStage();

		stage.shift(100);
		stage.write({ phase: "window" });
		stage.moveTo("green");
		stage.beginRollback();
		await stage.look(30);
		stage.moveTo("blue");
		stage.sayRolledBack();
		await stage.look(300);
		stage.finish();

		expect(stage.broken()).toEqual([]);
	});

	it.each(["preparing", "trial"] as const)("given a move in %s, the promise does not hold", async (phase) => {
		const stage = await makeStage();

		stage.write({ phase });
		stage.moveTo("green");

		expect(stage.broken()).toEqual([expect.stringMatching(`reach green in ${phase}; allowed is blue`)]);
	});

	it("given a rollback that is said before they are back, the promise does not hold", async () => {
		const stage = await makeStage();

		stage.write({ phase: "window" });
		stage.moveTo("green");
		stage.beginRollback();
		stage.sayRolledBack();

		expect(stage.broken()).toEqual([expect.stringMatching(/reach green in rolling-back; allowed is blue/)]);
	});

	it("given a closing that begins before they were moved, the promise does not hold", async () => {
		const stage = await makeStage();

		stage.write({ phase: "window" });
		stage.write({ phase: "closing", epoch: 2 });

		expect(stage.broken()).toEqual([expect.stringMatching(/reach blue in closing; allowed is green/)]);
	});

	it("given a record that is idle while they reach the canary, the promise does not hold", async () => {
		const stage = await makeStage();

		stage.write({ phase: "window" });
		stage.moveTo("green");
		stage.beginRollback();
		stage.finish();

		expect(stage.broken()).toEqual([expect.stringMatching(/reach green in idle; allowed is blue/)]);
	});

	it("given a selected slot without a ready pod, the promise does not hold, unless a person stopped it", async () => {
		const stage = await makeStage();

		stage.world.cluster.deployment(stage.keyOf("blue"))?.scale(0);
		await stage.look(5);
		const byNobody = stage.broken().length;
		stage.hands.add("deployment-edited");
		await stage.look(30);

		expect(byNobody).toBe(1);
		expect(stage.broken()).toEqual([expect.stringMatching(/reach blue, where no pod is ready/)]);
	});

	it.each([
		["crashes, holds: that is for guardrails to see", 0],
		["is scaled to zero under its callers, does not hold", 1],
	] as const)("given a canary that has the callers in its window and %s", async (what, count) => {
		const stage = await makeStage();
		const canary = stage.world.cluster.deployment(stage.keyOf("green"));

		stage.shift(100);
		stage.write({ phase: "window" });
		stage.moveTo("green");
		if (what.startsWith("crashes")) canary?.crashReady();
		else canary?.scale(0);
		await stage.look(5);

		expect(canary?.readyReplicas).toBe(0);
		expect(stage.broken()).toHaveLength(count);
	});

	it("given a Service that selects nothing, the promise does not hold", async () => {
		const stage = await makeStage();

		stage.world.cluster.putService(stage.inClusterServiceKey, null, 1);

		expect(stage.broken()).toEqual([expect.stringMatching(/reach no slot/)]);
	});

	it("given an edited record, asks for ready pods only", async () => {
		const stage = await makeStage();

		stage.write({ phase: "window" });
		stage.moveTo("green");
		stage.hands.add("record-edited");
		stage.edit({ phase: "idle" });
		await stage.look(30);

		expect(stage.broken()).toEqual([]);
	});

	it("given a service without any, there is nothing to hold", async () => {
		const { workload } = contractDefinition();
		const stage = await exposedStage(inClusterCallersReachStable, { workload });

		stage.world.cluster.putService(stage.inClusterServiceKey, "green", 1);

		expect(stage.broken()).toEqual([]);
	});

	it.each([
		["a person whose tool", true, 170, [], 0],
		["a person whose tool", true, 200, [], 1],
		["nobody who", false, 5, [], 1],
		["a person who is waited for and", true, 600, ["external-writer"], 0],
		["a person who is asked for something else and", true, 600, ["approval"], 1],
	] as const)(
		"given %s (%s) unsets the selector for %i s (%j), finds %i break",
		async (_, isHand, seconds, reasons, count) => {
			const stage = await makeStage();

			stage.shift(5);
			for (const reason of reasons)
				stage.write({ pause: { reason, explanation: "", token: "t", sinceEpochMs: 0, approvers: [] } });
			if (isHand) stage.hands.add("service-edited");
			stage.world.cluster.putService(stage.inClusterServiceKey, null, null);
			await stage.look(seconds);
			stage.moveTo("blue");
			await stage.look(10);

			expect(stage.broken()).toHaveLength(count);
		},
	);

	it("given a person who edits the Service, does not excuse what a function writes", async () => {
		const stage = await makeStage();

		stage.shift(5);
		stage.hands.add("service-edited");
		stage.moveTo("green");
		await stage.look(10);

		expect(stage.broken()).toHaveLength(1);
	});
});
