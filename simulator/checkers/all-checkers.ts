import { autoscalerIsReleased } from "./autoscaler-is-released.ts";
import { canaryCanCarryItsWeight } from "./canary-can-carry-its-weight.ts";
import type { Checker } from "./checker.ts";
import { eachReleaseOnce } from "./each-release-once.ts";
import { everyExecutionEnds } from "./every-execution-ends.ts";
import { goesBackWithin30Seconds } from "./goes-back-within-30-seconds.ts";
import { inClusterCallersReachStable } from "./in-cluster-callers-reach-stable.ts";
import { lifecycleInOrder } from "./lifecycle-in-order.ts";
import { neverAboveItsStep } from "./never-above-its-step.ts";
import { neverItsPusherAlone } from "./never-its-pusher-alone.ts";
import { noRollbackWithoutReason } from "./no-rollback-without-reason.ts";
import { noWriterOfAnOldEpoch } from "./no-writer-of-an-old-epoch.ts";
import { nothingLostOnTheWayIn } from "./nothing-lost-on-the-way-in.ts";
import { nothingPromotedWithoutEvidence } from "./nothing-promoted-without-evidence.ts";
import { nothingScaledDownWhileItServes } from "./nothing-scaled-down-while-it-serves.ts";
import { oneRolloutAtATime } from "./one-rollout-at-a-time.ts";
import { rollbackSlotCanCarryAll } from "./rollback-slot-can-carry-all.ts";
import { rolledBackStaysAtZero } from "./rolled-back-stays-at-zero.ts";
import { servesItsConfiguration } from "./serves-its-configuration.ts";
import { settles } from "./settles.ts";
import { withinAwsLimits } from "./within-aws-limits.ts";

/** Every promise that is watched in every run. */
export const allCheckers: readonly Checker[] = [
	neverAboveItsStep,
	neverItsPusherAlone,
	goesBackWithin30Seconds,
	rolledBackStaysAtZero,
	noWriterOfAnOldEpoch,
	oneRolloutAtATime,
	eachReleaseOnce,
	rollbackSlotCanCarryAll,
	canaryCanCarryItsWeight,
	autoscalerIsReleased,
	nothingScaledDownWhileItServes,
	nothingPromotedWithoutEvidence,
	noRollbackWithoutReason,
	everyExecutionEnds,
	inClusterCallersReachStable,
	lifecycleInOrder,
	servesItsConfiguration,
	withinAwsLimits,
	nothingLostOnTheWayIn,
	settles,
];
