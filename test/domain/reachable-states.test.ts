import { describe, expect, it } from "vitest";
import { rolloutIdOf } from "../../lib/domain/rollout-id.ts";
import { phases, type ServiceState } from "../../lib/domain/service-state.ts";
import { otherSlot } from "../../lib/domain/slot.ts";
import { satisfies } from "../../lib/domain/transition.ts";
import { exceptions } from "./exceptions.ts";
import { explore, lastRolloutEpoch, movesOf } from "./reachable-states.ts";

const { states, edges } = explore();

/** The epoch of the rollout that a state belongs to: a rollout gives its epoch up when it closes or goes back. */
const rolloutEpochOf = ({ phase, epoch }: ServiceState): number =>
	phase === "closing" || phase === "rolling-back" ? epoch - 1 : epoch;

describe("every state that writers can reach in any order", () => {
	it("given two rollouts after one another, there are states of every phase, in both slots", () => {
		const shapes = new Set(states.map(({ phase, stableSlot }) => `${phase} ${stableSlot}`));

		expect(shapes.size).toBe(phases.length * 2);
		expect(states.length).toBeGreaterThan(1_000);
	});

	it("given any write, the epoch never decreases, and grows exactly where a right to write changes hands", () => {
		const growing = ["start", "close", "roll back"];

		expect(
			exceptions(edges, ({ name, from, to }) => to.epoch === from.epoch + (growing.includes(name) ? 1 : 0)),
		).toEqual([]);
	});

	it("given any write, the phase changes along the life of a rollout only", () => {
		const lives = new Set(
			edges.filter(({ from, to }) => from.phase !== to.phase).map(({ from, to }) => `${from.phase} > ${to.phase}`),
		);

		expect([...lives].sort()).toEqual([
			"closing > idle",
			"idle > preparing",
			"preparing > rolling-back",
			"preparing > trial",
			"rolling-back > idle",
			"trial > rolling-back",
			"trial > window",
			"window > closing",
			"window > rolling-back",
		]);
	});

	it("given any write, the stable slot and its release change in closing only, and together", () => {
		const changes = edges.filter(
			({ from, to }) =>
				from.stableSlot !== to.stableSlot || from.stableRelease.imageDigest !== to.stableRelease.imageDigest,
		);

		expect(changes.length).toBeGreaterThan(0);
		expect(
			exceptions(
				changes,
				({ from, to }) =>
					from.phase === "closing" && to.stableSlot === otherSlot(from.stableSlot) && to.stableRelease === from.release,
			),
		).toEqual([]);
	});

	it("given an idle service, nothing but what waits is left of a rollout that the next one could mistake for its own", () => {
		const idle = states.filter(({ phase }) => phase === "idle");
		const attributes = [...new Set(idle.flatMap((state) => Object.keys(state)))].sort();

		expect(attributes).toEqual([
			"epoch",
			"executionStarted",
			"next",
			"phase",
			"redAlarms",
			"service",
			"stableEpoch",
			"stableRelease",
			"stableSlot",
			"weightPercent",
		]);
		expect(exceptions(idle, (state) => state.weightPercent === 0 && !state.executionStarted)).toEqual([]);
	});

	it("given a service that is not idle, it belongs to the rollout that its epoch says, with a release and a hash", () => {
		const busy = states.filter(({ phase }) => phase !== "idle");

		expect(
			exceptions(
				busy,
				(state) =>
					state.rolloutId === rolloutIdOf(state.service, rolloutEpochOf(state)) &&
					state.release !== undefined &&
					state.definitionHash !== undefined &&
					state.startedAtEpochMs !== undefined,
			),
		).toEqual([]);
	});

	it("given a weight, the moment of first exposure is on record, from the first write on", () => {
		expect(exceptions(states, (state) => state.weightPercent === 0 || state.exposedAtEpochMs !== undefined)).toEqual(
			[],
		);
		expect(
			exceptions(
				edges,
				({ from, to }) =>
					from.exposedAtEpochMs === undefined || to.phase === "idle" || to.exposedAtEpochMs === from.exposedAtEpochMs,
			),
		).toEqual([]);
	});

	it("given a rollback under way, its record says who owns the end, and nobody waits for a person", () => {
		const back = states.filter(({ phase }) => phase === "rolling-back");

		expect(exceptions(back, ({ rollback, pause }) => rollback !== undefined && pause === undefined)).toEqual([]);
	});
});

describe("writers that come late", () => {
	it("given an answer that is written down late, the question that is asked by now stays", () => {
		const resumed = edges.filter(({ name }) => name.startsWith("resume"));

		expect(new Set(resumed.map(({ name }) => name)).size).toBe(2);
		expect(exceptions(resumed, ({ name, from }) => `resume ${from.pause?.reason}` === name)).toEqual([]);
	});

	it("given any state, no writer of an earlier rollout changes anything", () => {
		const late = states.flatMap((state) =>
			Array.from({ length: Math.max(0, rolloutEpochOf(state) - 1) }, (_, index) => movesOf(index + 1))
				.flat()
				.map((move) => ({ state, move })),
		);

		expect(late.length).toBeGreaterThan(1_000);
		expect(exceptions(late, ({ state, move }) => !satisfies(state, move.transition.condition))).toEqual([]);
	});

	it("given any state, no writer of a rollout that is still to come changes anything", () => {
		const early = states.flatMap((state) =>
			movesOf(lastRolloutEpoch + 2 + state.epoch).map((move) => ({ state, move })),
		);

		expect(exceptions(early, ({ state, move }) => !satisfies(state, move.transition.condition))).toEqual([]);
	});

	it("given a rollback or a closing, the rollout's own writers have lost the right to all but its end", () => {
		const over = states.filter(({ phase }) => phase === "rolling-back" || phase === "closing");
		const possible = over.flatMap((state) =>
			movesOf(rolloutEpochOf(state))
				.filter(({ transition }) => satisfies(state, transition.condition))
				.map(({ name }) => `${name} in ${state.phase}`),
		);

		expect([...new Set(possible)].sort()).toEqual(["finish in rolling-back", "finish promoted in closing"]);
	});

	it("given a service that went idle, nobody who worked for it may write any more", () => {
		const idle = states.filter(({ phase }) => phase === "idle");
		const all = Array.from({ length: lastRolloutEpoch + 2 }, (_, epoch) => movesOf(epoch + 1)).flat();

		expect(exceptions(idle, (state) => !all.some(({ transition }) => satisfies(state, transition.condition)))).toEqual(
			[],
		);
	});
});
