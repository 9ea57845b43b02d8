import type { DeploymentWindow, Freeze, Gates } from "./service-definition.ts";
import { instantOf, minuteOfDay, parseWall, type WallMinutes, wallAt, weekdayIndexOf, weekdays } from "./wall-clock.ts";

/** What gates look at. */
export interface GateContext {
	readonly gates: Gates;
	readonly nowEpochMs: number;
}

export interface ClosedGate {
	readonly kind: "closed";
	/** Stays the same as long as it is closed for the same reason. */
	readonly gate: string;
	readonly reason: string;
	/** When it opens; left out where nobody knows. */
	readonly opensAtEpochMs?: number;
}

export type GateState = { readonly kind: "open" } | ClosedGate;

/** One condition on the way in. It holds releases back, never a rollback and never the end of a window. */
export type Gate = (context: GateContext) => GateState;

const open: GateState = { kind: "open" };
const dayMinutes = 1_440;

/** In a freeze nothing starts. One that begins or ends in an hour that comes twice, covers both. */
const freezes: Gate = ({ gates, nowEpochMs }) => {
	const inForce = gates.freezes.find((freeze) => {
		const span = spanOf(freeze);
		return span !== null && nowEpochMs >= span.fromEpochMs && nowEpochMs < span.toEpochMs;
	});
	if (inForce === undefined) return open;
	const { from, to, timeZone, reason } = inForce;
	const opensAtEpochMs = spanOf(inForce)?.toEpochMs;
	return {
		kind: "closed",
		gate: `freeze from ${from}`,
		reason: `Freeze from ${from} to ${to} (${timeZone}): ${reason}`,
		...(opensAtEpochMs !== undefined && { opensAtEpochMs }),
	};
};

const spanOf = ({ from, to, timeZone }: Freeze): { fromEpochMs: number; toEpochMs: number } | null => {
	const [begins, ends] = [parseWall(from), parseWall(to)];
	if (begins === null || ends === null) return null;
	return { fromEpochMs: instantOf(begins, timeZone, "first"), toEpochMs: instantOf(ends, timeZone, "last") };
};

/** Where windows are declared, something starts only while the clock on the wall is in one of them. */
const windows: Gate = ({ gates, nowEpochMs }) => {
	if (gates.windows.length === 0) return open;
	if (gates.windows.some((window) => isIn(window, wallAt(nowEpochMs, window.timeZone)))) return open;
	const openings = gates.windows.flatMap((window) => openingsOf(window, nowEpochMs));
	const said = gates.windows.map(({ days, from, to, timeZone }) => `${days.join(" ")} ${from} to ${to} ${timeZone}`);
	return {
		kind: "closed",
		gate: "windows",
		reason: `No deployment window is open; there are ${said.join(", ")}.`.slice(0, 1_000),
		...(openings.length > 0 && { opensAtEpochMs: Math.min(...openings) }),
	};
};

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** A window whose end is not after its beginning ends on the day after. */
const isIn = ({ days, from, to }: DeploymentWindow, wall: WallMinutes): boolean => {
	const [begins, ends, now] = [minutesOf(from), minutesOf(to), minuteOfDay(wall)];
	const beganOn = (dayOffset: number): boolean => days.some((day) => day === weekdayOf(wall + dayOffset * dayMinutes));
	if (begins < ends) return beganOn(0) && now >= begins && now < ends;
	return (beganOn(0) && now >= begins) || (beganOn(-1) && now < ends);
};

const weekdayOf = (wall: WallMinutes) => weekdays[weekdayIndexOf(wall)];

/** When a window opens within the next nine days: one may fall into an hour that never comes. */
const openingsOf = (window: DeploymentWindow, nowEpochMs: number): readonly number[] => {
	const today = wallAt(nowEpochMs, window.timeZone);
	const midnight = today - minuteOfDay(today);
	return Array.from({ length: 10 }, (_, days) => midnight + days * dayMinutes + minutesOf(window.from))
		.filter((wall) => window.days.some((day) => day === weekdayOf(wall)))
		.flatMap((wall) => [instantOf(wall, window.timeZone, "first"), instantOf(wall, window.timeZone, "last")])
		.filter((epochMs) => epochMs > nowEpochMs && isIn(window, wallAt(epochMs, window.timeZone)));
};

/** Every gate that the clock decides, in the order in which they are asked. */
const gatesOfTheClock: readonly Gate[] = [freezes, windows];

/** Far more than there can be freezes one after the other. */
const mostLooks = 200;

const firstClosed = (context: GateContext, gates: readonly Gate[]): ClosedGate | null => {
	for (const gate of gates) {
		const state = gate(context);
		if (state.kind === "closed") return state;
	}
	return null;
};

/**
 * The first gate that is closed, with the moment at which none will be; open where all are.
 * @param gates - more may join: each is one function of the context.
 */
export const judgeGates = (context: GateContext, gates: readonly Gate[] = gatesOfTheClock): GateState => {
	const closed = firstClosed(context, gates);
	if (closed === null) return open;
	const { opensAtEpochMs: _, ...unknown } = closed;
	let atEpochMs = closed.opensAtEpochMs;
	for (let look = 0; look < mostLooks && atEpochMs !== undefined; look++) {
		const then = firstClosed({ ...context, nowEpochMs: atEpochMs }, gates);
		if (then === null) return { ...unknown, opensAtEpochMs: atEpochMs };
		atEpochMs = then.opensAtEpochMs;
	}
	return unknown;
};

/** What holds a service that declares no gates: nothing. */
export const noGates: Gates = { windows: [], freezes: [] };
