import type { LifecycleEvent, LifecycleKind } from "../../lib/domain/lifecycle-event.ts";
import type { Step } from "../../lib/domain/service-definition.ts";
import type { Outcome } from "../../lib/domain/service-state.ts";

/** What was said of one rollout, in the order in which it was first heard. */
type Tale = readonly LifecycleEvent[];

/** What happens in this order; a step of the rollout may be there once for each weight, all else once. */
const order: readonly LifecycleKind[] = [
	"rollout.started.v1",
	"rollout.opened.v1",
	"rollout.shifted.v1",
	"rollout.promoted.v1",
	"rollout.closed.v1",
	"rollout.rolled-back.v1",
	"rollout.drained.v1",
	"rollout.ended.v1",
];

/** People speak when they like, and whoever needs them must be able to say so. */
const atAnyTime: readonly LifecycleKind[] = [
	"service.needs-attention.v1",
	"service.autoscaler-ambiguous.v1",
	"command.refused.v1",
];

/** What belongs to each ending. How far a rollout came that went back is not said here, and what was drained may go unseen. */
const needed: Readonly<Record<Outcome, readonly LifecycleKind[]>> = {
	promoted: ["rollout.started.v1", "rollout.opened.v1", "rollout.promoted.v1", "rollout.closed.v1"],
	"rolled-back": ["rollout.started.v1", "rollout.rolled-back.v1"],
	superseded: ["rollout.started.v1", "rollout.rolled-back.v1"],
};
const impossible: Readonly<Record<Outcome, readonly LifecycleKind[]>> = {
	promoted: ["rollout.rolled-back.v1", "rollout.drained.v1"],
	"rolled-back": ["rollout.closed.v1"],
	superseded: ["rollout.closed.v1"],
};

const brokenOrder = (tale: Tale): readonly string[] => {
	const broken: string[] = [];
	let last: LifecycleKind = "rollout.started.v1";
	let rolledBackAtEpochMs = Number.NEGATIVE_INFINITY;
	for (const { kind, detail } of tale) {
		// Said by a function that was under way when the rollback began: its moment is before, it is only heard late.
		if (atAnyTime.includes(kind) || detail.atEpochMs < rolledBackAtEpochMs) continue;
		const isOutOfOrder = order.includes(kind) && order.indexOf(kind) < order.indexOf(last);
		if (isOutOfOrder || last === order.at(-1)) broken.push(`${kind} came after ${last}.`);
		else if (order.includes(kind)) last = kind;
		if (kind === "rollout.rolled-back.v1") rolledBackAtEpochMs = detail.atEpochMs;
	}
	return broken;
};

const brokenCounts = (tale: Tale): readonly string[] =>
	order
		.filter((kind) => kind !== "rollout.shifted.v1")
		.map((kind) => ({ kind, count: tale.filter((event) => event.kind === kind).length }))
		.filter(({ count }) => count > 1)
		.map(({ kind, count }) => `${kind} was said under ${count} ids.`);

/** Steps that a person has had taken in one go: from one weight to a later one, and nothing in between. */
const brokenLeaps = (
	shifts: readonly { readonly fromPercent: number; readonly toPercent: number }[],
	steps: readonly Step[],
): readonly string[] =>
	shifts.flatMap(({ fromPercent, toPercent }, index) => [
		...(fromPercent === (shifts[index - 1]?.toPercent ?? 0) && toPercent > fromPercent
			? []
			: [`the weight was said to go ${fromPercent} to ${toPercent} after ${shifts[index - 1]?.toPercent ?? 0}.`]),
		...(steps.some(({ weightPercent }) => weightPercent === toPercent) ? [] : [`${toPercent} % is no step's weight.`]),
	]);

/** Each weight once, from the one before it, and no step left out but where a person has said so. */
const brokenSteps = (tale: Tale, steps: readonly Step[]): readonly string[] => {
	const shifts = tale.flatMap((event) => (event.kind === "rollout.shifted.v1" ? [event.detail] : []));
	if (tale.some(({ kind }) => kind === "rollout.promotion-asked.v1")) return brokenLeaps(shifts, steps);
	const said = shifts.map(({ fromPercent, toPercent }) => `${fromPercent} to ${toPercent}`).join(", ");
	const meant = steps
		.slice(0, shifts.length)
		.map(({ weightPercent }, index) => `${steps[index - 1]?.weightPercent ?? 0} to ${weightPercent}`)
		.join(", ");
	return [
		...(said === meant ? [] : [`weights were said to go ${said}; the steps are ${meant}.`]),
		...(tale.some(({ kind }) => kind === "rollout.promoted.v1") && shifts.length < steps.length
			? [`${shifts.length} of ${steps.length} steps were said before it was promoted.`]
			: []),
		...(tale.some(({ kind }) => kind === "rollout.opened.v1") || shifts.length === 0
			? []
			: ["the canary was said to be served without a trial that was opened."]),
	];
};

/**
 * Whoever was told that a rollout waits must hear that it does not any more. By the moments that are said: the bus keeps
 * no order, and a question may be heard after its answer.
 */
const brokenPauses = (tale: Tale): readonly string[] => {
	let asked: string | null = null;
	for (const event of tale.toSorted((a, b) => a.detail.atEpochMs - b.detail.atEpochMs)) {
		if (event.kind === "rollout.paused.v1") asked = event.detail.reason;
		if (event.kind === "rollout.resumed.v1" || event.kind === "rollout.rolled-back.v1") asked = null;
	}
	return asked === null ? [] : [`it was paused (${asked}), and nobody was told that it went on.`];
};

/** A verdict that sends traffic back. */
const isHarm = ({ kind, detail }: LifecycleEvent): boolean =>
	kind === "rollout.judged.v1" && ["roll-back", "foreign-edit"].includes(detail.verdict);

const brokenEnding = (tale: Tale): readonly string[] => {
	const ended = tale.find((event) => event.kind === "rollout.ended.v1");
	if (ended === undefined) return [];
	const { outcome } = ended.detail;
	const has = (kind: LifecycleKind): boolean => tale.some((event) => event.kind === kind);
	return [
		...needed[outcome].filter((kind) => !has(kind)).map((kind) => `${kind} was never said, and it ended ${outcome}.`),
		...(outcome === "promoted" && tale.some(isHarm) ? ["harm was said to be found, and it ended promoted."] : []),
		...impossible[outcome].filter(has).map((kind) => `${kind} was said, and it ended ${outcome}.`),
	];
};

/** What is wrong with a tale, as sentences; empty where it is one that consumers can follow. */
export const brokenTale = (tale: Tale, steps: readonly Step[]): readonly string[] => [
	...brokenOrder(tale),
	...brokenCounts(tale),
	...brokenSteps(tale, steps),
	...brokenPauses(tale),
	...brokenEnding(tale),
];
