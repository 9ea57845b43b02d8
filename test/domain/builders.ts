import type { Arm, Evidence } from "../../lib/domain/evidence.ts";
import type { Counts, Measurement } from "../../lib/domain/measurement.ts";
import { type Release, releaseOf } from "../../lib/domain/release.ts";
import type { ServiceDefinition, Step } from "../../lib/domain/service-definition.ts";
import { idleState, type Phase, type ServiceState } from "../../lib/domain/service-state.ts";
import { type BalancedDefinition, contractDefinition } from "../contracts/contract-definition.ts";

/** A release whose digest repeats one hexadecimal digit; `a` is the one that serves unless a test says otherwise. */
export const release = (digit: string): Release => releaseOf(`sha256:${digit.repeat(64)}`);

/** The moments of a rollout that `serviceState` tells of. */
export const admittedAtEpochMs = 1_000_000;
export const exposedAtEpochMs = 2_000_000;
export const windowEndsAtEpochMs = 3_000_000;

const idle = idleState("checkout", "blue", release("a"), 6);
const acquired = {
	epoch: 7,
	rolloutId: "checkout-7",
	release: release("b"),
	definitionHash: "d".repeat(64),
	startedAtEpochMs: admittedAtEpochMs,
	executionStarted: true,
};
const exposed = { ...acquired, trialRuleArn: "rule-7", exposedAtEpochMs, weightPercent: 25 };
const promoted = { ...exposed, weightPercent: 100, windowEndsAtEpochMs };

/** What the record holds in each phase of rollout checkout-7, on its ordinary way. */
const ordinary: Readonly<Record<Phase, Partial<ServiceState>>> = {
	idle: {},
	preparing: acquired,
	trial: exposed,
	window: promoted,
	closing: { ...promoted, epoch: 8 },
	"rolling-back": {
		...exposed,
		epoch: 8,
		rollback: {
			kind: "verdict",
			explanation: "canary: 9.00 % errors",
			triggeredAtEpochMs: 2_100_000,
			executionArn: "execution-a",
			beganAtEpochMs: 2_101_000,
		},
	},
};

/** The record of a service as its phase implies it, and what a test says of it. Rollout checkout-7 tries release b. */
export const serviceState = (fields: Partial<ServiceState> = {}): ServiceState => ({
	...idle,
	...ordinary[fields.phase ?? "idle"],
	...fields,
});

/** A definition in which only what a test says matters. */
export const definition = (fields: Partial<BalancedDefinition> = {}): ServiceDefinition => contractDefinition(fields);

/** A step that bakes between 120 and 600 seconds at 25 %, beside a control arm. */
export const step = (fields: Partial<Step> = {}): Step => ({
	weightPercent: 25,
	judgedBy: "comparison",
	minBakeSeconds: 120,
	maxBakeSeconds: 600,
	approval: null,
	...fields,
});

/** Counts of one slot: a thousand good requests, and what a test says of them. */
export const counts = (fields: Partial<Counts> = {}): Counts => ({ requests: 1_000, errors: 0, slow: 0, ...fields });

/** One bucket in which both slots did well, and what a test says of it. */
export const bucket = (startEpochMs: number, fields: Partial<Measurement> = {}): Measurement => ({
	startEpochMs,
	stable: counts(),
	canary: counts(),
	...fields,
});

interface EvidenceFields extends Partial<Evidence> {
	readonly canary?: Counts | null;
	readonly stable?: Counts | null;
}

const sum = (recent: readonly Measurement[], arm: Arm): Counts => {
	const add = (name: keyof Counts) => recent.reduce((total, { [arm]: seen }) => total + (seen?.[name] ?? 0), 0);
	return { requests: add("requests"), errors: add("errors"), slow: add("slow") };
};

/** Ten complete buckets, of which one is inside the guardrails' window and the others were without requests. */
export const evidence = ({ canary = counts(), stable = counts(), ...fields }: EvidenceFields = {}): Evidence => {
	const recent = fields.recent ?? [bucket(540_000, { canary, stable })];
	return {
		watermarkEpochMs: 600_000,
		settledBuckets: 10,
		missingBuckets: 0,
		recent,
		total: { stable: sum(recent, "stable"), canary: sum(recent, "canary") },
		...fields,
	};
};
