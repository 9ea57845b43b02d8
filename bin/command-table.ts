import { type CommandVerb, commandVerbs } from "../lib/domain/command.ts";
import type { Command, Flag } from "./command-line.ts";

/** Where a question is asked: on AWS, or at a moment of a story in the simulator. */
const place: readonly Flag[] = ["environment", "in", "at", "seed", "by", "json"];

const doings: Readonly<Record<CommandVerb, string>> = {
	approve: "agrees to what a rollout asks approval for",
	resume: "lets a rollout go on that is paused for another reason",
	promote: "goes on at once instead of waiting for the end of a step",
	pause: "has a rollout wait for a person before it goes on",
	abort: "sends everybody back to the stable version",
	retry: "rolls out again what was rolled back last",
	release: "rolls out a release by its id or digest, seen before or not",
};

const flagsOf: Readonly<Partial<Record<CommandVerb, readonly Flag[]>>> = {
	abort: ["rollout"],
	retry: ["override"],
	release: ["id", "digest", "override"],
};

const ask = (verb: CommandVerb): Command => ({
	words: ["SERVICE"],
	flags: [...place, ...(flagsOf[verb] ?? [])],
	does: doings[verb],
	run: async (line) => (await import("./commands/ask.ts")).ask(verb, line),
});

/** Every command. Its code is loaded when it is asked for: who aborts must not wait for the simulator. */
export const commands: Readonly<Record<string, Command>> = {
	status: {
		words: ["[SERVICE]"],
		flags: place,
		does: "what serves, what is on trial, why it waits and what comes next",
		run: async (line) => (await import("./commands/status.ts")).status(line),
	},
	history: {
		words: ["SERVICE"],
		flags: [...place, "dora", "days"],
		does: "what became of earlier rollouts; --dora sums them up",
		run: async (line) => (await import("./commands/history.ts")).history(line),
	},
	plan: {
		words: ["SERVICE"],
		flags: [...place, "id", "digest"],
		does: "the steps a release would take, how long, and what stands in its way",
		run: async (line) => (await import("./commands/plan.ts")).plan(line),
	},
	enrol: {
		words: ["SERVICE"],
		flags: [...place, "from-priority", "dry-run"],
		does: "takes a running service into Sluice's care; --dry-run only says how",
		run: async (line) => (await import("./commands/enrol.ts")).enrol(line, "enrol"),
	},
	"release-service": {
		words: ["SERVICE"],
		flags: [...place, "dry-run"],
		does: "gives a service back, out of Sluice's care; --dry-run only says how",
		run: async (line) => (await import("./commands/enrol.ts")).enrol(line, "release"),
	},
	...Object.fromEntries(commandVerbs.map((verb) => [verb, ask(verb)])),
	rbac: {
		words: [],
		flags: ["environment"],
		does: "prints the Roles that Sluice needs in the cluster, as YAML",
		run: async (line) => (await import("./commands/rbac.ts")).rbac(line),
	},
	rehearse: {
		words: [],
		flags: ["seed"],
		does: "rehearses all scenarios (npm start)",
		run: async (line) => (await import("./commands/rehearse.ts")).rehearse(line),
	},
	simulate: {
		words: ["[SCENARIO]"],
		flags: ["json", "list", "seed", "seeds", "enumerate-faults", "fault"],
		does: "runs one scenario; --list names them, --seeds A..B many times, --enumerate-faults with each single fault",
		run: async (line) => (await import("./commands/simulate.ts")).simulate(line),
	},
	bench: {
		words: ["[BENCHMARK]"],
		flags: ["json"],
		does: "measures rollbacks and the simulator",
		run: async (line) => (await import("./commands/bench.ts")).bench(line),
	},
	validate: {
		words: [],
		flags: [],
		does: "checks every config/<environment>.yaml",
		run: async () => (await import("./commands/validate.ts")).validate(),
	},
	schema: {
		words: [],
		flags: ["write"],
		does: "prints the JSON Schema of the configuration, or writes it",
		run: async (line) => (await import("./commands/schema.ts")).schema(line.flags.write),
	},
};
