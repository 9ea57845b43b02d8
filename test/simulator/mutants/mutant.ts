import type { Checker } from "../../../simulator/checkers/checker.ts";
import type { RunOptions } from "../../../simulator/scenarios/run-scenario.ts";
import type { Scenario } from "../../../simulator/scenarios/scenario.ts";
import type { System } from "../../../simulator/system/make-system.ts";
import type { EditableStacks } from "../editable-stacks.ts";
import type { CodeBreak } from "./code-break.ts";

/** One deliberate break of Sluice or of what it relies on, and the checker that must notice. */
export interface Mutant {
	/** What is broken, in words. */
	readonly what: string;
	readonly caughtBy: Checker;
	/** Part of what it must say, where the break gives it several reasons to speak. */
	readonly says?: string;
	readonly scenario: Scenario;
	/** The break: of the templates, of code by its function's name, or of the world it runs in. One of them at least. */
	readonly wiring?: (stacks: EditableStacks) => void;
	readonly code?: Readonly<Record<string, CodeBreak>>;
	readonly world?: (system: System) => void;
	/** What goes wrong besides, in the whole run as in the broken one; by the name that the enumeration gives it. */
	readonly fault?: string;
	/** What people do besides, in both runs. */
	readonly besides?: NonNullable<RunOptions["onDeployed"]>;
	/** How many seeds are tried, where chance decides whether the break does harm; one unless said otherwise. */
	readonly seeds?: number;
	/** Virtual seconds after which the broken run is given up, where it would go on for hours. */
	readonly limitSeconds?: number;
	/** Virtual seconds that both runs go on at least. */
	readonly lastsSeconds?: number;
}
