import { type Release, releaseOf } from "../../lib/domain/release.ts";
import { idleState, type ServiceState } from "../../lib/domain/service-state.ts";

/** A release whose digest repeats one hexadecimal digit, so that tests can tell releases apart by a letter. */
export const contractRelease = (digit: string, tag?: string): Release => releaseOf(`sha256:${digit.repeat(64)}`, tag);

/** A state in which every attribute is there, as nested as they come. */
export const fullState = (service: string): ServiceState => ({
	...idleState(service, "blue", contractRelease("a", "v1"), 6),
	epoch: 7,
	phase: "trial",
	weightPercent: 25,
	redAlarms: { "Checkout: p95 > 3 s": 1_700_000_000_000 },
	executionStarted: true,
	rolloutId: `${service}-7`,
	release: contractRelease("b", "v2"),
	definitionHash: "d".repeat(64),
	startedAtEpochMs: 1_700_000_001_000,
	next: contractRelease("c"),
	triedContents: ["e".repeat(64), "f".repeat(64)],
	trialRuleArn: "arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener-rule/app/shop/1/2/3",
	exposedAtEpochMs: 1_700_000_002_000,
	windowEndsAtEpochMs: 1_700_000_003_000,
	pause: {
		reason: "approval",
		explanation: "Production asks one person before the first request.",
		token: "AAAAKgAAAAIAAAAAAAAAAQ==",
		sinceEpochMs: 1_700_000_004_000,
		approvers: ["ana", "ben"],
		weightPercent: 50,
	},
	approvedPercent: 25,
	bakesSinceEpochMs: 1_700_000_002_500,
	askedAtEpochMs: 1_700_000_004_000,
	rollback: {
		kind: "alarm",
		explanation: "",
		triggeredAtEpochMs: 1_700_000_005_000,
		executionArn: "arn:aws:states:eu-central-1:111122223333:execution:rollback:checkout-7",
		beganAtEpochMs: 1_700_000_006_000,
	},
	askedBy: "AROAEXAMPLE:ana",
	wanted: { release: contractRelease("d"), by: "AROAEXAMPLE:ben", atEpochMs: 1_700_000_007_000, override: true },
	lastWantedAtEpochMs: 1_700_000_007_500,
	held: {
		release: contractRelease("e"),
		gate: "windows",
		reason: "No deployment window is open.",
		sinceEpochMs: 1_700_000_008_000,
		opensAtEpochMs: 1_700_000_009_000,
	},
	last: {
		rolloutId: `${service}-6`,
		release: contractRelease("f"),
		outcome: "rolled-back",
		endedAtEpochMs: 1_700_000_000_500,
	},
});
