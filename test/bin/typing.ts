import { vi } from "vitest";
import { readLine } from "../../bin/command-line.ts";
import { commands } from "../../bin/command-table.ts";

/** Types a command and gathers what it prints. */
export const type = async (text: string): Promise<{ readonly code: number; readonly printed: string }> => {
	const printed: string[] = [];
	vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
		printed.push(String(chunk));
		return true;
	});
	const read = readLine(text.split(" "), commands);
	if (read === null) throw new RangeError(`"${text}" asks for help.`);
	const code = await read.command.run(read.line);
	return { code, printed: printed.join("") };
};

/** The same, where one document is printed. */
export const typeJson = async (text: string) => {
	const { code, printed } = await type(`${text} --json`);
	return { code, told: JSON.parse(printed) as Record<string, unknown> };
};
