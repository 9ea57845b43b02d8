import { describe, expect, it } from "vitest";
import { environmentFile, serviceFile, trafficFile } from "./environment-file.ts";
import { problemsOf as problemsInFile } from "./problems-of.ts";

const problemsOf = (settings: Readonly<Record<string, unknown>>): readonly string[] =>
	problemsInFile(environmentFile({ services: { checkout: serviceFile(settings) } })).map((problem) =>
		problem.replace("services.checkout.", ""),
	);

describe("steps", () => {
	it("given weights that do not rise, refuses the one that does not", () => {
		const problems = problemsOf({ steps: [{ weightPercent: 50 }, { weightPercent: 50 }, { weightPercent: 100 }] });

		expect(problems).toEqual(["steps[1].weightPercent: found 50; allowed is more than the step before it (50)"]);
	});

	it("given a last step below 100, refuses it", () => {
		const problems = problemsOf({ steps: [{ weightPercent: 5 }, { weightPercent: 90 }] });

		expect(problems).toEqual(["steps[1].weightPercent: found 90; allowed is 100, because it is the last step"]);
	});

	it("given a comparison at 100, refuses it", () => {
		const problems = problemsOf({ steps: [{ weightPercent: 100, judgedBy: "comparison" }] });

		expect(problems).toEqual([
			'steps[0].judgedBy: found "comparison"; allowed is guardrails at weightPercent 100, where nothing is left to compare with',
		]);
	});

	it("given a preset that does not exist, names those that do", () => {
		const problems = problemsOf({ steps: "1-100" });

		expect(problems).toEqual([
			'steps: found "1-100"; allowed is one of the presets 5-25-50-100, 5-50-100, 10-25-50-100, or a list of 1 to 20 steps',
		]);
	});

	it("given no step at all, refuses the empty list", () => {
		const problems = problemsOf({ steps: [] });

		expect(problems).toEqual(["steps: found []; allowed is a list of 1 to 20 steps"]);
	});

	it("given a list of one step for blue-green, accepts it", () => {
		expect(problemsOf({ strategy: "blue-green", steps: [{ weightPercent: 100 }] })).toEqual([]);
	});

	it.each([["5-50-100"], [[{ weightPercent: 50 }, { weightPercent: 100 }]]])(
		"given %j for blue-green, refuses more than one step",
		(steps) => {
			const problems = problemsOf({ strategy: "blue-green", steps });

			expect(problems).toEqual([
				`steps: found ${JSON.stringify(steps)}; allowed is for blue-green: nothing, or a list of one step at 100`,
			]);
		},
	);
});

describe("holdback", () => {
	it("given blue-green, accepts it and lets people be asked before either step", () => {
		const approvals = [{ beforeWeightPercent: 95 }, { beforeWeightPercent: 100 }];

		expect(problemsOf({ strategy: "blue-green", holdback: { percent: 5 }, approvals })).toEqual([]);
	});

	it("given a canary, refuses it", () => {
		expect(problemsOf({ holdback: { percent: 5 } })).toEqual([
			'holdback: found {"percent":5}; allowed is nothing for strategy canary: its steps hold users back already',
		]);
	});

	it("given a share that is more than half, refuses it", () => {
		expect(problemsOf({ strategy: "blue-green", holdback: { percent: 51 } })).toEqual([
			"holdback.percent: found 51; allowed is a whole number from 1 to 50",
		]);
	});

	it("given a longest bake below the shortest, refuses it", () => {
		const holdback = { percent: 5, minBakeSeconds: 300, maxBakeSeconds: 299 };

		expect(problemsOf({ strategy: "blue-green", holdback })).toEqual([
			"holdback.maxBakeSeconds: found 299; allowed is at least minBakeSeconds (300)",
		]);
	});
});

describe("preview", () => {
	const preview = { header: { name: "X-Preview", value: "checkout" } };

	it("given blue-green behind a load balancer, accepts it", () => {
		expect(problemsOf({ strategy: "blue-green", preview })).toEqual([]);
	});

	it("given a canary, refuses it and says why", () => {
		expect(problemsOf({ preview })).toEqual([
			`preview: found ${JSON.stringify(preview)}; allowed is nothing for strategy canary: at a small weight, what testers send would be judged as if users had`,
		]);
	});

	it("given a service that the Gateway API routes, refuses it", () => {
		const traffic = { router: "gateway-api", httpRoute: "checkout" };

		expect(problemsOf({ strategy: "blue-green", preview, traffic })).toContainEqual(
			`preview: found ${JSON.stringify(preview)}; allowed is nothing with the router gateway-api: testers are told by a listener rule`,
		);
	});

	it("given a base rule with room for one rule above it only, refuses its priority", () => {
		const traffic = trafficFile({ basePriority: 2 });

		expect(problemsOf({ strategy: "blue-green", preview, traffic })).toEqual([
			"traffic.basePriority: found 2; allowed is 3 to 50000 beside a preview: the rule for testers stands two before it",
		]);
	});

	it.each([
		["the host", { name: "hOST", value: "a" }, "name"],
		["a name with a blank", { name: "X Preview", value: "a" }, "name"],
		["a name that is too long", { name: "x".repeat(41), value: "a" }, "name"],
		["a value that a load balancer takes for a pattern", { name: "X-Preview", value: "a*" }, "value"],
	])("given %s, refuses it", (_, header, key) => {
		const problems = problemsOf({ strategy: "blue-green", preview: { header } });

		expect(problems).toHaveLength(1);
		expect(problems[0]).toContain(`preview.header.${key}: found`);
	});
});

describe("bake", () => {
	it("given a longest bake below the shortest, refuses it", () => {
		const problems = problemsOf({ steps: [{ weightPercent: 100, minBakeSeconds: 300, maxBakeSeconds: 299 }] });

		expect(problems).toEqual(["steps[0].maxBakeSeconds: found 299; allowed is at least minBakeSeconds (300)"]);
	});

	it("given a bake that ends before its first bucket could be judged, refuses it", () => {
		const problems = problemsOf({ warmupSeconds: 60, steps: [{ weightPercent: 100, maxBakeSeconds: 69 }] });

		expect(problems).toEqual([
			"steps[0].maxBakeSeconds: found 69; allowed is at least warmupSeconds and one measurements.periodSeconds together (70)",
		]);
	});

	it("given the longest warmup and the longest period, leaves room in every default bake", () => {
		const problems = problemsOf({
			warmupSeconds: 300,
			guardrails: { windowSeconds: 300 },
			measurements: { source: "application-load-balancer", periodSeconds: 300 },
		});

		expect(problems).toEqual([]);
	});
});

describe("approvals", () => {
	it("given a weight that is no step, lists the steps' weights", () => {
		const problems = problemsOf({ steps: "5-50-100", approvals: [{ beforeWeightPercent: 25 }] });

		expect(problems).toEqual(["approvals[0].beforeWeightPercent: found 25; allowed is a step's weight: 5, 50, 100"]);
	});

	it("given no steps to ask before, speaks of the missing steps only", () => {
		const problems = problemsOf({ steps: [], approvals: [{ beforeWeightPercent: 5 }] });

		expect(problems).toEqual(["steps: found []; allowed is a list of 1 to 20 steps"]);
	});

	it("given one weight twice, refuses the second", () => {
		const problems = problemsOf({ approvals: [{ beforeWeightPercent: 5 }, { beforeWeightPercent: 5 }] });

		expect(problems).toEqual([
			"approvals[1].beforeWeightPercent: found 5; allowed is a weight that approvals[0] does not name already",
		]);
	});
});
