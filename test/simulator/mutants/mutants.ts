import type { Mutant } from "./mutant.ts";
import { mutantsOfCapacity } from "./mutants-of-capacity.ts";
import { mutantsOfEvidence } from "./mutants-of-evidence.ts";
import { mutantsOfTheRecord } from "./mutants-of-the-record.ts";
import { mutantsOfTraffic } from "./mutants-of-traffic.ts";
import { mutantsOfWiring } from "./mutants-of-wiring.ts";

/** Every deliberate break, each of which one checker must notice. */
export const mutants: readonly Mutant[] = [
	...mutantsOfTraffic,
	...mutantsOfTheRecord,
	...mutantsOfCapacity,
	...mutantsOfEvidence,
	...mutantsOfWiring,
];
