import type { Mutant } from "./mutant.ts";
import { mutantsOfCapacity } from "./mutants-of-capacity.ts";
import { mutantsOfConfiguration } from "./mutants-of-configuration.ts";
import { mutantsOfEnrolment } from "./mutants-of-enrolment.ts";
import { mutantsOfEvidence } from "./mutants-of-evidence.ts";
import { mutantsOfTheRecord } from "./mutants-of-the-record.ts";
import { mutantsOfTraffic } from "./mutants-of-traffic.ts";
import { mutantsOfWiring } from "./mutants-of-wiring.ts";

/** Every deliberate break, each of which one checker must notice. */
export const mutants: readonly Mutant[] = [
	...mutantsOfTraffic,
	...mutantsOfTheRecord,
	...mutantsOfCapacity,
	...mutantsOfConfiguration,
	...mutantsOfEnrolment,
	...mutantsOfEvidence,
	...mutantsOfWiring,
];
