import { parseEvent, pipeline } from "../pipeline.ts";
import { ask, type Ports } from "./ask.ts";
import { lapse } from "./lapse.ts";
import { LapseInput, QuestionInput } from "./question.ts";

/**
 * Writes down what the rollout waits for and says so; the answer comes to the state machine by its token. When that
 * state has waited in vain it asks here whether it really has: the record decides, not who of the two was faster.
 */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		return isLapse(event)
			? lapse(ports, parseEvent(LapseInput, event), invocation)
			: ask(ports, parseEvent(QuestionInput, event), invocation);
	});

const isLapse = (event: unknown): boolean => typeof event === "object" && event !== null && "hasLapsed" in event;
