import { asSentence } from "../../lib/domain/as-sentence.ts";
import type { CommandVerb } from "../../lib/domain/command.ts";
import { type CommandEffect, effectOf } from "../../lib/domain/command-effect.ts";
import { noneUnderWay, nothingToRetry, notRevertible } from "../../lib/domain/command-refusal.ts";
import { InvalidRolloutIdError, parseRolloutId } from "../../lib/domain/rollout-id.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { releaseToRetry } from "../../lib/domain/wanted-release.ts";
import type { SentCommand } from "../../lib/ports/commands.ts";
import { InvalidServiceError } from "../../lib/ports/service-store.ts";
import { clockTime } from "../../simulator/report/clock-time.ts";
import { paletteOf } from "../../simulator/report/palette.ts";
import type { ScenarioResult } from "../../simulator/scenarios/scenario-result.ts";
import type { TimelineEntry } from "../../simulator/scenarios/timeline.ts";
import type { Line } from "../command-line.ts";
import { atDesk } from "../desk/at-desk.ts";
import type { Desk } from "../desk/desk.ts";
import { liveTimeline } from "../live-timeline.ts";
import { releaseNameOf } from "../release-name.ts";
import { UsageError } from "../usage-error.ts";

/** An event is delivered within a second or two; a cold function and a write come on top. */
const patienceSeconds = 20;

/** What became of a command, as far as the record shows it. */
interface Asked {
	readonly place: string;
	readonly by: string;
	readonly effect: CommandEffect;
	/** What is said of it where the effect has no words of its own. */
	readonly sentence?: string;
}

const refused = (reason: string): CommandEffect => ({ kind: "refused", reason });

/** A command that asks for a release; a refusal where the record says already that there is none to ask for. */
const releaseCommandFor = (
	verb: "retry" | "release",
	by: string,
	state: ServiceState,
	{ flags }: Line,
): SentCommand | CommandEffect => {
	const { service } = state;
	const past = flags.override ? { override: true } : {};
	if (verb === "retry")
		return releaseToRetry(state).kind === "refuse" ? refused(nothingToRetry(state)) : { verb, by, service, ...past };
	const release = releaseNameOf(flags);
	return { verb, by, service, ...past, ...(release !== null && { release }) };
};

/** The command as it is sent; a refusal where the record says already that there is nothing to send it for. */
const commandFor = (verb: CommandVerb, by: string, state: ServiceState, line: Line): SentCommand | CommandEffect => {
	if (verb === "retry" || verb === "release") return releaseCommandFor(verb, by, state, line);
	const { service, rolloutId, pause, phase } = state;
	if (rolloutId === undefined) return refused(noneUnderWay(state));
	if (verb === "abort") return { verb, by, service, rolloutId: line.flags.rollout ?? rolloutId };
	// A record that is idle and names a rollout was edited; to abort is the way out of that, and the only one.
	if (phase === "idle") return refused(notRevertible(state, verb));
	if (verb === "promote" || verb === "pause") return { verb, by, service, rolloutId };
	// The question that this person has seen, and no other that may have been asked since.
	return { verb, by, service, rolloutId, ...(pause !== undefined && { askedAtEpochMs: pause.sinceEpochMs }) };
};

/** What sending a command needs of a desk. */
type Counter = Pick<Desk, "place" | "store" | "identity" | "commands" | "clock">;

/** The record, or why it cannot be read: a service that is not known stays a mistake. */
const recordIn = async ({ store }: Counter, service: string): Promise<ServiceState | Error> => {
	try {
		return await store.read(service);
	} catch (error) {
		if (error instanceof InvalidServiceError || !(error instanceof Error)) throw error;
		return error;
	}
};

/**
 * An abort is sent whether the record can be read or not. A rollback of a rollout that is named begins without it; which
 * one is under way, only the record knows, so that an abort that names none waits for the record at the other end, too.
 */
const abortBlindly = async (
	{ commands, place }: Counter,
	by: string,
	{ words: [service = ""], flags: { rollout } }: Line,
	trouble: Error,
): Promise<Asked> => {
	await commands.send({ verb: "abort", by, service, ...(rollout !== undefined && { rolloutId: rollout }) });
	const sent =
		rollout === undefined
			? `The abort was sent without naming a rollout, so it waits for the record as well. What works without it: \`sluice abort ${service} --rollout ID\`, where ID is as in every event of the rollout (${service}-7), or the router itself (docs/operating.md, step 2).`
			: `The abort of ${rollout} was sent, and the rollback begins without the record. Whether everybody is back is seen at the router (docs/operating.md, step 2).`;
	const sentence = `The record cannot be read from here: ${asSentence(trouble.message)} ${sent}`;
	return { place, by, effect: { kind: "pending" }, sentence };
};

/** Looks at the record until it shows what became of a command. */
const lookFor = async (
	desk: Counter,
	command: SentCommand,
	before: ServiceState,
): Promise<Pick<Asked, "effect" | "sentence">> => {
	const untilEpochMs = desk.clock.nowEpochMs() + patienceSeconds * 1000;
	let trouble: Error | null = null;
	while (desk.clock.nowEpochMs() < untilEpochMs) {
		await desk.clock.sleep(1_000);
		const now = await recordIn(desk, command.service);
		trouble = now instanceof Error ? now : null;
		if (now instanceof Error) continue;
		const effect = effectOf(command, before, now);
		if (effect.kind !== "pending") return { effect };
	}
	return {
		effect: { kind: "pending" },
		...(trouble !== null && {
			sentence: `It was sent, and the record cannot be read since: ${asSentence(trouble.message)} It may have been done; status tells.`,
		}),
	};
};

/** Sends what a person asks for, and looks what becomes of it. */
export const askAt =
	(verb: CommandVerb, line: Line) =>
	async (desk: Counter): Promise<Asked> => {
		const [service = ""] = line.words;
		const { place } = desk;
		const by = await desk.identity.name();
		const before = await recordIn(desk, service);
		if (before instanceof Error) {
			if (verb !== "abort") throw before;
			return abortBlindly(desk, by, line, before);
		}
		const command = commandFor(verb, by, before, line);
		if ("kind" in command) return { place, by, effect: command };
		await desk.commands.send(command);
		return { place, by, ...(await lookFor(desk, command, before)) };
	};

/** What a person is told of it. */
export const sentenceOf = ({ effect, sentence }: Asked): string => {
	switch (effect.kind) {
		case "done":
			return effect.sentence;
		case "refused":
			return `Refused: ${effect.reason}.`;
		case "pending":
			return (
				sentence ??
				`It was sent, and nothing of it shows on the record within ${patienceSeconds} s. It may still be on its way; status tells.`
			);
	}
};

/** Mistakes that are seen without asking anybody. @throws UsageError */
const refuseMistakes = ({ flags, words: [service = ""] }: Line): void => {
	releaseNameOf(flags);
	const { rollout } = flags;
	if (rollout !== undefined && !isRolloutOf(service, rollout))
		throw new UsageError(
			`--rollout "${rollout}" is not valid; allowed is a rollout of ${service}, as in ${service}-7.`,
		);
};

const isRolloutOf = (service: string, rolloutId: string): boolean => {
	try {
		return parseRolloutId(rolloutId).service === service;
	} catch (error) {
		if (error instanceof InvalidRolloutIdError) return false;
		throw error;
	}
};

/**
 * A story that a command has changed may wait for somebody who is not in it, or have nothing left to wait for: then
 * what it promises says nothing of the command.
 */
const endingOf = ({ outcome, virtualSeconds, broken, executions }: ScenarioResult): readonly string[] => {
	if (executions.some(({ status }) => status === "RUNNING"))
		return ["The story was left with a rollout under way: nobody in it answers what this one asks."];
	if (outcome === "unfinished")
		return [`Nothing more came of the story until ${clockTime(virtualSeconds)}: the command has changed it.`];
	return [
		`The story ended ${outcome} after ${Math.round(virtualSeconds)} s.`,
		...broken.map((sentence) => `Broken: ${sentence}`),
	];
};

/** Sends what a person asks for, and says what became of it. @returns the exit code: 1 where it was refused or nothing shows. */
export const ask = async (verb: CommandVerb, line: Line): Promise<number> => {
	const { flags, words } = line;
	refuseMistakes(line);
	const palette = paletteOf(process.stdout.isTTY === true);
	const told: TimelineEntry[] = [];
	const timeline = flags.json ? null : liveTimeline(process.stdout, palette);
	const { answer, ending } = await atDesk(line, askAt(verb, line), (entry) => {
		told.push(entry);
		timeline?.show(entry);
	});
	timeline?.end();
	const { place, by, effect, sentence } = answer;
	if (flags.json) {
		const story = ending === null ? {} : { outcome: ending.outcome, broken: ending.broken, timeline: told };
		process.stdout.write(
			`${JSON.stringify({ place, service: words[0], verb, by, ...effect, ...(sentence !== undefined && { sentence }), ...story })}\n`,
		);
	} else {
		const tone = effect.kind === "done" ? palette.good : effect.kind === "refused" ? palette.bad : palette.waiting;
		const lines = [`${verb} ${words[0]} by ${by} (${place}): ${tone(sentenceOf(answer))}`];
		process.stdout.write(`${[...lines, ...(ending === null ? [] : endingOf(ending))].join("\n")}\n`);
	}
	return effect.kind === "done" ? 0 : 1;
};
