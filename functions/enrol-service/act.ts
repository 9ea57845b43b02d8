import { usersGroupOf } from "../../lib/domain/base-rule.ts";
import type { EnrolmentStep } from "../../lib/domain/enrolment.ts";
import type { CommonFacts, EnrolmentFacts, GatewayFacts } from "../../lib/domain/enrolment-facts.ts";
import { releaseOf } from "../../lib/domain/release.ts";
import { idleState } from "../../lib/domain/service-state.ts";
import { type SlotName, weightsFor } from "../../lib/domain/slot.ts";
import type { WithdrawalStep } from "../../lib/domain/withdrawal.ts";
import type { BaseRoute } from "../../lib/ports/base-route.ts";
import type { EnrolmentRecord } from "../../lib/ports/enrolment-record.ts";
import type { ReleaseContents } from "../../lib/ports/release-contents.ts";
import type { SlotBinding, UserWorkload } from "../../lib/ports/user-workload.ts";
import type { Workloads } from "../../lib/ports/workloads.ts";

export interface Ports {
	readonly record: EnrolmentRecord;
	readonly users: UserWorkload;
	readonly baseRoute: BaseRoute;
	readonly workloads: Workloads;
	readonly contents: Pick<ReleaseContents, "capture">;
}

export type Step = EnrolmentStep | WithdrawalStep;
type StepOf<K extends Step["kind"]> = Extract<Step, { kind: K }>;

/** Steps that only time, or the cluster, can take. */
export type Waiting = StepOf<"await-slot" | "await-users" | "await-drain" | "await-route" | "await-route-back">;

export const isWaiting = (step: Step): step is Waiting => step.kind.startsWith("await-");

const direct = ({ baseRoute }: Ports, { definition, route }: EnrolmentFacts, step: StepOf<"direct">): Promise<void> => {
	const group = usersGroupOf(route, definition.route);
	const users = group === null || !step.listsUsers ? null : { targetGroupArn: group, percent: step.usersPercent };
	const slots = step.usersPercent === 100 ? { blue: 0, green: 0 } : weightsFor(step.slot, 0);
	return baseRoute.direct(definition.route, users, slots);
};

const actOnRoute = async (ports: Ports, facts: EnrolmentFacts, step: Step): Promise<boolean> => {
	const { baseRoute } = ports;
	const { definition, fromPriority } = facts;
	switch (step.kind) {
		case "create-base-rule":
			await baseRoute.create(definition.route, fromPriority ?? 0, step.usersGroupArn);
			return true;
		case "direct":
			await direct(ports, facts, step);
			return true;
		case "direct-to-slot-again":
			await direct(ports, facts, { kind: "direct", usersPercent: 0, slot: step.slot, listsUsers: true });
			return true;
		case "remove-trial-rule":
			await baseRoute.removeTrial(definition.route);
			return true;
		case "delete-base-rule":
		case "renew-base-rule":
			await baseRoute.remove(definition.route, step.ruleArn);
			return true;
		default:
			return false;
	}
};

/** The first release is kept like every other: image and content, so that a rollback can go back to it. */
const deploy = async (
	{ contents, workloads }: Ports,
	{ definition: { workload } }: CommonFacts,
	{ slot, release, epoch }: StepOf<"deploy-slot">,
): Promise<void> => {
	const { contentHash } = await contents.capture(workload);
	await workloads.deploy(workload, slot, releaseOf(release.imageDigest, release.tag, contentHash), epoch);
};

/** Whether these are of a service behind a load balancer. */
const isBalanced = (facts: EnrolmentFacts | GatewayFacts): facts is EnrolmentFacts => "route" in facts;

/** How pods of a slot become targets; null where the endpoints of its Service are all that is needed. */
const bindingOf = (facts: EnrolmentFacts | GatewayFacts, slot: SlotName): SlotBinding | null =>
	isBalanced(facts)
		? {
				targetGroupArn: facts.definition.route.targetGroupArns[slot],
				usersGroupArn: usersGroupOf(facts.route, facts.definition.route),
				apiVersion: facts.cluster.bindingApiVersion ?? "",
			}
		: null;

const actOnSlots = async (ports: Ports, facts: EnrolmentFacts | GatewayFacts, step: Step): Promise<boolean> => {
	const { workloads, users } = ports;
	const { workload } = facts.definition;
	switch (step.kind) {
		case "bind-slot":
			await users.bind(workload, step.slot, bindingOf(facts, step.slot));
			return true;
		case "deploy-slot":
			await deploy(ports, facts, step);
			return true;
		case "hold-slot":
			await workloads.hold(workload, step.slot, step.minReplicas, step.epoch);
			return true;
		case "follow-load":
			await workloads.hold(workload, step.slot, null, step.epoch);
			return true;
		case "move-in-cluster-service":
			await workloads.directInClusterService(workload, step.slot, step.epoch);
			return true;
		case "retire-slot":
			await workloads.retire(workload, step.slot, step.epoch);
			return true;
		case "remove-slot":
			await users.remove(workload, step.slot);
			return true;
		default:
			return false;
	}
};

const actOnUsers = async ({ users }: Ports, { definition }: CommonFacts, step: Step): Promise<boolean> => {
	const { workload } = definition;
	switch (step.kind) {
		case "allow-stop":
			await users.markStoppable(workload, step.epoch, step.resourceVersion);
			return true;
		case "forbid-stop":
			await users.markStoppable(workload, null, step.resourceVersion);
			return true;
		case "stop-users":
			await users.scale(workload, 0, step.resourceVersion);
			return true;
		case "start-users":
			await users.scale(workload, step.replicas, step.resourceVersion);
			return true;
		case "set-users-image":
			await users.setImage(workload, step.imageDigest, step.resourceVersion);
			return true;
		case "free-in-cluster-service":
			await users.freeInClusterService(workload, step.epoch);
			return true;
		default:
			return false;
	}
};

const actOnRecord = async ({ record }: Ports, { definition }: CommonFacts, step: Step): Promise<void> => {
	const { service } = definition;
	switch (step.kind) {
		case "record":
			await record.enrol({ ...idleState(service, "blue", step.release, step.slotEpoch), epoch: step.epoch });
			return;
		case "withdraw-record":
			await record.withdraw(service, step.epoch, step.slot, step.release);
			return;
		case "bar-record":
			await record.bar(service, step.epoch, step.leaving);
			return;
		case "close-record":
			await record.close(service, step.epoch);
			return;
		default:
			return;
	}
};

/** Takes one step. Each is one change, and one that was made already is made again without harm. */
export const act = async (ports: Ports, facts: EnrolmentFacts | GatewayFacts, step: Step): Promise<void> => {
	if (isBalanced(facts) && (await actOnRoute(ports, facts, step))) return;
	if (await actOnSlots(ports, facts, step)) return;
	if (await actOnUsers(ports, facts, step)) return;
	await actOnRecord(ports, facts, step);
};
