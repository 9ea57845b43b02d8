import type { Patience } from "../../lib/ports/patience.ts";
import type { BoundHandler } from "../kernel/sandbox-host.ts";
import { InvalidTemplateError } from "../template/template-error.ts";

/** What every handler module offers: real code, waiting for its ports and its environment. */
export interface FunctionCode {
	readonly makeHandler: (ports: object, environment: object) => BoundHandler;
	readonly readEnvironment: (variables: Readonly<Record<string, string>>) => object;
	/** How long its clients of AWS wait, as its composition root has them. */
	readonly patience: Patience;
}

const loaded = new Map<string, Promise<FunctionCode>>();

const load = async (entry: string): Promise<FunctionCode> => {
	if (!/^functions\/[a-z-]+$/.test(entry)) {
		throw new InvalidTemplateError(
			`Function entry "${entry}" is not valid; allowed is functions/<name>, from the metadata sluice:entry.`,
		);
	}
	const [handler, environment] = await Promise.all([
		import(
			/* @vite-ignore */
			`../../${entry}/handler.ts`
		),
		import(
			/* @vite-ignore */
			`../../${entry}/environment.ts`
		),
	]);
	return {
		makeHandler: handler.makeHandler,
		readEnvironment: environment.readEnvironment,
		patience: environment.patience,
	};
};

/** The code behind a template's `sluice:entry`; each module is loaded once per process. */
export const functionCode = (entry: string): Promise<FunctionCode> => {
	const before = loaded.get(entry);
	if (before !== undefined) return before;
	const now = load(entry);
	loaded.set(entry, now);
	return now;
};
