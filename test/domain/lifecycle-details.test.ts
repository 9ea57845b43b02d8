import { describe, expect, it } from "vitest";
import {
	busDetailOf,
	type LifecycleEvent,
	type LifecycleKind,
	lifecycleDetails,
	parseLifecycleEvent,
} from "../../lib/domain/lifecycle-event.ts";
import { release } from "./builders.ts";

type Detail = Readonly<Record<string, unknown>>;

const about = { service: "checkout", rolloutId: "checkout-7", atEpochMs: 1_000 };
const counts = { requests: 1_000, errors: 1, slow: 0.5 };

/** One detail of each kind with everything that it may carry. */
const details: Readonly<Record<LifecycleKind, Detail>> = {
	"release.refused.v1": { service: "checkout", imageDigest: "sha256:a", atEpochMs: 1_000, reason: "tag" },
	"release.queued.v1": { service: "checkout", release: release("b"), atEpochMs: 1_000, reason: "another is on trial" },
	"release.held.v1": {
		service: "checkout",
		release: release("b"),
		atEpochMs: 1_000,
		gate: "windows",
		reason: "no window is open",
		opensAtEpochMs: 2_000,
	},
	"release.asked.v1": {
		service: "checkout",
		release: release("b"),
		atEpochMs: 1_000,
		verb: "retry",
		by: "ana",
		override: false,
		becomes: "it starts",
	},
	"rollout.started.v1": { ...about, release: release("b"), replaces: release("a") },
	"rollout.superseded.v1": { service: "checkout", release: release("b"), by: release("c"), atEpochMs: 1_000 },
	"rollout.opened.v1": about,
	"rollout.shifted.v1": { ...about, fromPercent: 0, toPercent: 5 },
	"rollout.judged.v1": { ...about, verdict: "healthy", weightPercent: 5, reasons: ["canary: 0.00 % errors"] },
	"rollout.paused.v1": { ...about, reason: "approval", explanation: "before 5 %" },
	"rollout.resumed.v1": { ...about, by: "ana", verb: "approve" },
	"rollout.approved.v1": { ...about, by: "ana", approvals: 1, approvalsNeeded: 2 },
	"rollout.promotion-asked.v1": { ...about, by: "ana", explanation: "in one go" },
	"rollout.pause-asked.v1": { ...about, by: "ana", explanation: "at the next look" },
	"rollout.promoted.v1": { ...about, release: release("b"), windowEndsAtEpochMs: 2_000 },
	"rollout.closed.v1": { ...about, release: release("b") },
	"rollout.rolled-back.v1": {
		...about,
		cause: "alarm",
		explanation: "p95",
		triggeredAtEpochMs: 900,
		zeroConfirmedAtEpochMs: 1_000,
		counts: { sinceEpochMs: 0, stable: counts, canary: counts },
	},
	"rollout.drained.v1": { ...about, zeroObservedAtEpochMs: 1_100 },
	"rollout.ended.v1": { ...about, outcome: "promoted" },
	"command.refused.v1": { ...about, verb: "abort", by: "ana", reason: "nothing waits" },
	"service.enrolled.v1": { service: "checkout", release: release("b"), by: "ana", atEpochMs: 1_000 },
	"service.released.v1": { service: "checkout", by: "ana", atEpochMs: 1_000 },
	"service.autoscaler-ambiguous.v1": { ...about, autoscaler: "checkout-blue", reason: "two mean its pods" },
	"service.drifted.v1": { service: "checkout", atEpochMs: 1_000, reason: "pods again" },
	"service.needs-attention.v1": { ...about, reason: "still red" },
};

const kinds = Object.keys(lifecycleDetails) as LifecycleKind[];
const busEvent = (kind: string, detail: Detail) => ({
	source: "sluice",
	"detail-type": kind,
	detail: { ...detail, eventId: "1" },
});
const parsed =
	(kind: LifecycleKind, changes: Detail = {}) =>
	() =>
		parseLifecycleEvent(busEvent(kind, { ...details[kind], ...changes }));

describe("each kind", () => {
	it.each(kinds)("given %s with everything it may carry, reads it back unchanged", (kind) => {
		const event = { id: "1", kind, detail: details[kind] } as LifecycleEvent;

		const read = parseLifecycleEvent({ ...busEvent(kind, {}), detail: busDetailOf(event) });

		expect(read).toStrictEqual(event);
	});

	it.each(kinds)("given %s with a field that nobody declared, refuses it", (kind) => {
		expect(parsed(kind, { weight: 5 })).toThrow("Event on the bus is not a lifecycle event: the event: ");
	});

	it.each(kinds.flatMap((kind) => Object.keys(details[kind]).map((field) => [kind, field] as const)))(
		"given %s, refuses it where %s is not what was declared",
		(kind, field) => {
			expect(parsed(kind, { [field]: Symbol("wrong") })).toThrow(` ${field}: `);
		},
	);

	it("given an event without a rollout, may still need attention", () => {
		const { rolloutId: _, ...detail } = details["service.needs-attention.v1"];

		const read = parseLifecycleEvent(busEvent("service.needs-attention.v1", detail));

		expect(read.detail).toStrictEqual(detail);
	});
});

describe("bounds", () => {
	const text = (length: number): string => "x".repeat(length);

	it.each<[string, LifecycleKind, readonly Detail[], readonly Detail[]]>([
		[
			"text",
			"rollout.paused.v1",
			[{ reason: text(1) }, { reason: text(2_000) }],
			[{ reason: "" }, { reason: text(2_001) }],
		],
		["instants", "rollout.opened.v1", [{ atEpochMs: 0 }], [{ atEpochMs: -1 }, { atEpochMs: 0.5 }]],
		[
			"reasons",
			"rollout.judged.v1",
			[{ reasons: [] }, { reasons: Array(20).fill("r") }],
			[{ reasons: Array(21).fill("r") }, { reasons: [""] }],
		],
		["outcomes", "rollout.ended.v1", [{ outcome: "rolled-back" }, { outcome: "superseded" }], [{ outcome: "" }]],
		[
			"releases",
			"rollout.closed.v1",
			[{ release: { id: "b", imageDigest: "sha256:b", tag: "v1" } }],
			[{ release: { id: "b" } }, { release: { imageDigest: "sha256:b" } }, { release: { ...release("b"), tag: "" } }],
		],
		[
			"counts",
			"rollout.rolled-back.v1",
			[{ counts: null }, { counts: { sinceEpochMs: 0, stable: counts, canary: { requests: 0, errors: 0, slow: 0 } } }],
			[
				{ counts: { stable: counts, canary: counts } },
				{ counts: { sinceEpochMs: 0, stable: counts } },
				{ counts: { sinceEpochMs: 0, canary: counts } },
				{ counts: { sinceEpochMs: 0, stable: counts, canary: { ...counts, errors: -1 } } },
				{ counts: { sinceEpochMs: 0, stable: counts, canary: { ...counts, other: 1 } } },
			],
		],
	])("given %s, takes those within and refuses those beyond", (_, kind, within, beyond) => {
		for (const changes of within) expect(parsed(kind, changes)()).toMatchObject({ kind, detail: changes });
		for (const changes of beyond) expect(parsed(kind, changes)).toThrow(` ${Object.keys(changes)[0]}`);
	});
});

describe("what is refused", () => {
	it("given a refusal, carries the error's own name", () => {
		expect(() => parseLifecycleEvent({})).toThrow(expect.objectContaining({ name: "InvalidLifecycleEventError" }));
	});

	it("given something that is no event at all, says so of the whole", () => {
		expect(() => parseLifecycleEvent("text")).toThrow(
			/^Event on the bus is not a lifecycle event: the event: [^;]+\.$/,
		);
	});

	it("given an event without an id, says which field it lacks", () => {
		const { detail: _, ...rest } = busEvent("rollout.opened.v1", {});

		expect(() => parseLifecycleEvent({ ...rest, detail: about })).toThrow(" detail.eventId: ");
	});

	it("given several faults, lists each with its path", () => {
		expect(parsed("rollout.shifted.v1", { service: "", toPercent: "5" })).toThrow(
			/^Event on the bus is not a lifecycle event: service: [^;]+; toPercent: [^;]+\.$/,
		);
	});

	it("given an event of another source, says it is the source", () => {
		expect(() => parseLifecycleEvent({ ...busEvent("rollout.opened.v1", about), source: "aws.ecr" })).toThrow(
			" source: ",
		);
	});
});
