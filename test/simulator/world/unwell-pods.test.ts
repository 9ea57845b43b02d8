import { describe, expect, it } from "vitest";
import { createMetricStore } from "../../../simulator/alarms/metric-store.ts";
import { fakeMeasurements } from "../../../simulator/fakes/measurements.ts";
import { digestOf, makeStage, startEpochMs } from "../fakes/stage.ts";

type Measured = "custom-metrics" | "application-load-balancer";

/** A service of which every pod runs an image that behaves so from now on, pushed into its slot. */
const serving = async (behaviour: object, kind: Measured = "custom-metrics") => {
	const metrics = createMetricStore();
	const namespace = kind === "custom-metrics" ? "Shop" : "AWS/ApplicationELB";
	const periodSeconds = kind === "custom-metrics" ? 10 : 60;
	const stage = makeStage({ metrics }, { measurements: { kind, namespace, periodSeconds, slowerThanMs: 3_000 } });
	stage.enrol();
	const { world, definition } = stage;
	const image = digestOf("c");
	world.versions.define(image, { startSeconds: 5, ...behaviour });
	const key = `${definition.workload.clusterName}/${definition.workload.namespace}/${definition.workload.deployment}-blue`;
	const deployment = world.cluster.deployment(key);
	if (deployment === null) throw new RangeError("The blue slot has no Deployment.");
	deployment.setTemplate(image, deployment.content);
	await stage.pass(60);
	const statesOf = (): readonly string[] => world.targetGroups.states(definition.route.targetGroupArns.blue);
	const read = (fromSeconds: number, toSeconds: number) =>
		fakeMeasurements(metrics, stage.caller).read(definition, {
			stableSlot: "blue",
			fromEpochMs: startEpochMs + fromSeconds * 1000,
			toEpochMs: startEpochMs + toSeconds * 1000,
		});
	return { ...stage, deployment, statesOf, read, image };
};

describe("pods that crash after they were ready", () => {
	it("given a crash, are refused requests until they are taken out, come back, and wait longer each time", async () => {
		const { deployment, statesOf, pass, world, image } = await serving({ crashAfterSeconds: 100 });
		const ready: number[] = [];
		for (let seconds = 0; seconds < 1_200; seconds += 5) {
			await pass(5);
			ready.push(deployment.readyReplicas);
		}

		expect(Math.min(...ready)).toBe(0);
		expect(Math.max(...ready)).toBe(4);
		expect(statesOf()).toContain("draining");
		expect(statesOf()).not.toContain("unhealthy");
		const late = ready.slice(-120).reduce((sum, count) => sum + count, 0);
		const early = ready.slice(0, 120).reduce((sum, count) => sum + count, 0);
		expect(late).toBeLessThan(early);
		expect(world.traffic.of("checkout").totals().byDigest.get(image)?.bad).toBeGreaterThan(1_000);
	});

	it("given the load balancer's counts, shows requests that a dead target was chosen for as unanswered", async () => {
		const { pass, read } = await serving({ crashAfterSeconds: 100 }, "application-load-balancer");
		await pass(400);

		const counts = (await read(60, 360)).map(({ stable }) => stable);

		expect(counts.reduce((sum, bucket) => sum + (bucket?.unanswered ?? 0), 0)).toBeGreaterThan(0);
		expect(counts.every((bucket) => bucket === null || bucket.errors <= bucket.requests)).toBe(true);
	});
});

describe("pods that accept connections and never answer", () => {
	it("given health checks that fail too, are all sent requests all the same: the load balancer fails open", async () => {
		const { pass, statesOf, world, image } = await serving({ hangAfterSeconds: 60 });
		await pass(120);
		const before = world.traffic.of("checkout").totals().byDigest.get(image)?.bad ?? 0;
		await pass(10);
		const after = world.traffic.of("checkout").totals().byDigest.get(image)?.bad ?? 0;

		expect(statesOf().filter((state) => state === "unhealthy")).toHaveLength(4);
		expect((after - before) / 1_000).toBeCloseTo(1, 0);
	});

	it("given health checks that pass, stay healthy targets", async () => {
		const { pass, statesOf } = await serving({ hangAfterSeconds: 60, answersChecksWhileHanging: true });
		await pass(600);

		expect(statesOf().filter((state) => state === "healthy")).toHaveLength(4);
	});

	it("given pods that count what they begin, are counted at once; by the load balancer, an idle timeout later", async () => {
		const own = await serving({ hangAfterSeconds: 60, answersChecksWhileHanging: true });
		const balanced = await serving(
			{ hangAfterSeconds: 60, answersChecksWhileHanging: true },
			"application-load-balancer",
		);
		await own.pass(400);
		await balanced.pass(400);

		const [ownLast] = await own.read(300, 310);
		const [balancedLast] = await balanced.read(300, 360);

		expect(ownLast?.stable).toMatchObject({ unanswered: ownLast?.stable?.requests, errors: 0 });
		expect(balancedLast?.stable).toMatchObject({ unanswered: balancedLast?.stable?.requests, errors: 0 });
	});
});
