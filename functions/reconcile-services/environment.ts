import { environmentOf } from "../environment.ts";

export { patient as patience } from "../../lib/ports/patience.ts";

/** The variables that this function needs, read once at init. */
export const readEnvironment = environmentOf(
	"SERVICE_TABLE",
	"BUS_NAME",
	"ROLLOUT_MACHINE_ARN",
	"ROLLBACK_MACHINE_ARN",
);
export type Environment = ReturnType<typeof readEnvironment>;
