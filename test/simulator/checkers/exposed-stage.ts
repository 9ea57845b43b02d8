import { type SlotName, weightsFor } from "../../../lib/domain/slot.ts";
import type { Checker } from "../../../simulator/checkers/checker.ts";
import { objectKey } from "../../../simulator/world/cluster.ts";
import { type BalancedDefinition, contractDefinition } from "../../contracts/contract-definition.ts";
import { type CheckedStage, candidateDigest, checkedStage } from "./checked-stage.ts";

/** A rollout whose canary runs in green, beside a trial rule that gives it nothing yet. */
export interface ExposedStage extends CheckedStage {
	readonly inClusterServiceKey: string;
	keyOf(slot: SlotName): string;
	/** Claims a weight on record. */
	claim(weightPercent: number): void;
	/** Sets the trial rule: a function does, or a hand where nobody called. */
	setTrial(canaryPercent: number, by?: "function" | "hand"): void;
	/** Claims a weight and sets it. */
	shift(weightPercent: number): void;
	/** Points the base rule elsewhere, by hand. */
	moveBase(canaryPercent: number): void;
	deleteTrial(): void;
	beginRollback(): void;
	/** Says that zero was confirmed just now, or so many milliseconds from now. */
	sayRolledBack(inMs?: number, triggeredSecondsAgo?: number): void;
	/** Returns the record to idle, as the end of a rollback does. */
	finish(): void;
}

/** Sets that stage, with a service that pods in the cluster call as well unless told otherwise. */
export const exposedStage = async (
	checker: Checker,
	overrides: Partial<BalancedDefinition> = {},
): Promise<ExposedStage> => {
	const workload = { ...contractDefinition().workload, inClusterService: "checkout" };
	const stage = checkedStage(checker, { definition: { workload, ...overrides } });
	const { clock, world, definition, call, write } = stage;
	const { listenerArn, basePriority, trialPriority, targetGroupArns } = definition.route;
	const { loadBalancer, cluster } = world;
	const keyOf = (slot: SlotName): string => objectKey(workload, `${workload.deployment}-${slot}`);
	const weights = (canaryPercent: number) => {
		const { blue, green } = weightsFor("blue", canaryPercent);
		return { [targetGroupArns.blue]: blue, [targetGroupArns.green]: green };
	};
	const base = loadBalancer.ruleAt(listenerArn, basePriority);
	if (base === null) throw new RangeError("The service has no base rule.");

	stage.begin();
	call("functions/prepare-canary", "kubernetes:create:deployments", () => {
		cluster.createDeployment(keyOf("green"), candidateDigest, 1, 4);
	});
	let trialRuleArn = "";
	call("functions/open-trial", "elasticloadbalancing:CreateRule", () => {
		const { conditions } = base;
		const rule = { priority: trialPriority, conditions, weights: weights(0), tags: {} };
		trialRuleArn = loadBalancer.createRule(listenerArn, rule).ruleArn;
	});
	write({ trialRuleArn });
	await stage.look(60);

	const claim = (weightPercent: number): void =>
		write({ phase: "trial", weightPercent, exposedAtEpochMs: Math.floor(clock.nowEpochMs()) });
	const setTrial: ExposedStage["setTrial"] = (canaryPercent, by = "function") => {
		const effect = () => loadBalancer.modifyRule(trialRuleArn, weights(canaryPercent));
		if (by === "hand") effect();
		else call("functions/shift-traffic", "elasticloadbalancing:ModifyRule", effect);
	};
	return {
		...stage,
		inClusterServiceKey: objectKey(workload, "checkout"),
		keyOf,
		claim,
		setTrial,
		shift: (weightPercent) => {
			claim(weightPercent);
			setTrial(weightPercent);
		},
		moveBase: (canaryPercent) => loadBalancer.modifyRule(base.ruleArn, weights(canaryPercent)),
		deleteTrial: () =>
			call("functions/roll-back", "elasticloadbalancing:DeleteRule", () => loadBalancer.deleteRule(trialRuleArn)),
		beginRollback: () => write({ phase: "rolling-back", epoch: 2 }),
		sayRolledBack: (inMs = 0, triggeredSecondsAgo = 1) => {
			const { service } = definition;
			const now = Math.floor(clock.nowEpochMs());
			stage.say({
				id: "said",
				kind: "rollout.rolled-back.v1",
				detail: {
					service,
					rolloutId: "checkout-1",
					atEpochMs: now,
					cause: "alarm",
					explanation: "red",
					triggeredAtEpochMs: now - triggeredSecondsAgo * 1_000,
					zeroConfirmedAtEpochMs: now + inMs,
					counts: null,
				},
			});
		},
		finish: () =>
			write({ phase: "idle", weightPercent: 0 }, ["rolloutId", "release", "trialRuleArn", "exposedAtEpochMs"]),
	};
};
