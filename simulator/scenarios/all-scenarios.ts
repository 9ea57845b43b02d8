import { admissionScenarios } from "./admission-scenarios.ts";
import { finds } from "./finds.ts";
import type { Scenario } from "./scenario.ts";
import { abortByHand } from "./stories/abort-by-hand.ts";
import { alarmAtGate } from "./stories/alarm-at-gate.ts";
import { alarmBeforeExposure } from "./stories/alarm-before-exposure.ts";
import { alarmInBake } from "./stories/alarm-in-bake.ts";
import { approvalExpires } from "./stories/approval-expires.ts";
import { approveLate } from "./stories/approve-late.ts";
import { autoscalersMeet } from "./stories/autoscalers-meet.ts";
import { badConfig } from "./stories/bad-config.ts";
import { badDigestStaysOut } from "./stories/bad-digest-stays-out.ts";
import { badImage } from "./stories/bad-image.ts";
import { blueGreen } from "./stories/blue-green.ts";
import { blueGreenBad } from "./stories/blue-green-bad.ts";
import { blueGreenHoldback, blueGreenHoldbackBad } from "./stories/blue-green-holdback.ts";
import { blueGreenPreview, blueGreenPreviewAborted, blueGreenPreviewBad } from "./stories/blue-green-preview.ts";
import { bothSlotsBad } from "./stories/both-slots-bad.ts";
import { coldStartCanary } from "./stories/cold-start-canary.ts";
import { configChange } from "./stories/config-change.ts";
import { configGoesBackWithImage, configWithImage } from "./stories/config-with-image.ts";
import { crashAfterReady, crashNowAndThen } from "./stories/crash-after-ready.ts";
import { crashLoop } from "./stories/crash-loop.ts";
import { driftWhenIdle } from "./stories/drift-when-idle.ts";
import { duplicatePush } from "./stories/duplicate-push.ts";
import { enrol } from "./stories/enrol.ts";
import { enrolAndFirstRelease } from "./stories/enrol-and-first-release.ts";
import { enrolRefused } from "./stories/enrol-refused.ts";
import { enrolResumed } from "./stories/enrol-resumed.ts";
import { enrolTakenBack } from "./stories/enrol-taken-back.ts";
import { executionKilled } from "./stories/execution-killed.ts";
import { externalWriter } from "./stories/external-writer.ts";
import { firstRelease } from "./stories/first-release.ts";
import { gatewayApiBadImage } from "./stories/gateway-api-bad-image.ts";
import { gatewayApiEnrol } from "./stories/gateway-api-enrol.ts";
import { gatewayApiGoodImage } from "./stories/gateway-api-good-image.ts";
import { gitopsSync } from "./stories/gitops-sync.ts";
import { goodImage } from "./stories/good-image.ts";
import { hangAfterReady, hangBehindBalancer } from "./stories/hang-after-ready.ts";
import { hotfixInWindow } from "./stories/hotfix-in-window.ts";
import { lateAlarm } from "./stories/late-alarm.ts";
import { metricsOutage } from "./stories/metrics-outage.ts";
import { noTraffic } from "./stories/no-traffic.ts";
import { pauseByHand } from "./stories/pause-by-hand.ts";
import { promoteBadImage, promoteByHand } from "./stories/promote-by-hand.ts";
import { pushAtTheEnd } from "./stories/push-at-the-end.ts";
import { pusherMayNotApproveAlone } from "./stories/pusher-may-not-approve-alone.ts";
import { redBefore } from "./stories/red-before.ts";
import { releaseService } from "./stories/release-service.ts";
import { resumeAfterPause } from "./stories/resume-after-pause.ts";
import { risingLoad } from "./stories/rising-load.ts";
import { rollbackCrashesOnce } from "./stories/rollback-crashes-once.ts";
import { slowImage } from "./stories/slow-image.ts";
import { staleAlarm } from "./stories/stale-alarm.ts";
import { twoApprovals } from "./stories/two-approvals.ts";
import { twoPushes } from "./stories/two-pushes.ts";
import { unequalTags } from "./stories/unequal-tags.ts";

/** The stories that `npm start` rehearses, in their order. */
export const allScenarios: readonly Scenario[] = [goodImage, badImage, crashLoop, alarmInBake, alarmAtGate, lateAlarm];

/** Stories that are known by their names; tests run them all. */
export const furtherScenarios: readonly Scenario[] = [
	...admissionScenarios,
	slowImage,
	blueGreen,
	blueGreenBad,
	blueGreenHoldback,
	blueGreenHoldbackBad,
	blueGreenPreview,
	blueGreenPreviewAborted,
	blueGreenPreviewBad,
	configChange,
	badConfig,
	configWithImage,
	configGoesBackWithImage,
	coldStartCanary,
	firstRelease,
	duplicatePush,
	twoPushes,
	pushAtTheEnd,
	hotfixInWindow,
	badDigestStaysOut,
	unequalTags,
	redBefore,
	alarmBeforeExposure,
	staleAlarm,
	bothSlotsBad,
	noTraffic,
	metricsOutage,
	resumeAfterPause,
	approveLate,
	approvalExpires,
	abortByHand,
	executionKilled,
	enrol,
	enrolAndFirstRelease,
	enrolRefused,
	enrolResumed,
	enrolTakenBack,
	autoscalersMeet,
	releaseService,
	rollbackCrashesOnce,
	externalWriter,
	gatewayApiGoodImage,
	gatewayApiBadImage,
	gatewayApiEnrol,
	gitopsSync,
	driftWhenIdle,
	twoApprovals,
	pusherMayNotApproveAlone,
	promoteByHand,
	promoteBadImage,
	pauseByHand,
	crashAfterReady,
	crashNowAndThen,
	hangAfterReady,
	hangBehindBalancer,
	risingLoad,
];

/** Every story that can be simulated: those, and what once went wrong in the first. */
export const knownScenarios: readonly Scenario[] = [...allScenarios, ...furtherScenarios, ...finds];

/** Nobody has told a story of that name. */
export class InvalidScenarioError extends Error {
	override readonly name = "InvalidScenarioError";
	constructor(scenario: string) {
		super(`Scenario "${scenario}" is not known; allowed are ${knownScenarios.map(({ name }) => name).join(", ")}.`);
	}
}

/** The scenario of a name. @throws InvalidScenarioError */
export const scenarioOf = (name: string): Scenario => {
	const found = knownScenarios.find((scenario) => scenario.name === name);
	if (found === undefined) throw new InvalidScenarioError(name);
	return found;
};
