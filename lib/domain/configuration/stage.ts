import type { OnUndecided } from "../service-definition.ts";
import { oneOf } from "./bounded-field.ts";

/** How careful an environment is: selects the defaults below; production also protects the control plane's stack. */
export const stageSchema = oneOf("development", "staging", "production");

type Stage = "development" | "staging" | "production";

interface StageDefaults {
	/** Whether one person agrees before the first weight. */
	readonly asksBeforeFirstStep: boolean;
	readonly onUndecided: OnUndecided;
	readonly windowSeconds: number;
}

const unattended: StageDefaults = { asksBeforeFirstStep: false, onUndecided: "roll-back", windowSeconds: 900 };

/** What a service gets where its section says nothing. */
export const stageDefaults: Readonly<Record<Stage, StageDefaults>> = {
	development: unattended,
	staging: unattended,
	production: { asksBeforeFirstStep: true, onUndecided: "pause", windowSeconds: 3_600 },
};
