import { afterEach, describe, expect, it, vi } from "vitest";
import { type, typeJson } from "./typing.ts";

afterEach(() => void vi.restoreAllMocks());

describe("questions to the simulator", { timeout: 60_000 }, () => {
	it("given a rollout that asks for approval, status says so on one screen", async () => {
		const { code, printed } = await type("status checkout --in good-image --at 130");

		expect(code).toBe(0);
		expect(printed).toContain("preparing, ASKS A PERSON");
		expect(printed).toMatch(/release-manager,\s+head-of-shop\s+may\s+answer\s+with\s+`sluice\s+approve\s+checkout`/);
		expect(printed.split("\n").length).toBeLessThanOrEqual(24);
	});

	it("given --json, status prints one document, without the token of the question", async () => {
		const { told } = await typeJson("status checkout --in good-image --at 130");

		expect(told).toMatchObject({ place: "good-image at 2:10", service: "checkout", isAsking: true });
		expect(told.record).toMatchObject({ pause: { reason: "approval" } });
		expect(JSON.stringify(told)).not.toContain("token");
	});

	it("given no service, status lists all of them", async () => {
		const { told } = await typeJson("status --in good-image --at 20");

		expect(told.services).toMatchObject([{ service: "checkout", phase: "idle" }]);
	});

	it("given a service that was given back, history still says what it had", async () => {
		const { told } = await typeJson("history checkout --in release-service --at 9000");

		expect(told.records).toMatchObject([{ rolloutId: "checkout-2", outcome: "promoted" }]);
		await expect(type("plan checkout --in release-service --at 9000")).rejects.toThrow("not enrolled");
	});

	it("given a service that is declared and not enrolled, status says so and how to go on; other questions are refused", async () => {
		const { code, printed } = await type("status checkout --in enrol --at 10");
		const { told } = await typeJson("status --in enrol --at 10");

		expect(code).toBe(0);
		expect(printed).toMatch(/`sluice enrol\s+checkout\s+--dry-run`/);
		expect(told.services).toMatchObject([{ service: "checkout", absence: "not-enrolled" }]);
		await expect(type("history checkout --in enrol --at 10")).rejects.toThrow(
			"is declared in enrol at 0:10 and not enrolled",
		);
	});

	it("given a story of another environment than production, asks in that one", async () => {
		const { told } = await typeJson("status prices --in gateway-api-good-image --at 20");

		expect(told).toMatchObject({ service: "prices", phase: "idle" });
	});

	it("given a moment after a rollback, history says what became of it and --dora sums it up", async () => {
		const { printed } = await type("history checkout --in bad-image --at 900");
		const { told } = await typeJson("history checkout --in bad-image --at 900 --dora --days 7");

		expect(printed).toMatch(/checkout-1 {2}v2 \([0-9a-f]{12}\) {2}rolled-back/);
		expect(printed).toContain("verdict at 5 %, zero confirmed");
		expect(told).toMatchObject({
			days: 7,
			rolledBack: 1,
			changeFailureRatio: 1,
			failures: { beforeExposure: 0, atTrialWeight: 1, atFullWeight: 0 },
			promotionsPerDay: 0,
			leadTime: null,
		});
	});

	it("given a service with users, plan says how long each step takes at their traffic", async () => {
		const { told } = await typeJson("plan checkout --in good-image --at 20");

		expect(told).toMatchObject({ release: null, obstacles: [], unknown: [] });
		const { steps, requestsPerSecond } = told.plan as { steps: object[]; requestsPerSecond: number };
		expect(steps).toHaveLength(4);
		expect(requestsPerSecond).toBeGreaterThan(50);
	});

	it("given a release that was rolled back before, plan says that it would be refused", async () => {
		const { printed } = await type(`plan checkout --digest sha256:${"c7".repeat(32)} --in bad-image --at 900`);

		expect(printed).toMatch(
			/refused {2}The image of v2 \([0-9a-f]{12}\) was\s+admitted\s+before\s+\(checkout-1\s+ended\s+rolled-back\)/,
		);
	});
});

describe("commands in the simulator", { timeout: 60_000 }, () => {
	it("given an approval by who may give it, says that it counts, and tells the story to its end", async () => {
		const { code, printed } = await type("approve checkout --in good-image --at 130 --by release-manager");

		expect(code).toBe(0);
		expect(printed).toContain("approve checkout by release-manager (good-image at 2:10): The approval counts.");
		expect(printed).toContain("It has 1 of 2 approvals, by release-manager; one is enough once CloudTrail has told");
		expect(printed).toContain("The story ended promoted");
		expect(printed).not.toContain("Broken");
	});

	it("given an abort, says that everybody goes back", async () => {
		const { code, told } = await typeJson("abort checkout --in good-image --at 300 --by ana");

		expect(code).toBe(0);
		expect(told).toMatchObject({ verb: "abort", by: "ana", kind: "done", outcome: "rolled-back", broken: [] });
	});

	it("given an approval by somebody else, is refused with the reason", async () => {
		const { code, told } = await typeJson("approve checkout --in good-image --at 130 --by ana");

		expect(code).toBe(1);
		expect(told).toMatchObject({
			kind: "refused",
			reason: "ana may not approve this; allowed are release-manager, head-of-shop",
		});
	});

	it("given a pause and a promotion, says that they are on record", async () => {
		const paused = await typeJson("pause checkout --in good-image --at 350 --by ana");
		const promoted = await typeJson("promote checkout --in good-image --at 1000 --by ana");

		expect(paused).toMatchObject({ code: 0, told: { kind: "done", outcome: "promoted" } });
		expect(promoted).toMatchObject({ code: 0, told: { kind: "done", outcome: "promoted" } });
	});

	it.each([
		[
			"gives up what a gate holds",
			"release checkout --id 7e818b9c192b --in freeze --at 1200",
			"What waited is given up",
		],
		[
			"sends back what is under way",
			"release checkout --id 7e818b9c192b --in good-image --at 300",
			"Everybody goes back",
		],
		["takes back a pause to come", "resume checkout --in pause-by-hand --at 1611", "is taken back"],
	])("given a command that %s, says that it is done", async (_, text, sentence) => {
		const { code, told } = await typeJson(`${text} --by ana`);

		expect(told).toMatchObject({ kind: "done", sentence: expect.stringContaining(sentence) });
		expect(code).toBe(0);
	});

	it("given a resume that answers an approval, is refused with what is allowed", async () => {
		const { told } = await typeJson("resume checkout --in good-image --at 130");

		expect(told).toMatchObject({ kind: "refused", reason: expect.stringContaining("allowed are approve and abort") });
	});

	it.each([
		["retry checkout", "done"],
		[`release checkout --digest sha256:${"ab".repeat(32)}`, "refused"],
	])("given %s after a story is over, goes on with it: %s", async (text, kind) => {
		const { code, told } = await typeJson(`${text} --in bad-image --at 900 --by ana`);

		expect(told).toMatchObject({ kind, outcome: "rolled-back", broken: [] });
		expect(code).toBe(kind === "done" ? 0 : 1);
	});

	it("given a service that is enrolled, enrol has nothing to do and says so", async () => {
		const { code, told } = await typeJson("enrol checkout --in crash-loop --at 20 --dry-run");

		expect(code).toBe(0);
		expect(told).toMatchObject({ ended: true, report: { kind: "planned", steps: [] } });
	});

	it.each(["approve", "resume", "promote", "pause", "abort"])(
		"given %s where nothing is under way, refuses it without sending anything",
		async (verb) => {
			const { code, told } = await typeJson(`${verb} checkout --in crash-loop --at 10`);

			expect(code).toBe(1);
			expect(told).toMatchObject({
				kind: "refused",
				reason: expect.stringContaining(
					"no rollout of this service is under way; none has ended yet: a push begins one",
				),
			});
		},
	);
});

describe("mistakes", { timeout: 60_000 }, () => {
	it("given a service that is not there, names those that are", async () => {
		await expect(type("status basket --in good-image --at 20")).rejects.toThrow(
			'Service "basket" is not known in good-image at 0:20; allowed are checkout.',
		);
	});

	it.each([
		["status checkout --at 20", "--at needs --in SCENARIO"],
		["status checkout --by ana", "--by needs --in SCENARIO"],
		["status checkout --in good-image", "--in needs --at SECONDS"],
		["status checkout --in good-image --at soon", '--at "soon" is not valid'],
		["status checkout --in good-image --at 1 --environment staging", "--in and --environment cannot go together"],
		["history checkout --days 0 --in good-image --at 1", '--days "0" is not valid'],
		["plan checkout --id abc --in good-image --at 1", '--id "abc" is not valid'],
		["plan checkout --digest abc --in good-image --at 1", '--digest "abc" is not valid'],
		[
			"release checkout --digest sha256:zz --in good-image --at 1",
			'--digest "sha256:zz" is not valid; allowed are 4 to 64 hexadecimal digits (0-9, a-f).',
		],
		["release checkout --digest sha256:zzzz --in good-image --at 1", '--digest "sha256:zzzz" is not valid'],
		["release checkout --id 7E81 --in good-image --at 1", "allowed are 4 to 12 hexadecimal digits (0-9, a-f)."],
		[
			"release checkout --id 7e818b9c192b0 --in good-image --at 1",
			"allowed are 4 to 12 hexadecimal digits (0-9, a-f).",
		],
		["enrol checkout --from-priority 0 --in good-image --at 1", '--from-priority "0" is not valid'],
		["release checkout --id a --digest b --in good-image --at 1", "--id and --digest cannot go together"],
		["status checkout --in nowhere --at 1", 'Scenario "nowhere" is not known'],
		[
			"abort checkout --rollout basket-7 --in good-image --at 1",
			'--rollout "basket-7" is not valid; allowed is a rollout',
		],
		["abort checkout --rollout seven --in good-image --at 1", "as in checkout-7."],
		["status checkout --environment nowhere", "config/nowhere.yaml cannot be read"],
	])("given %s, says what is wrong", async (text, message) => {
		await expect(type(text)).rejects.toThrow(message);
	});
});
