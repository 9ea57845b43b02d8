import { clockTime } from "../simulator/report/clock-time.ts";
import type { Palette } from "../simulator/report/palette.ts";
import { progressBar } from "../simulator/report/progress-bar.ts";
import { timelineLines } from "../simulator/report/timeline-line.ts";
import type { TimelineEntry } from "../simulator/scenarios/timeline.ts";

/** Time between two lines on a terminal, so that eyes can follow; nothing waits where the output is a file. */
const paceMs = 30;

const pause = (milliseconds: number): void => {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
};

/** Prints a run while it happens: one line for each thing, and on a terminal a bar at the bottom that moves. */
export const liveTimeline = (
	output: NodeJS.WriteStream,
	palette: Palette,
): { show(entry: TimelineEntry): void; end(): void } => {
	const isLive = output.isTTY === true;
	const eraseStatus = isLive ? "\r\u001b[2K" : "";
	let weightPercent = 0;
	let rolloutId = "";
	return {
		show: (entry) => {
			if (typeof entry.rolloutId === "string") rolloutId = entry.rolloutId;
			if (typeof entry.toPercent === "number") weightPercent = entry.toPercent;
			if (entry.kind === "rollout.rolled-back.v1") weightPercent = 0;
			const lines = timelineLines(entry, palette);
			if (lines.length === 0) return;
			output.write(`${eraseStatus}${lines.join("\n")}\n`);
			if (!isLive) return;
			output.write(
				`${clockTime(entry.atSeconds).padStart(8)}  ${rolloutId.padEnd(12)} ${progressBar(weightPercent, 40)} ${weightPercent} %`,
			);
			pause(paceMs);
		},
		end: () => void output.write(eraseStatus),
	};
};
