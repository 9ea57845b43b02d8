import { describe, expect, it, onTestFinished } from "vitest";
import { releaseOf } from "../../lib/domain/release.ts";
import type { WorkloadTarget } from "../../lib/domain/service-definition.ts";
import { type SlotBinding, type UserWorkload, UserWorkloadConflictError } from "../../lib/ports/user-workload.ts";
import { SlotEpochConflictError, type Workloads, WorkloadsUnavailableError } from "../../lib/ports/workloads.ts";

export interface UserWorkloadSetup {
	readonly users: UserWorkload;
	/** Slots of the same cluster. */
	readonly workloads: Workloads;
	/** A Deployment of the user's with an autoscaler, and an in-cluster Service that names no slot. */
	readonly target: WorkloadTarget;
	readonly binding: SlotBinding;
	/** Makes what is not Sluice's: Service "checkout-green", and pods of Deployment "search" that the in-cluster Service selects. */
	makeStrangers(): Promise<void>;
	/** From now on the cluster's API fails every call. */
	breakDown(): Promise<void>;
	close?(): Promise<void>;
}

const release = releaseOf(`sha256:${"c".repeat(64)}`);

/** What every UserWorkload promises. */
export const userWorkloadContract = (name: string, make: () => Promise<UserWorkloadSetup>): void => {
	const given = async () => {
		const setup = await make();
		onTestFinished(async () => setup.close?.());
		const versionOf = async (): Promise<string> =>
			(await setup.users.inspect(setup.target)).users?.resourceVersion ?? "none";
		return { ...setup, versionOf };
	};

	describe(`${name} keeps the contract of UserWorkload`, () => {
		it("given a workload that Sluice never saw, reads it and nothing of ours", async () => {
			const { users, target } = await given();

			const facts = await users.inspect(target);

			expect(facts).toMatchObject({
				users: { problems: [], isSettled: expect.any(Boolean) },
				foundInstead: null,
				inClusterService: { slot: null, selectsUsers: true, alsoSelects: [], feedsTargetGroups: [] },
				takenNames: [],
				bindingApiVersion: "elbv2.k8s.aws/v1beta1",
				missingConfigMaps: [],
			});
			const nothing = { hasService: false, hasBinding: false, hasDeployment: false, hasAutoscaler: false };
			expect(facts.slots).toEqual({ blue: nothing, green: nothing });
		});

		it("given strangers that the in-cluster Service selects, or that have a slot's name, or bind it, names them", async () => {
			const { users, target, makeStrangers } = await given();
			await makeStrangers();

			const facts = await users.inspect(target);

			expect(facts.inClusterService).toEqual({
				slot: null,
				selectsUsers: true,
				alsoSelects: ['Deployment "search"'],
				feedsTargetGroups: ["alb"],
			});
			expect(facts.takenNames).toEqual([{ kind: "Service", name: "checkout-green" }]);
			expect(facts.slots.green.hasService).toBe(false);
		});

		it("given no Deployment of that name, says so", async () => {
			const { users, target } = await given();

			expect(await users.inspect({ ...target, deployment: "ledger" })).toMatchObject({ users: null });
		});

		it("given a slot that is bound, twice, has its Service and its binding once", async () => {
			const { users, target, binding } = await given();

			await users.bind(target, "blue", binding);
			await users.bind(target, "blue", binding);

			const { slots } = await users.inspect(target);
			expect(slots.blue).toMatchObject({ hasService: true, hasBinding: true });
			expect(slots.green).toMatchObject({ hasService: false, hasBinding: false });
		});

		it("given the version that was read, scales; given an older one, changes nothing", async () => {
			const { users, target, versionOf } = await given();
			const version = await versionOf();
			await users.scale(target, 3, version);

			await expect(users.scale(target, 0, version)).rejects.toThrow(UserWorkloadConflictError);

			expect((await users.inspect(target)).users?.replicas).toBe(3);
		});

		it("given a mark that is taken off, refuses a stop that was decided while it was there", async () => {
			const { users, target, versionOf } = await given();
			await users.markStoppable(target, 3, await versionOf());
			const marked = await users.inspect(target);
			expect(marked.users?.stopEpoch).toBe(3);

			await users.markStoppable(target, null, await versionOf());
			await users.markStoppable(target, null, await versionOf());

			const late = users.scale(target, 0, marked.users?.resourceVersion ?? "");
			await expect(late).rejects.toThrow(UserWorkloadConflictError);
			const after = await users.inspect(target);
			expect(after.users).toMatchObject({ stopEpoch: null, replicas: marked.users?.replicas });
		});

		it("given an older version, does not mark", async () => {
			const { users, target, versionOf } = await given();
			const version = await versionOf();
			await users.scale(target, 3, version);

			await expect(users.markStoppable(target, 3, version)).rejects.toThrow(UserWorkloadConflictError);

			expect((await users.inspect(target)).users?.stopEpoch).toBeNull();
		});

		it("given the version that was read, sets the image; given an older one, changes nothing", async () => {
			const { users, target, versionOf } = await given();
			const version = await versionOf();
			await users.setImage(target, release.imageDigest, version);

			const late = users.setImage(target, `sha256:${"d".repeat(64)}`, version);

			await expect(late).rejects.toThrow(UserWorkloadConflictError);
			expect((await users.inspect(target)).users?.image).toBe(`${target.repositoryUri}@${release.imageDigest}`);
		});

		it("given a Service that a slot was put into, frees it; again it changes nothing", async () => {
			const { users, workloads, target } = await given();
			await workloads.directInClusterService(target, "blue", 1);
			expect((await users.inspect(target)).inClusterService).toMatchObject({ slot: "blue" });

			await users.freeInClusterService(target, 2);
			await users.freeInClusterService(target, 2);

			expect(await users.inspect(target)).toMatchObject({ inClusterService: { slot: null }, inClusterEpoch: 2 });
			await workloads.directInClusterService(target, "green", 2);
		});

		it("given a Service that was freed, also where no slot had it, refuses whoever moves it by an older epoch", async () => {
			const { users, workloads, target } = await given();

			await users.freeInClusterService(target, 2);

			await expect(workloads.directInClusterService(target, "blue", 1)).rejects.toThrow(SlotEpochConflictError);
			expect((await users.inspect(target)).inClusterService).toMatchObject({ slot: null });
		});

		it("given a slot with pods, keeps it; given one at zero, leaves nothing of it, and the user's own alone", async () => {
			const { users, workloads, target, binding } = await given();
			await users.bind(target, "blue", binding);
			await workloads.deploy(target, "blue", release, 1);
			await expect(users.remove(target, "blue")).rejects.toThrow(UserWorkloadConflictError);

			await workloads.retire(target, "blue", 1);
			await users.remove(target, "blue");
			await users.remove(target, "blue");

			const { slots, users: own } = await users.inspect(target);
			expect(slots.blue).toEqual({ hasService: false, hasBinding: false, hasDeployment: false, hasAutoscaler: false });
			expect(own).not.toBeNull();
		});

		it("given an API that is down, says so of every method", async () => {
			const { users, target, binding, breakDown } = await given();
			await breakDown();

			for (const asked of [
				users.inspect(target),
				users.bind(target, "blue", binding),
				users.markStoppable(target, 1, "1"),
				users.scale(target, 1, "1"),
				users.setImage(target, release.imageDigest, "1"),
				users.freeInClusterService(target, 1),
				users.remove(target, "blue"),
			])
				await expect(asked).rejects.toThrow(WorkloadsUnavailableError);
		});
	});
};
