import type { Scenario } from "./scenario.ts";
import { abortByHand } from "./stories/abort-by-hand.ts";
import { alarmAtGate } from "./stories/alarm-at-gate.ts";
import { alarmBeforeExposure } from "./stories/alarm-before-exposure.ts";
import { alarmInBake } from "./stories/alarm-in-bake.ts";
import { goodImage } from "./stories/good-image.ts";
import { lateAlarm } from "./stories/late-alarm.ts";

const find = (name: string, base: Scenario, fault: string, story: string): Scenario => ({
	...base,
	name,
	fault,
	story,
});

/** What the enumeration of faults has found, each with the reason why it happened. */
export const finds: readonly Scenario[] = [
	find(
		"abort-crashed",
		abortByHand,
		"crashed-before @ event apply-command states:StartExecution #1",
		"The function that an abort goes through crashed once: it is tried again after a minute, and users waited for it.",
	),
	find(
		"refused-once",
		goodImage,
		"refused @ rollout/PrepareCanary prepare-canary kubernetes:get:deployments #1",
		"Access was denied once, as while permissions spread; it was never tried again, and a healthy release went back.",
	),
	find(
		"late-question",
		goodImage,
		"late-60s @ rollout/AwaitPerson await-person dynamodb:UpdateItem #1",
		"A question was recorded a minute late and took the place of the newer one: the approval answered a dead token.",
	),
	find(
		"answer-to-another-question",
		alarmAtGate,
		"late-300s @ rollout/AwaitPerson await-person events:PutEvents #1",
		"A question was heard five minutes late; whoever answered it approved the next one, for a larger weight.",
	),
	find(
		"late-weight",
		goodImage,
		"late-300s @ rollout/ShiftTraffic shift-traffic elasticloadbalancing:ModifyRule #3",
		"A weight was set five minutes late, below the next one: taken for somebody else's hand, and no answer mended it.",
	),
	find(
		"late-claim",
		goodImage,
		"late-300s @ rollout/ShiftTraffic shift-traffic dynamodb:UpdateItem #1",
		"A weight was claimed five minutes late, after the next one: a healthy canary seemed to have more than its step.",
	),
	find(
		"weight-acknowledged-late",
		goodImage,
		"timed-out-after @ rollout/ShiftTraffic shift-traffic dynamodb:UpdateItem #1",
		"A weight was recorded and not acknowledged: the repeated call said that it went from 5 % to 5 %.",
	),
	find(
		"answer-not-forgotten",
		goodImage,
		"late-300s @ event apply-command dynamodb:UpdateItem #1",
		"An approval was taken, the record was slow, the repeated delivery found it answered: nobody was told who approved.",
	),
	find(
		"lost-push",
		goodImage,
		"lost @ ImagePushed ECR-Image-Action Target0 #1",
		"The event of a push never came, as best effort allows: the release waited for the next push.",
	),
	find(
		"late-alarm-event",
		alarmInBake,
		"late-24h @ AlarmTurnedRed CloudWatch-Alarm-State-Change Target0 #1",
		"The event of an alarm came a day late: nobody asked the alarm itself before the next weight.",
	),
	find(
		"alarm-without-record",
		alarmBeforeExposure,
		"throttled @ rollback/SendTrafficBack roll-back dynamodb:GetItem #1",
		"An alarm turned red before anybody had the canary, and the record was silent once: a healthy release went back.",
	),
	find(
		"epoch-raised-by-hand",
		goodImage,
		"raises-the-epoch-on-record @ rollout.shifted.v1 #1",
		"Somebody raised the epoch on record: nobody could write any more, and no rollback could begin.",
	),
	find(
		"record-set-idle-by-hand",
		goodImage,
		"sets-the-record-idle @ rollout.promoted.v1 #1",
		"Somebody set the record to idle in the window: the canary served everything, and nothing watched or ended it.",
	),
	find(
		"record-set-idle-in-trial",
		lateAlarm,
		"sets-the-record-idle @ rollout.shifted.v1 #2",
		"Somebody set the record to idle in a trial: no weight could be claimed any more, and no rollback could begin.",
	),
];
