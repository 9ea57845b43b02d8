import * as z from "zod/mini";
import { list, oneOf, section, text, wholeNumber } from "./bounded-field.ts";

/** How long a question stays open where the file does not say, seconds. */
export const defaultExpiresSeconds = 86_400;

const approver = text("an identity of 1 to 256 characters without spaces", /^[!-~]+$/, 256);

const approval = section({
	beforeWeightPercent: wholeNumber(1, 100).check(z.describe("The step before which somebody is asked, by its weight.")),
	approvers: z
		._default(list(approver, "identities", 0, 50), [])
		.check(z.describe("Who may approve; empty means whoever may send commands.")),
	needed: z._default(wholeNumber(1, 5), 1).check(z.describe("How many people must approve, each of them another one.")),
	onUnknownPusher: z
		._default(oneOf("wait", "accept"), "wait")
		.check(
			z.describe(
				"While nobody knows who pushed: wait (one approval waits for that, or for a second one) or accept (it is enough).",
			),
		),
	expiresSeconds: z
		._default(wholeNumber(300, 604_800), defaultExpiresSeconds)
		.check(z.describe("Without an answer by then the rollout is rolled back.")),
});

/** Questions to people. An empty list asks nobody; an absent one means what the stage does. */
export const approvalsConfigSchema = z
	.optional(list(approval, "approvals", 0, 20))
	.check(
		z.describe(
			"Who is asked before which weight. [] asks nobody. Default: production asks once, before the first step.",
		),
	);
