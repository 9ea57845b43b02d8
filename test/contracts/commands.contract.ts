import { describe, expect, it } from "vitest";
import { type Command, commandOf, ReleaseCommandEvent, RolloutCommandEvent } from "../../lib/domain/command.ts";
import { type Commands, CommandsUnavailableError, type SentCommand } from "../../lib/ports/commands.ts";

/** An empty bus and what a test may do to it. */
export interface CommandsSetup {
	readonly commands: Commands;
	/** What the bus has delivered, in its envelope. */
	delivered(): readonly object[];
	/** From now on the bus answers nothing. */
	silence(): void;
}

const by = "AROAEXAMPLE:ana@shop.example";
const rolloutId = "checkout-7";
const service = "checkout";

const everyCommand: readonly SentCommand[] = [
	{ verb: "approve", by, service, rolloutId, askedAtEpochMs: 1_700_000_000_000 },
	{ verb: "resume", by, service, rolloutId },
	{ verb: "promote", by, service, rolloutId },
	{ verb: "pause", by, service },
	{ verb: "abort", by, service, rolloutId },
	{ verb: "retry", by, service },
	{ verb: "release", by, service, release: { digest: `sha256:${"a".repeat(64)}` } },
];

/** The command as a function that obeys it would read it. */
const read = (event: object): Command => {
	const asked = ReleaseCommandEvent.safeParse(event);
	return asked.success ? commandOf(asked.data, 0) : commandOf(RolloutCommandEvent.parse(event), 0);
};

/** What every Commands promises, whatever carries them. */
export const commandsContract = (name: string, make: () => Promise<CommandsSetup>): void => {
	describe(`${name} as Commands`, () => {
		it.each(everyCommand)("given $verb, delivers it so that it is read as it was sent, by whom", async (command) => {
			const { commands, delivered } = await make();

			await commands.send(command);

			expect(delivered().map(read)).toEqual([{ ...command, id: expect.any(String), sentAtEpochMs: 0 }]);
		});

		it("given a bus that does not answer, says that it is unavailable", async () => {
			const { commands, silence } = await make();
			silence();

			await expect(commands.send({ verb: "abort", by, service })).rejects.toThrow(CommandsUnavailableError);
		});
	});
};
