import { lifecycleDetails } from "../../lib/domain/lifecycle-event.ts";
import type { Rule } from "./source-file.ts";

const names = Object.keys(lifecycleDetails).join("|").replaceAll(".", "\\.");
const literal = new RegExp(`["'\`](${names})["'\`]`, "g");

/** Where a name is spelled out by right: the registry itself, the one schema of an event from the bus, and tests. */
const isHome = /^(lib\/domain\/lifecycle-event\.ts|functions\/admit-release\/admission-event\.ts|test\/.*)$/;

/**
 * What stands before a literal that the compiler holds to the registry: a call of `announce` or `told`,
 * a comparison of `kind`, an argument of a type, or a declaration typed by LifecycleKind that has not ended.
 */
const checked = [
	/\b(announce|told)\(\s*$/,
	/\bkind\s*[!=]==\s*$/,
	/\bcase\s+$/,
	/\w<$/,
	/\bLifecycleKind\b[^;]*$/,
	/: LifecycleTellers = \{[\s\S]*$/,
];

/** Events are named once, in the registry; elsewhere only where a misspelt name does not compile. */
export const eventName: Rule = ({ path, code }) =>
	isHome.test(path)
		? []
		: [...code.matchAll(literal)]
				.filter(({ index }) => !checked.some((pattern) => pattern.test(code.slice(0, index))))
				.map(([name]) => `names the event ${name} where the compiler does not check it`);
