import { describe, expect, it } from "vitest";
import { paletteOf } from "../../../simulator/report/palette.ts";
import { timelineLines } from "../../../simulator/report/timeline-line.ts";

const linesOf = (kind: string, detail: Readonly<Record<string, unknown>>): readonly string[] =>
	timelineLines({ atSeconds: 415, kind, ...detail }, paletteOf(false));

describe("a line of the timeline", () => {
	it("given a refused enrolment, names each reason with what was found and what is allowed", () => {
		const lines = linesOf("enrolment.refused", {
			problems: [
				{ what: "priority 99", value: "taken by another rule", allowed: "free: it is the trial rule's" },
				{ what: "stickiness of target group own", value: "on", allowed: "off" },
			],
		});

		expect(lines).toEqual([
			"    6:55  refuse    it cannot be enrolled as it is, and nothing was touched",
			"                    priority 99: taken by another rule; allowed is free: it is the trial rule's.",
			"                    stickiness of target group own: on; allowed is off.",
		]);
	});

	it.each([
		["service.enrolled.v1", { release: { id: "6682c295fcc9" } }, "6682c295fcc9 serves from a slot"],
		["service.released.v1", {}, "given back"],
		["rollout.superseded.v1", { release: { id: "a", tag: "v2" }, by: { id: "b", tag: "v3" } }, "v3 is newer"],
		["enrolment.asked", { wish: "release", attempt: 2 }, "give the service back, attempt 2"],
		["enrolment.warned", { warnings: "The image has no digest." }, "The image has no digest."],
	])("given %s, says so in one line", (kind, detail, text) => {
		expect(linesOf(kind, detail)).toEqual([expect.stringContaining(text)]);
	});

	it.each([
		["enrolment.warned", { warnings: "" }],
		["enrolment.ended", { wish: "enrol", outcome: "done" }],
		["alarm.changed", { alarmName: "orders-failed", to: "OK", reason: "" }],
		["rollout.approved.v1", { by: "ana", approvals: 1, approvalsNeeded: 1 }],
	])("given %s that nobody would miss, says nothing", (kind, detail) => {
		expect(linesOf(kind, detail)).toEqual([]);
	});
});
