import * as z from "zod/mini";
import { parseEvent, pipeline } from "../pipeline.ts";
import { payloadVersion } from "../rollout-payload.ts";
import { type Ports, takeStep } from "./take-step.ts";

const epochMs = z.nullable(z.int());
const Input = z.object({
	v: payloadVersion,
	service: z.string().check(z.minLength(1), z.maxLength(40)),
	wish: z.enum(["enrol", "release"]),
	fromPriority: z.nullable(z.int().check(z.minimum(1), z.maximum(50_000))),
	dryRun: z.boolean(),
	by: z.string().check(z.minLength(1), z.maxLength(256)),
	memory: z.nullable(
		z.object({
			quietSinceEpochMs: epochMs,
			waitingFor: z.nullable(z.string()),
			waitingSinceEpochMs: epochMs,
			usersStarts: z.optional(z.int()),
			usersSet: z.optional(z.int()),
			usersFailures: z.optional(z.int()),
			callersSent: z.optional(z.int()),
			doing: z.optional(z.string()),
			doingSinceEpochMs: z.optional(z.int()),
			givenUpRuleArn: z.optional(z.string()),
			rulesGivenUp: z.optional(z.int()),
			fromPriority: z.optional(z.int()),
		}),
	),
});

/**
 * Takes a service one step further towards Sluice's care, or out of it: looks, decides, and does the first thing that
 * remains. Whoever repeats it, or begins again after an interruption, goes on where the world stands.
 */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => takeStep(ports, parseEvent(Input, event), invocation));
