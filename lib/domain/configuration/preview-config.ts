import * as z from "zod/mini";
import { section, text } from "./bounded-field.ts";

// What both kinds of router take. A load balancer would read * and ? in a value as wildcards.
const header = section({
	name: text("1 to 40 letters, digits and -, but not Host", /^(?![Hh][Oo][Ss][Tt]$)[A-Za-z0-9-]+$/, 40).check(
		z.describe("Name of the header, in capitals or not."),
	),
	value: text("1 to 128 letters, digits and . _ : / = + -", /^[A-Za-z0-9._:/=+-]+$/, 128).check(
		z.describe("The whole value that it must have, in capitals or not."),
	),
});

/** Who meets a new version before its users do. */
export const previewSchema = section({
	header: header.check(z.describe("What requests of testers carry. It is no secret: whoever sends it is a tester.")),
});

/** The same, where there need not be any. */
export const previewConfigSchema = z
	.optional(previewSchema)
	.check(
		z.describe(
			"Blue-green: testers who reach the new version before its users do, until the rollout closes or goes back. Default: none.",
		),
	);
