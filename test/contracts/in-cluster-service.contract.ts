import { expect, it } from "vitest";
import { SlotEpochConflictError } from "../../lib/ports/workloads.ts";
import type { WorkloadsSetup } from "./workloads.contract.ts";

/** The part of the port Workloads that moves in-cluster callers (D3a); `workloadsContract` runs it. */
export const inClusterServiceContract = (given: () => Promise<WorkloadsSetup>) => {
	it("given a Service without a slot in its selector, reads null", async () => {
		const { workloads, target } = await given();

		expect(await workloads.readInClusterService(target)).toBeNull();
	});

	it("given a slot, selects it, and moves back when asked", async () => {
		const { workloads, target } = await given();

		await workloads.directInClusterService(target, "green", 5);
		const moved = await workloads.readInClusterService(target);
		await workloads.directInClusterService(target, "blue", 6);

		expect(moved).toBe("green");
		expect(await workloads.readInClusterService(target)).toBe("blue");
	});

	it("given the same epoch again, is idempotent and may still correct the slot", async () => {
		const { workloads, target } = await given();
		await workloads.directInClusterService(target, "green", 5);

		await workloads.directInClusterService(target, "green", 5);
		await workloads.directInClusterService(target, "blue", 5);

		expect(await workloads.readInClusterService(target)).toBe("blue");
	});

	it("given an older epoch, refuses and leaves the selector alone", async () => {
		const { workloads, target } = await given();
		await workloads.directInClusterService(target, "blue", 6);

		const late = workloads.directInClusterService(target, "green", 5);

		await expect(late).rejects.toThrow(SlotEpochConflictError);
		expect(await workloads.readInClusterService(target)).toBe("blue");
	});

	it("given a target without an in-cluster Service, does nothing and reads null", async () => {
		const { workloads, target } = await given();
		const alone = { ...target, inClusterService: null };

		await workloads.directInClusterService(alone, "green", 5);

		expect(await workloads.readInClusterService(alone)).toBeNull();
		expect(await workloads.readInClusterService(target)).toBeNull();
	});
};
