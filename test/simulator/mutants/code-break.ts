import type { FunctionCode } from "../../../simulator/system/function-code.ts";
import type { sandboxPorts } from "../../../simulator/system/sandbox-ports.ts";

/** Makes a function's code do something else. */
export type CodeBreak = (code: FunctionCode) => FunctionCode;

/** Every port that a function may use. */
type SandboxPorts = ReturnType<typeof sandboxPorts>;

/** Gives a function other ports instead of some of its own. */
export const withPorts =
	(change: (ports: SandboxPorts) => Partial<SandboxPorts>): CodeBreak =>
	({ makeHandler, ...rest }) => ({
		...rest,
		makeHandler: (ports, environment) => {
			const own = ports as SandboxPorts;
			return makeHandler({ ...own, ...change(own) }, environment);
		},
	});

/** Changes what a function answers, by what it was asked. */
export const withAnswer =
	(
		change: (answer: Readonly<Record<string, unknown>>, event: Readonly<Record<string, unknown>>) => object,
	): CodeBreak =>
	({ makeHandler, ...rest }) => ({
		...rest,
		makeHandler: (ports, environment) => {
			const handler = makeHandler(ports, environment);
			return async (event, context) =>
				change(
					(await handler(event, context)) as Readonly<Record<string, unknown>>,
					event as Readonly<Record<string, unknown>>,
				);
		},
	});

/** Fails so long after it was asked, whatever is under way, and leaves that to whoever is asked next in the same process. */
export const givingUpAfter =
	(milliseconds: number): CodeBreak =>
	({ makeHandler, ...rest }) => ({
		...rest,
		makeHandler: (ports, environment) => {
			const handler = makeHandler(ports, environment);
			const { clock } = ports as SandboxPorts;
			const giveUp = async (): Promise<never> => {
				await clock.sleep(milliseconds);
				throw new Error("[AbortError]: The operation was aborted.");
			};
			return (event, context) => Promise.race([handler(event, context), giveUp()]);
		},
	});
