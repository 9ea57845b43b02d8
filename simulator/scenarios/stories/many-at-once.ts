import type { ServiceDefinition } from "../../../lib/domain/service-definition.ts";
import type { System } from "../../system/make-system.ts";
import { digestOfVersion } from "../make-stage.ts";
import { hasBegun, unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

const limit = 2;
const others = ["orders", "returns", "vouchers"] as const;

/** The same service once more, under another name and with rules of its own. */
const named = (definition: ServiceDefinition, name: string, position: number): ServiceDefinition => {
	const copy: ServiceDefinition = JSON.parse(JSON.stringify(definition).replaceAll(definition.service, name));
	if (copy.route.kind === "gateway-api") return copy;
	const basePriority = 900 + 10 * position;
	return { ...copy, alarmNames: [], route: { ...copy.route, basePriority, trialPriority: basePriority - 1 } };
};

const busyIn = ({ world }: System): readonly string[] =>
	world.table.states().flatMap(({ service, phase }) => (phase === "idle" ? [] : [service]));

/** Looks every second whether more are under way than may be. */
const count = (stage: Stage): void => {
	const busy = busyIn(stage.system);
	if (busy.length > limit)
		stage.once(`too many ${busy.join()}`, () => stage.note("limit.exceeded", { busy: busy.join(", ") }));
	stage.after(1, () => count(stage));
};

/** Everything is pushed at once, as after a change that all of them share; never more than two begin together. */
export const manyAtOnce: Scenario = {
	name: "many-at-once",
	story: "Four services are pushed in one second, and two may roll out at once: each gets its turn.",
	service: "checkout",
	expected: "promoted",
	lastsSeconds: 7_200,
	candidate: {},
	configure: (definition) => ({
		...definition,
		maxConcurrentTrials: limit,
		windowSeconds: 300,
		steps: definition.steps.map((step) => ({ ...step, approval: null })),
	}),
	arrange: (system, definition) => {
		for (const one of [definition, ...others.map((name, index) => named(definition, name, index))])
			system.world.enrol(one, { imageDigest: digestOfVersion("stable"), replicas: 10, requestsPerSecond: 100 });
	},
	begin: (stage) => {
		count(stage);
		stage.after(30, () => {
			const { world, clock } = stage.system;
			const { repositoryName, service } = stage.definition;
			for (const name of others)
				world.registry.push(
					repositoryName.replaceAll(service, name),
					"v2",
					digestOfVersion("candidate"),
					clock.nowEpochMs(),
				);
			stage.push();
		});
	},
	react: approvePromptly,
	broken: (ending) => {
		const { table } = ending.system.world;
		const left = others.filter((name) => table.get(name)?.stableRelease.imageDigest !== digestOfVersion("candidate"));
		return [
			...hasBegun(ending, 1),
			...unless(left.length === 0, `${left.join(", ")} did not get a turn.`),
			...unless(table.seats().length === 0, `Seats are left: ${table.seats().join(", ")}.`),
			...ending.noted("limit.exceeded").map(({ busy }) => `At once ${String(busy)}; allowed are ${limit}.`),
		];
	},
};
