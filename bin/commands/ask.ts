import type { CommandVerb } from "../../lib/domain/command.ts";
import { type CommandEffect, effectOf } from "../../lib/domain/command-effect.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { SentCommand } from "../../lib/ports/commands.ts";
import { InvalidServiceError } from "../../lib/ports/service-store.ts";
import { paletteOf } from "../../simulator/report/palette.ts";
import type { ScenarioResult } from "../../simulator/scenarios/scenario-result.ts";
import type { TimelineEntry } from "../../simulator/scenarios/timeline.ts";
import type { Line } from "../command-line.ts";
import { atDesk } from "../desk/at-desk.ts";
import type { Desk } from "../desk/desk.ts";
import { liveTimeline } from "../live-timeline.ts";
import { UsageError } from "../usage-error.ts";

/** An event is delivered within a second or two; a cold function and a write come on top. */
const patienceSeconds = 20;

/** What became of a command, as far as the record shows it. */
interface Asked {
	readonly place: string;
	readonly by: string;
	readonly effect: CommandEffect;
}

const refused = (reason: string): CommandEffect => ({ kind: "refused", reason });

/** The command as it is sent; a refusal where the record says already that there is nothing to send it for. */
const commandFor = (
	verb: CommandVerb,
	by: string,
	state: ServiceState,
	{ flags }: Line,
): SentCommand | CommandEffect => {
	const { service, rolloutId, pause } = state;
	const { id, digest, override } = flags;
	const past = override ? { override } : {};
	switch (verb) {
		case "release":
			if (id === undefined && digest === undefined) return { verb, by, service, ...past };
			return {
				verb,
				by,
				service,
				...past,
				release: { ...(id !== undefined && { id }), ...(digest !== undefined && { digest }) },
			};
		case "retry":
			return { verb, by, service, ...past };
		default: {
			if (rolloutId === undefined || state.phase === "idle") return refused("no rollout of this service is under way");
			if (verb !== "approve" && verb !== "resume") return { verb, by, service, rolloutId };
			// The question that this person has seen, and no other that may have been asked since.
			return { verb, by, service, rolloutId, ...(pause !== undefined && { askedAtEpochMs: pause.sinceEpochMs }) };
		}
	}
};

/** The record as it is; null for an abort that cannot read it: sent without a rollout's name, that waits for it. */
const recordFor = async (verb: CommandVerb, { store }: Desk, service: string): Promise<ServiceState | null> => {
	try {
		return await store.read(service);
	} catch (error) {
		if (verb !== "abort" || error instanceof InvalidServiceError) throw error;
		return null;
	}
};

const askAt =
	(verb: CommandVerb, line: Line) =>
	async (desk: Desk): Promise<Asked> => {
		const [service = ""] = line.words;
		const { place } = desk;
		const by = await desk.identity.name();
		const before = await recordFor(verb, desk, service);
		if (before === null) {
			await desk.commands.send({ verb: "abort", by, service });
			return { place, by, effect: { kind: "pending" } };
		}
		const command = commandFor(verb, by, before, line);
		if ("kind" in command) return { place, by, effect: command };
		await desk.commands.send(command);
		for (let waited = 0; waited < patienceSeconds; waited++) {
			await desk.clock.sleep(1_000);
			const effect = effectOf(command, before, await desk.store.read(service));
			if (effect.kind !== "pending") return { place, by, effect };
		}
		return { place, by, effect: { kind: "pending" } };
	};

const sentenceOf = (effect: CommandEffect): string => {
	switch (effect.kind) {
		case "done":
			return effect.sentence;
		case "refused":
			return `Refused: ${effect.reason}.`;
		case "pending":
			return `It was sent, and nothing of it shows on the record within ${patienceSeconds} s. It may still be on its way; status tells.`;
	}
};

/** A story that a command has changed may wait for somebody who is not in it: then nothing is over that could be judged. */
const endingOf = ({ outcome, virtualSeconds, broken, executions }: ScenarioResult): readonly string[] =>
	executions.some(({ status }) => status === "RUNNING")
		? ["The story was left with a rollout under way: nobody in it answers what this one asks."]
		: [
				`The story ended ${outcome} after ${Math.round(virtualSeconds)} s.`,
				...broken.map((sentence) => `Broken: ${sentence}`),
			];

/** Sends what a person asks for, and says what became of it. @returns the exit code: 1 where it was refused or nothing shows. */
export const ask = async (verb: CommandVerb, line: Line): Promise<number> => {
	const { flags, words } = line;
	if (flags.id !== undefined && flags.digest !== undefined)
		throw new UsageError("--id and --digest cannot go together.");
	const palette = paletteOf(process.stdout.isTTY === true);
	const told: TimelineEntry[] = [];
	const timeline = flags.json ? null : liveTimeline(process.stdout, palette);
	const { answer, ending } = await atDesk(line, askAt(verb, line), (entry) => {
		told.push(entry);
		timeline?.show(entry);
	});
	timeline?.end();
	const { place, by, effect } = answer;
	if (flags.json) {
		const story = ending === null ? {} : { outcome: ending.outcome, broken: ending.broken, timeline: told };
		process.stdout.write(`${JSON.stringify({ place, service: words[0], verb, by, ...effect, ...story })}\n`);
	} else {
		const tone = effect.kind === "done" ? palette.good : effect.kind === "refused" ? palette.bad : palette.waiting;
		const lines = [`${verb} ${words[0]} by ${by} (${place}): ${tone(sentenceOf(effect))}`];
		process.stdout.write(`${[...lines, ...(ending === null ? [] : endingOf(ending))].join("\n")}\n`);
	}
	return effect.kind === "done" ? 0 : 1;
};
