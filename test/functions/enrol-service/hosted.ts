import type { Context } from "aws-lambda";
import { makeHandler } from "../../../functions/enrol-service/handler.ts";
import { parseLifecycleEvent } from "../../../lib/domain/lifecycle-event.ts";
import type { ServiceDefinition } from "../../../lib/domain/service-definition.ts";
import { busEventOf } from "../../../simulator/events/bus-event.ts";
import { fakeBaseRoute } from "../../../simulator/fakes/base-route.ts";
import { fakeClock } from "../../../simulator/fakes/clock.ts";
import { fakeEnrolmentRecord } from "../../../simulator/fakes/enrolment-record.ts";
import { fakeGatewayRouter } from "../../../simulator/fakes/gateway-router.ts";
import { fakeLifecycleEvents } from "../../../simulator/fakes/lifecycle-events.ts";
import { fakeReleaseContents } from "../../../simulator/fakes/release-contents.ts";
import { fakeServiceCatalog } from "../../../simulator/fakes/service-catalog.ts";
import { fakeGatewayHealth } from "../../../simulator/fakes/target-health.ts";
import { fakeTelemetry } from "../../../simulator/fakes/telemetry.ts";
import { fakeUserWorkload } from "../../../simulator/fakes/user-workload.ts";
import { fakeWorkloads } from "../../../simulator/fakes/workloads.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { objectKey } from "../../../simulator/world/cluster.ts";
import { contractDefinition } from "../../contracts/contract-definition.ts";
import { digestOf, makeStage } from "../../simulator/fakes/stage.ts";

export const workload = { ...contractDefinition().workload, inClusterService: "checkout" };
export const template = objectKey(workload, "checkout");
export const blue = objectKey(workload, "checkout-blue");

/** What enrol-service answers. */
export interface Answer {
	readonly kind: string;
	readonly memory?: object;
	readonly waitSeconds?: number;
	readonly sentence?: string;
	readonly isServed?: boolean;
	readonly steps?: readonly string[];
	readonly problems?: readonly { readonly what: string }[];
	readonly isBegun?: boolean;
}

/** What is asked for besides enrolling, and what is remembered of earlier steps. */
interface GoingOn {
	readonly memory?: object | null | undefined;
	readonly wish?: string;
	readonly fromPriority?: number | null;
}

/** enrol-service on fakes, with a service of the user's that four pods serve behind a rule at 500. */
export const hosted = (overrides: Pick<Partial<ServiceDefinition>, "progressDeadlineSeconds"> = {}) => {
	const said: string[] = [];
	const random = randomOf(1);
	const hooks = {
		emit: (_bus: string, content: Parameters<typeof busEventOf>[0]) =>
			void said.push(parseLifecycleEvent(busEventOf(content, random)).kind),
	};
	const stage = makeStage({ hooks }, { workload, ...overrides });
	const { world, caller, clock, definition, pass } = stage;
	world.host(definition, { imageDigest: digestOf("a"), replicas: 4, requestsPerSecond: 100, rulePriority: 500 });
	const handler = makeHandler({
		catalog: fakeServiceCatalog(world, caller, "sluice-catalog"),
		record: fakeEnrolmentRecord(world, caller, "sluice"),
		users: fakeUserWorkload(world, caller),
		baseRoute: fakeBaseRoute(world, caller, definition.environment),
		workloads: fakeWorkloads(world, caller),
		contents: fakeReleaseContents(world, caller),
		router: fakeGatewayRouter(world, caller, definition.environment),
		targetHealth: fakeGatewayHealth(world, caller),
		events: fakeLifecycleEvents(world, caller, "sluice-production"),
		clock: fakeClock(caller),
		telemetry: fakeTelemetry(() => clock.nowEpochMs()),
	});
	const ask = async (more: object = {}, remainingMs = 30_000): Promise<Answer> => {
		const context = { getRemainingTimeInMillis: () => remainingMs } as Context;
		const event = {
			v: 2,
			service: "checkout",
			wish: "enrol",
			fromPriority: 500,
			dryRun: false,
			by: "ana",
			memory: null,
		};
		return (await handler({ ...event, ...more }, context)) as Answer;
	};
	/** As the machine does: one step after the other, with what each remembers. */
	const goOn = async ({ memory: from = null, ...more }: GoingOn = {}): Promise<Answer> => {
		let memory = from;
		for (let steps = 0; steps < 200; steps++) {
			const answer = await ask({ ...more, memory });
			if (answer.memory === undefined) return answer;
			memory = answer.memory;
			if (answer.waitSeconds !== undefined) await pass(answer.waitSeconds);
		}
		throw new RangeError("It did not come to an end.");
	};
	const writes = () =>
		caller.operations.filter((operation) => /(:create:|:patch:|:delete:|Rule$|Tags$|Write)/.test(operation));
	return { ...stage, ask, goOn, said, writes };
};

/** What gives it back again. */
export const release = { wish: "release", fromPriority: null };
