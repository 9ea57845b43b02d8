import { describe, expect, it } from "vitest";
import { driftChange, findDrift, type IdleReading, isTurnToLook } from "../../lib/domain/idle-drift.ts";
import { loadBalancerRouteOf } from "../../lib/domain/traffic-route.ts";
import { applied } from "../../lib/domain/transition.ts";
import { definition, release, serviceState } from "./builders.ts";

const nowEpochMs = 1_767_603_600_000;

const asLeft: IdleReading = {
	router: { base: { blue: 100, green: 0 }, trial: null },
	callers: "blue",
	stable: { wantedReplicas: 10, imageDigest: release("a").imageDigest },
	usersReplicas: 0,
};

const { basePriority } = loadBalancerRouteOf(definition());
const found = (fields: Partial<IdleReading>) => findDrift(serviceState(), definition(), { ...asLeft, ...fields });

describe("findDrift", () => {
	it("given what a closing or a rollback leaves, finds nothing", () => {
		expect(found({})).toEqual([]);
		expect(found({ callers: undefined })).toEqual([]);
	});

	it.each<readonly [string, Partial<IdleReading>, string, string]>([
		[
			"a base rule that shares",
			{ router: { base: { blue: 70, green: 30 }, trial: null } },
			"base-rule",
			`The base rule at priority ${basePriority} gives slot green 30 %: give slot blue 100 % and slot green 0 % there.`,
		],
		[
			"a base rule that is gone",
			{ router: { base: null, trial: null } },
			"base-rule",
			`The base rule at priority ${basePriority} is gone, or`,
		],
		[
			"a trial rule of a rollout that is over",
			{ router: { ...asLeft.router, trial: { rolloutId: "checkout-5", weights: { blue: 80, green: 20 } } } },
			"trial-rule",
			"The trial of checkout-5 was left behind and gives slot green 20 %: remove it.",
		],
		[
			"a rule for testers of a rollout that is over",
			{ router: { ...asLeft.router, preview: { rolloutId: "checkout-5" } } },
			"preview-rule",
			"What checkout-5 showed to testers was left behind: remove that rule, or no rollout can begin.",
		],
		[
			"somebody else's rule in its place",
			{ router: { ...asLeft.router, trial: { rolloutId: null, weights: { blue: 0, green: 0 } } } },
			"trial-rule",
			"A rule that is not Sluice's stands where a trial rule goes: remove it, or no rollout can begin.",
		],
		[
			"callers that reach the other slot",
			{ callers: "green" },
			"callers",
			"selects slot green: set sluice.dev/slot to blue",
		],
		["callers that reach no slot", { callers: null }, "callers", "selects neither slot: set sluice.dev/slot to blue"],
		[
			"another image in the slot that serves",
			{ stable: { ...asLeft.stable, imageDigest: release("c").imageDigest } },
			"stable-slot",
			`Slot blue runs sha256:${"c".repeat(64)}, and on record sha256:${"a".repeat(64)} serves`,
		],
		[
			"an image that is named by its tag",
			{ stable: { ...asLeft.stable, imageDigest: null } },
			"stable-slot",
			"Slot blue runs an image without a digest, and on record",
		],
		[
			"a slot that serves and was deleted",
			{ stable: { wantedReplicas: 0, imageDigest: null } },
			"stable-slot",
			"The Deployment of slot blue, which serves, is gone or lost its annotations: restore it.",
		],
		[
			"a slot that serves and was scaled to zero",
			{ stable: { ...asLeft.stable, wantedReplicas: 0 } },
			"stable-slot",
			"Slot blue serves and is scaled to zero: scale it up.",
		],
		[
			"the user's own pods",
			{ usersReplicas: 4 },
			"users-replicas",
			"wants 4 of your own pods again, which Sluice sends nothing: scale it to zero (`enrol` does",
		],
	])("given %s, says what it is and how to put it right", (_, reading, what, text) => {
		const findings = found(reading);

		expect(findings.map((finding) => finding.what)).toEqual([what]);
		expect(findings[0]?.text).toContain(text);
	});
});

describe("driftChange", () => {
	const findings = found({ callers: null, usersReplicas: 4 });

	it("given something new, wakes somebody where users may notice, and says it for the record where they do not", () => {
		const state = serviceState();

		expect(driftChange(state, findings, nowEpochMs)?.says).toMatchObject({
			kind: "service.needs-attention.v1",
			detail: { service: "checkout", reason: expect.stringContaining("selects neither slot") },
		});
		expect(driftChange(state, found({ usersReplicas: 4 }), nowEpochMs)?.says?.kind).toBe("service.drifted.v1");
	});

	it("given the same trouble again, says nothing, and has its present figures on record", () => {
		const change = driftChange(serviceState(), found({ usersReplicas: 4 }), nowEpochMs);
		const known = change === null ? serviceState() : applied(serviceState(), change.transition);

		expect(known.drift?.sinceEpochMs).toBe(nowEpochMs);
		expect(driftChange(known, found({ usersReplicas: 4 }), nowEpochMs + 1)).toBeNull();
		const grown = driftChange(known, found({ usersReplicas: 9 }), nowEpochMs + 1);
		expect(grown?.says).toBeNull();
		expect(grown?.transition.set.drift).toMatchObject({
			found: [{ text: expect.stringContaining("wants 9 of your own pods") }],
			sinceEpochMs: nowEpochMs,
		});
		expect(driftChange(known, findings, nowEpochMs + 1)?.transition.set.drift?.sinceEpochMs).toBe(nowEpochMs);
	});

	it("given a trial and a rule for testers of which one was removed, says what is left", () => {
		const preview = { rolloutId: "checkout-5" };
		const trial = { ...preview, weights: { blue: 100, green: 0 } };
		const change = driftChange(serviceState(), found({ router: { ...asLeft.router, trial } }), nowEpochMs);
		const known = change === null ? serviceState() : applied(serviceState(), change.transition);

		const left = driftChange(known, found({ router: { ...asLeft.router, preview } }), nowEpochMs + 1);

		expect(left?.transition.set.drift?.found.map(({ what }) => what)).toEqual(["preview-rule"]);
	});

	it("given that it was put right, takes it off the record without a word; given nothing before, writes nothing", () => {
		const known = serviceState({ drift: { found: findings, sinceEpochMs: 1 } });
		const over = driftChange(known, [], nowEpochMs);

		expect(over?.says).toBeNull();
		expect(over && applied(known, over.transition)).toEqual(serviceState());
		expect(driftChange(serviceState(), [], nowEpochMs)).toBeNull();
	});

	it("given a first try that died before it could write, says the same again", () => {
		const first = driftChange(serviceState(), findings, nowEpochMs)?.says?.id;

		expect(driftChange(serviceState(), findings, nowEpochMs + 300_000)?.says?.id).toBe(first);
	});
});

describe("isTurnToLook", () => {
	const sweeps = Array.from({ length: 12 }, (_, index) => nowEpochMs + index * 300_000);

	it("given any service, looks at it each hour, however late sweeps are, and at one that has drifted each time", () => {
		const drift = { found: [], sinceEpochMs: 1 };

		const late = (index: number): number => (index % 2 === 0 ? 0 : 59_999);
		for (const service of ["checkout", "a", "search-and-more"]) {
			expect(sweeps.filter((at) => isTurnToLook(serviceState({ service }), at + 150_000))).toHaveLength(1);
			const unsteady = sweeps.map((atEpochMs, index) => atEpochMs - 1 + late(index));
			expect(unsteady.filter((at) => isTurnToLook(serviceState({ service }), at)).length).toBeGreaterThanOrEqual(1);
		}
		expect(sweeps.every((atEpochMs) => isTurnToLook(serviceState({ drift }), atEpochMs))).toBe(true);
	});

	it("given a thousand services, spreads them over the sweeps of an hour", () => {
		const counts = sweeps.map(
			(atEpochMs) =>
				Array.from({ length: 1_000 }, (_, index) => `service-${index}`).filter((service) =>
					isTurnToLook(serviceState({ service }), atEpochMs),
				).length,
		);

		expect(Math.max(...counts)).toBeLessThanOrEqual(250);
	});
});
