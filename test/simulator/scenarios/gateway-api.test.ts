import { beforeAll, describe, expect, it } from "vitest";
import { goesBackWithin30Seconds } from "../../../simulator/checkers/goes-back-within-30-seconds.ts";
import { noWriterOfAnOldEpoch } from "../../../simulator/checkers/no-writer-of-an-old-epoch.ts";
import { rolledBackStaysAtZero } from "../../../simulator/checkers/rolled-back-stays-at-zero.ts";
import { planFaults, runWithFault } from "../../../simulator/faults/enumeration.ts";
import { faultName } from "../../../simulator/faults/planned-fault.ts";
import { type RunOptions, runScenario } from "../../../simulator/scenarios/run-scenario.ts";
import { gatewayApiBadImage } from "../../../simulator/scenarios/stories/gateway-api-bad-image.ts";
import { gatewayApiGoodImage } from "../../../simulator/scenarios/stories/gateway-api-good-image.ts";
import type { Prepared } from "../../../simulator/system/prepare.ts";
import type { RouteTest } from "../../../simulator/world/http-routes.ts";
import { rehearse } from "../rehearsal.ts";

let prepared: Prepared;

beforeAll(async () => {
	prepared = await rehearse(undefined, "staging");
});

describe("a service that the Gateway API routes", () => {
	it.each([1, 2, 3, 4, 5])("given a healthy version and seed %i, takes it over step by step", async (seed) => {
		const { broken, outcome } = await runScenario(prepared, gatewayApiGoodImage, seed);

		expect([outcome, broken]).toEqual(["promoted", []]);
	});

	it.each([1, 2, 3, 4, 5])("given a bad version and seed %i, goes back within thirty seconds", async (seed) => {
		const { broken, rollback } = await runScenario(prepared, gatewayApiBadImage, seed);

		expect(broken).toEqual([]);
		expect(rollback?.seconds).toBeLessThan(30);
	});

	it("given a rollback in a fresh sandbox, asks where the cluster is, reads, writes and reads back", async () => {
		const calls: string[] = [];
		const onCall: RunOptions["onCall"] = (entry, { operation }) => {
			if (entry === "functions/roll-back") calls.push(operation);
		};

		await runScenario(prepared, gatewayApiBadImage, 1, { onCall });

		const ofCluster = calls.filter((operation) => !/^(dynamodb|s3):/.test(operation));
		const readings = ofCluster.slice(3);
		expect(ofCluster.slice(0, 3)).toEqual([
			"eks:DescribeCluster",
			"kubernetes:get:httproutes",
			"kubernetes:patch:httproutes",
		]);
		// Once at least, and then until the controller has looked.
		expect(new Set(readings)).toEqual(new Set(["kubernetes:get:httproutes"]));
	});
});

describe("what the template grants for it", () => {
	it("given a roll-back that the cluster does not recognise, users do not go back and a checker says so", async () => {
		const blind = await rehearse((stacks) => stacks.remove("AWS::EKS::AccessEntry", "Functionsrollback"), "staging");

		const { broken } = await runScenario(blind, gatewayApiBadImage, 1);

		expect(broken.join("\n")).toContain(goesBackWithin30Seconds.promise);
	});
});

describe("the fence of an HTTPRoute", () => {
	const late = "late-300s @ rollout/ShiftTraffic shift-traffic kubernetes:patch:httproutes #1";

	/** Runs a bad version whose first shift lands five minutes late, after its rollback. */
	const runLate = async (seed: number, break_: RunOptions = {}): Promise<readonly string[]> => {
		const plan = await planFaults(prepared, gatewayApiBadImage, seed);
		const fault = plan.faults.find((candidate) => faultName(candidate) === late);
		if (fault === undefined) throw new RangeError(`There is no such fault: ${late}.`);
		const whole = { ...fault, options: () => ({ ...fault.options(), ...break_ }) };
		return (await runWithFault(prepared, gatewayApiBadImage, seed, plan, whole)).broken;
	};

	it("given a shift that lands after the rollback, the cluster refuses it", async () => {
		expect(await runLate(1)).toEqual([]);
	});

	it.each([
		["tests nothing", () => ({})],
		["does not test the epoch", ({ backends }: RouteTest) => (backends === undefined ? {} : { backends })],
	])("given a cluster that %s, a checker says so", async (_, testing) => {
		const broken = await runLate(1, {
			onDeployed: ({ world: { httpRoutes } }) => {
				const patch = httpRoutes.patch.bind(httpRoutes);
				httpRoutes.patch = (key, test, change) => patch(key, testing(test), change);
			},
		});

		const promises = [rolledBackStaysAtZero.promise, noWriterOfAnOldEpoch.promise];
		expect(broken.some((sentence) => promises.some((promise) => sentence.startsWith(promise)))).toBe(true);
	});
});
