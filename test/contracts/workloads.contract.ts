import { describe, expect, it, onTestFinished } from "vitest";
import { releaseOf } from "../../lib/domain/release.ts";
import type { WorkloadTarget } from "../../lib/domain/service-definition.ts";
import type { SlotName } from "../../lib/domain/slot.ts";
import { SlotEpochConflictError, type Workloads, WorkloadsUnavailableError } from "../../lib/ports/workloads.ts";
import { inClusterServiceContract } from "./in-cluster-service.contract.ts";

/** A world with one user's Deployment in it, both slots never deployed, and an in-cluster Service that selects neither. */
export interface WorkloadsSetup {
	readonly workloads: Workloads;
	/** Names the Deployment and the in-cluster Service of that world. */
	readonly target: WorkloadTarget;
	/** Bounds that the user's own autoscaler declares; 2 ≤ min < max ≤ 20. */
	readonly userReplicas: { readonly min: number; readonly max: number };
	/** Load rises: the slot's autoscaler wants this many pods, its Deployment and pods have not followed yet. */
	want(slot: SlotName, replicas: number): Promise<void>;
	/** The cluster catches up: the autoscaler moves the Deployment into its bounds, pods start and become ready. */
	settle(slot: SlotName): Promise<void>;
	/** From now on the cluster's API fails every call. */
	breakDown(): Promise<void>;
	close?(): Promise<void>;
}

const first = releaseOf(`sha256:${"a".repeat(64)}`, "v1");
const second = releaseOf(`sha256:${"b".repeat(64)}`, "v2");

/** What every implementation of the port Workloads promises (D13). */
export const workloadsContract = (name: string, make: () => Promise<WorkloadsSetup>) => {
	const given = async (): Promise<WorkloadsSetup> => {
		const setup = await make();
		onTestFinished(async () => setup.close?.());
		return setup;
	};

	describe(`${name}: deploying`, () => deploying(given));
	describe(`${name}: deploying anew`, () => deployingAnew(given));
	describe(`${name}: holding capacity`, () => holding(given));
	describe(`${name}: retiring`, () => retiring(given));
	describe(`${name}: the in-cluster Service`, () => inClusterServiceContract(given));
	describe(`${name}: an API that is down`, () => breakingDown(given));
};

type Given = () => Promise<WorkloadsSetup>;

/** The first release runs in the green slot since epoch 5. */
const deployed = async (given: Given): Promise<WorkloadsSetup> => {
	const setup = await given();
	await setup.workloads.deploy(setup.target, "green", first, 5);
	return setup;
};

/** As `deployed`, with four pods ready. */
const running = async (given: Given): Promise<WorkloadsSetup> => {
	const setup = await deployed(given);
	await setup.workloads.hold(setup.target, "green", 4, 5);
	await setup.settle("green");
	return setup;
};

const deploying = (given: Given) => {
	it("given a slot that was never deployed, reads zeros and no digest", async () => {
		const { workloads, target } = await given();

		const slot = await workloads.read(target, "green");

		expect(slot).toEqual({
			wantedReplicas: 0,
			readyReplicas: 0,
			minReplicas: 0,
			imageDigest: null,
			contentHash: null,
			epoch: 0,
			isSettled: false,
			isScalingAmbiguous: false,
		});
	});

	it("given a release, runs its digest with at least one replica and a lower bound of 1", async () => {
		const { workloads, target } = await given();

		await workloads.deploy(target, "green", first, 5);

		const slot = await workloads.read(target, "green");
		expect(slot).toMatchObject({ imageDigest: first.imageDigest, epoch: 5, minReplicas: 1, isSettled: false });
		expect(slot.wantedReplicas).toBeGreaterThanOrEqual(1);
	});

	it("given that the cluster caught up, is settled with every wanted pod ready", async () => {
		const { workloads, target, settle } = await deployed(given);

		await settle("green");

		const slot = await workloads.read(target, "green");
		expect(slot.isSettled).toBe(true);
		expect(slot.readyReplicas).toBe(slot.wantedReplicas);
	});
};

const deployingAnew = (given: Given) => {
	it("given one slot, leaves the other alone", async () => {
		const { workloads, target } = await given();
		await workloads.deploy(target, "blue", first, 5);
		const before = await workloads.read(target, "blue");

		await workloads.deploy(target, "green", second, 6);

		expect(await workloads.read(target, "blue")).toEqual(before);
	});

	it("given the same deploy twice, changes nothing, not even what was held meanwhile", async () => {
		const { workloads, target } = await running(given);
		const before = await workloads.read(target, "green");

		await workloads.deploy(target, "green", first, 5);

		expect(await workloads.read(target, "green")).toEqual(before);
	});

	it("given a newer epoch, replaces the release and starts again at a lower bound of 1", async () => {
		const { workloads, target } = await running(given);

		await workloads.deploy(target, "green", second, 7);

		expect(await workloads.read(target, "green")).toMatchObject({
			imageDigest: second.imageDigest,
			epoch: 7,
			minReplicas: 1,
			isSettled: false,
			isScalingAmbiguous: false,
		});
	});

	it("given an older epoch, refuses and changes nothing", async () => {
		const { workloads, target } = await given();
		await workloads.deploy(target, "green", second, 7);
		const before = await workloads.read(target, "green");

		const late = workloads.deploy(target, "green", first, 5);

		await expect(late).rejects.toThrow(SlotEpochConflictError);
		expect(await workloads.read(target, "green")).toEqual(before);
	});
};

const holding = (given: Given) => {
	it("given a lower bound, runs that many pods once the cluster caught up", async () => {
		const { workloads, target, settle } = await deployed(given);

		await workloads.hold(target, "green", 4, 5);
		await settle("green");

		expect(await workloads.read(target, "green")).toMatchObject({
			minReplicas: 4,
			wantedReplicas: 4,
			readyReplicas: 4,
			isSettled: true,
			isScalingAmbiguous: false,
		});
	});

	it("given a lower bound above the autoscaler's upper one, reaches it all the same", async () => {
		const { workloads, target, settle, userReplicas } = await deployed(given);

		await workloads.hold(target, "green", userReplicas.max + 3, 5);
		await settle("green");

		expect(await workloads.read(target, "green")).toMatchObject({ readyReplicas: userReplicas.max + 3 });
	});

	it("given no lower bound, returns to the user's own", async () => {
		const { workloads, target, userReplicas } = await deployed(given);
		await workloads.hold(target, "green", userReplicas.max + 3, 5);

		await workloads.hold(target, "green", null, 5);

		expect(await workloads.read(target, "green")).toMatchObject({ minReplicas: userReplicas.min });
	});

	it("given more load, wants what the autoscaler wants before any pod has started", async () => {
		const { workloads, target, settle, want, userReplicas } = await given();
		await workloads.deploy(target, "blue", first, 5);
		await settle("blue");

		await want("blue", userReplicas.max);

		const slot = await workloads.read(target, "blue");
		expect(slot.wantedReplicas).toBe(userReplicas.max);
		expect(slot.readyReplicas).toBeLessThan(userReplicas.max);
	});

	it.each([4, 6])("given epoch %i where the slot carries 5, refuses and changes nothing", async (epoch) => {
		const { workloads, target } = await deployed(given);

		const stranger = workloads.hold(target, "green", 9, epoch);

		await expect(stranger).rejects.toThrow(SlotEpochConflictError);
		expect(await workloads.read(target, "green")).toMatchObject({ minReplicas: 1, epoch: 5 });
	});

	it("given a slot that was never deployed, refuses", async () => {
		const { workloads, target } = await given();

		const early = workloads.hold(target, "green", 3, 5);

		await expect(early).rejects.toThrow(SlotEpochConflictError);
	});
};

const retiring = (given: Given) => {
	it("given its own epoch, scales the slot to zero and remembers what ran there", async () => {
		const { workloads, target, settle } = await running(given);

		await workloads.retire(target, "green", 5);
		await settle("green");

		expect(await workloads.read(target, "green")).toMatchObject({
			wantedReplicas: 0,
			readyReplicas: 0,
			imageDigest: first.imageDigest,
			epoch: 5,
		});
	});

	it("given a slot at rest, is done already", async () => {
		const { workloads, target } = await deployed(given);
		await workloads.retire(target, "green", 5);

		await workloads.retire(target, "green", 5);

		expect(await workloads.read(target, "green")).toMatchObject({ wantedReplicas: 0 });
	});

	it("given a slot that was never deployed, is done already", async () => {
		const { workloads, target } = await given();

		await workloads.retire(target, "green", 5);

		expect(await workloads.read(target, "green")).toMatchObject({ wantedReplicas: 0, epoch: 0 });
	});

	it.each([4, 6])("given epoch %i where the slot carries 5, refuses and lets it run", async (epoch) => {
		const { workloads, target, settle } = await deployed(given);
		await settle("green");
		const before = await workloads.read(target, "green");

		const late = workloads.retire(target, "green", epoch);

		await expect(late).rejects.toThrow(SlotEpochConflictError);
		expect(await workloads.read(target, "green")).toEqual(before);
	});

	it("given a slot at rest and a newer epoch, deploys with at least one replica", async () => {
		const { workloads, target, settle } = await deployed(given);
		await workloads.retire(target, "green", 5);

		await workloads.deploy(target, "green", second, 8);
		await settle("green");

		const slot = await workloads.read(target, "green");
		expect(slot).toMatchObject({ imageDigest: second.imageDigest, epoch: 8, isSettled: true });
		expect(slot.readyReplicas).toBeGreaterThanOrEqual(1);
	});
};

const breakingDown = (given: Given) => {
	it.each<[string, (setup: WorkloadsSetup) => Promise<unknown>]>([
		["deploy", ({ workloads, target }) => workloads.deploy(target, "green", first, 5)],
		["read", ({ workloads, target }) => workloads.read(target, "green")],
		["hold", ({ workloads, target }) => workloads.hold(target, "green", 3, 5)],
		["retire", ({ workloads, target }) => workloads.retire(target, "green", 5)],
		["directInClusterService", ({ workloads, target }) => workloads.directInClusterService(target, "green", 5)],
		["readInClusterService", ({ workloads, target }) => workloads.readInClusterService(target)],
	])("given an API that is down, %s says so by name", async (_method, call) => {
		const setup = await given();
		await setup.breakDown();

		await expect(call(setup)).rejects.toThrow(WorkloadsUnavailableError);
	});
};
