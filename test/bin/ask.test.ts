import { describe, expect, it } from "vitest";
import { readLine } from "../../bin/command-line.ts";
import { commands } from "../../bin/command-table.ts";
import { askAt, sentenceOf } from "../../bin/commands/ask.ts";
import type { CommandVerb } from "../../lib/domain/command.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { SentCommand } from "../../lib/ports/commands.ts";
import { InvalidServiceError, StoreUnavailableError } from "../../lib/ports/service-store.ts";
import { release, serviceState } from "../domain/builders.ts";

const silence = new StoreUnavailableError("DynamoDB GetItem failed with TimeoutError");

/** Sends a command where the record reads as told, one reading after the other; the last one stays. */
const asked = async (text: string, readings: readonly (ServiceState | Error)[]) => {
	const sent: SentCommand[] = [];
	const line = readLine(text.split(" "), commands)?.line;
	if (line === undefined) throw new RangeError(`"${text}" asks for help.`);
	let nowEpochMs = 0;
	let readingIndex = 0;
	const answer = await askAt(
		text.split(" ")[0] as CommandVerb,
		line,
	)({
		place: "production, eu-central-1",
		store: {
			read: async () => {
				const reading = readings[Math.min(readingIndex++, readings.length - 1)];
				if (reading === undefined || reading instanceof Error) throw reading;
				return reading;
			},
		},
		identity: { name: async () => "ana" },
		commands: { send: async (command) => void sent.push(command) },
		clock: {
			nowEpochMs: () => nowEpochMs,
			sleep: async (milliseconds) => {
				nowEpochMs += milliseconds;
			},
		},
	});
	return { sent, kind: answer.effect.kind, sentence: sentenceOf(answer) };
};

describe("an abort where the record cannot be read", () => {
	it("given no rollout's name, sends it and says that it waits for the record, and what does not", async () => {
		const { sent, kind, sentence } = await asked("abort checkout", [silence]);

		expect(sent).toEqual([{ verb: "abort", by: "ana", service: "checkout" }]);
		expect(kind).toBe("pending");
		expect(sentence).toContain("The record cannot be read from here: DynamoDB GetItem failed with TimeoutError.");
		expect(sentence).toContain("it waits for the record as well");
		expect(sentence).toContain("`sluice abort checkout --rollout ID`");
		expect(sentence).toContain("docs/operating.md, step 2");
	});

	it("given a rollout's name, sends it with that and says that the rollback begins without the record", async () => {
		const { sent, sentence } = await asked("abort checkout --rollout checkout-7", [silence]);

		expect(sent).toEqual([{ verb: "abort", by: "ana", service: "checkout", rolloutId: "checkout-7" }]);
		expect(sentence).toContain("The abort of checkout-7 was sent, and the rollback begins without the record.");
	});

	it("given a service that is not known, sends nothing", async () => {
		await expect(asked("abort basket", [new InvalidServiceError("unknown")])).rejects.toThrow(InvalidServiceError);
	});

	it("given another command, sends nothing", async () => {
		await expect(asked("pause checkout", [silence])).rejects.toThrow(silence);
	});
});

describe("a record that falls silent after a command was sent", () => {
	it("given that it stays silent, says that the command was sent and why nothing is known", async () => {
		const { sent, kind, sentence } = await asked("pause checkout", [serviceState({ phase: "trial" }), silence]);

		expect(sent).toHaveLength(1);
		expect(kind).toBe("pending");
		expect(sentence).toBe(
			"It was sent, and the record cannot be read since: DynamoDB GetItem failed with TimeoutError. It may have been done; status tells.",
		);
	});

	it("given that it speaks again, tells what it shows", async () => {
		const trial = serviceState({ phase: "trial" });
		const back = serviceState({ phase: "rolling-back" });

		expect(await asked("abort checkout", [trial, silence, back])).toMatchObject({ kind: "done" });
		expect((await asked("abort checkout", [trial, silence, trial])).sentence).toContain("nothing of it shows");
	});
});

describe("what a record lets the command line send", () => {
	const edited = serviceState({ rolloutId: "checkout-7" });

	it("given a record that is idle and names a rollout, abort is sent for that and nothing else is", async () => {
		const aborted = await asked("abort checkout", [edited, serviceState({ phase: "rolling-back" })]);

		expect(aborted).toMatchObject({ kind: "done", sent: [{ verb: "abort", rolloutId: "checkout-7" }] });
		for (const verb of ["approve", "resume", "promote", "pause"]) {
			const { sent, sentence } = await asked(`${verb} checkout`, [edited]);
			expect(sent).toEqual([]);
			expect(sentence).toContain("`sluice abort checkout` sends everybody back and ends it");
		}
	});

	it("given a rollout's name, abort is sent for that one whatever the record names", async () => {
		const { sent } = await asked("abort checkout --rollout checkout-6", [serviceState({ phase: "trial" })]);

		expect(sent).toMatchObject([{ rolloutId: "checkout-6" }]);
	});

	it("given nothing to try again, retry is not sent; given something, it is", async () => {
		const last = { rolloutId: "checkout-6", release: release("c"), outcome: "rolled-back", endedAtEpochMs: 1 } as const;
		const nothing = await asked("retry checkout", [serviceState()]);

		expect(nothing.sent).toEqual([]);
		expect(nothing.sentence).toContain("no rollout of this service has ended yet: `sluice release checkout --id ID`");
		expect((await asked("retry checkout --override", [serviceState({ last })])).sent).toMatchObject([
			{ verb: "retry", override: true },
		]);
	});
});
