import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	followTargets,
	judgeTargets,
	noTrail,
	type TargetReading,
	type TargetTrail,
} from "../../lib/domain/target-trail.ts";

const reading = (fields: Partial<TargetReading> = {}): TargetReading => ({
	healthy: 4,
	failing: 0,
	unused: 0,
	...fields,
});
const well = reading();

interface Look {
	readonly atSeconds: number;
	readonly canary: TargetReading;
	readonly stable?: TargetReading;
	/** Null where the cluster did not say. */
	readonly wanted?: number | null;
}

/** What each look in turn concludes. */
const kindsOf = (looks: readonly Look[], unhealthySeconds: number | null = 120): readonly string[] => {
	let trail: TargetTrail = noTrail;
	return looks.map(({ atSeconds, canary, stable = well, wanted = 4 }) => {
		trail = followTargets(trail, canary, wanted, atSeconds * 1000);
		return judgeTargets(trail, canary, stable, unhealthySeconds ?? undefined, atSeconds * 1000).kind;
	});
};

/** A look every ten seconds, for so long. */
const every10 = (seconds: number, look: Omit<Look, "atSeconds">): readonly Look[] =>
	Array.from({ length: seconds / 10 + 1 }, (_, index) => ({ ...look, atSeconds: index * 10 }));

describe("health checks of a canary", () => {
	it("given targets that fail, is harmful after the seconds allowed and not before", () => {
		const kinds = kindsOf(every10(120, { canary: reading({ healthy: 3, failing: 1 }) }));

		expect(kinds.slice(0, -1)).toEqual(Array.from({ length: 12 }, () => "undecided"));
		expect(kinds.at(-1)).toBe("harmful");
	});

	it("given targets that recover in between, counts anew", () => {
		const failing = reading({ healthy: 3, failing: 1 });

		const kinds = kindsOf([
			{ atSeconds: 0, canary: failing },
			{ atSeconds: 110, canary: well },
			{ atSeconds: 120, canary: failing },
			{ atSeconds: 230, canary: failing },
			{ atSeconds: 240, canary: failing },
		]);

		expect(kinds).toEqual(["undecided", "undecided", "undecided", "undecided", "harmful"]);
	});

	it("given one failing target of many, leaves it to the node it runs on", () => {
		expect(new Set(kindsOf(every10(600, { canary: reading({ healthy: 9, failing: 1 }), wanted: 10 })))).toEqual(
			new Set(["undecided"]),
		);
	});

	it("given no healthy target at two looks, is harmful at once; at one look it may be chance", () => {
		const empty = reading({ healthy: 0 });

		expect(kindsOf([{ atSeconds: 0, canary: empty }])).toEqual(["undecided"]);
		expect(kindsOf([0, 6].map((atSeconds) => ({ atSeconds, canary: empty })))).toEqual(["undecided", "harmful"]);
		expect(
			kindsOf(
				[0, 6].map((atSeconds) => ({ atSeconds, canary: empty })),
				null,
			),
		).toEqual(["undecided", "harmful"]);
	});

	it("given pods that left the group because they crashed, misses them as long as they are wanted", () => {
		const one = { canary: reading({ healthy: 1 }), wanted: 4 };
		const lost = [
			{ atSeconds: 0, canary: well },
			...every10(120, one).map((look) => ({ ...look, atSeconds: look.atSeconds + 10 })),
		];

		expect(kindsOf(lost).at(-1)).toBe("harmful");
		expect(new Set(kindsOf(lost.map((look) => ({ ...look, wanted: Math.min(4, look.canary.healthy) }))))).toEqual(
			new Set(["undecided"]),
		);
	});

	it("given a pinned definition without a limit, waits for nothing but the last target", () => {
		expect(kindsOf(every10(3_600, { canary: reading({ healthy: 1, failing: 3 }) }), null)).not.toContain("harmful");
	});

	it.each([
		["no healthy target either", reading({ healthy: 0 })],
		["more failing than healthy", reading({ healthy: 1, failing: 2 })],
	])("given stable with %s, calls the environment sick: going back helps nobody", (_, stable) => {
		expect(kindsOf([0, 6].map((atSeconds) => ({ atSeconds, canary: reading({ healthy: 0 }), stable })))).toEqual([
			"undecided",
			"sick",
		]);
	});

	it("given a group that no rule names, says nothing: nobody is checked and nobody is sent there", () => {
		expect(new Set(kindsOf(every10(600, { canary: reading({ healthy: 0, unused: 4 }) })))).toEqual(
			new Set(["undecided"]),
		);
	});

	it("says how many are healthy, since when, and how stable stands", () => {
		const canary = reading({ healthy: 1, failing: 3 });
		const trail = followTargets(noTrail, canary, 4, 0);

		expect(judgeTargets(trail, canary, well, 120, 130_000).reasons).toEqual([
			"canary: 1 of 4 targets healthy, too few for 130 s",
			"stable: 4 of 4",
		]);
	});
});

describe("whatever an autoscaler or a rolling update does", () => {
	it("given pods that are added and removed as wanted, none of which fails, never calls it harm", () => {
		const look = fc.record({
			wanted: fc.integer({ min: 1, max: 50 }),
			ready: fc.double({ min: 0, max: 1, noNaN: true }),
		});
		fc.assert(
			fc.property(fc.array(look, { minLength: 1, maxLength: 60 }), (looks) => {
				// What is new is initial; what is not wanted any more leaves at once; what served goes on serving.
				let healthy = 1;
				const seen = looks.map(({ wanted, ready }, index) => {
					healthy = Math.min(wanted, healthy + Math.floor(ready * (wanted - Math.min(wanted, healthy))));
					return { atSeconds: index * 20, canary: reading({ healthy }), wanted };
				});
				expect(kindsOf(seen)).not.toContain("harmful");
			}),
			{ numRuns: 500, seed: 11 },
		);
	});

	it("given the same look twice, leaves the same trail", () => {
		const counts = fc.record({ healthy: fc.nat(9), failing: fc.nat(9), unused: fc.nat(1) });
		fc.assert(
			fc.property(fc.array(counts, { minLength: 1, maxLength: 20 }), fc.nat(9), (looks, wanted) => {
				let trail = noTrail;
				looks.forEach((canary, index) => {
					const once = followTargets(trail, canary, wanted, index * 10_000);
					expect(followTargets(once, canary, wanted, index * 10_000)).toEqual(once);
					trail = once;
				});
			}),
			{ numRuns: 300, seed: 12 },
		);
	});

	it("given that the cluster does not say what is wanted, takes fewer pods for what was asked for", () => {
		const looks = [4, 3, 2, 1].map((healthy, index) => ({
			atSeconds: index * 130,
			canary: reading({ healthy }),
			wanted: null,
		}));

		expect(kindsOf(looks)).not.toContain("harmful");
	});
});
