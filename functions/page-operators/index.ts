import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { patient } from "../../lib/adapters/aws-client-options.ts";
import { eventbridgeLifecycleEvents } from "../../lib/adapters/eventbridge-lifecycle-events.ts";
import { powertoolsTelemetry } from "../../lib/adapters/powertools-telemetry.ts";
import { systemClock } from "../../lib/adapters/system-clock.ts";
import { readEnvironment } from "./environment.ts";
import { makeHandler } from "./handler.ts";

const environment = readEnvironment(process.env);
const eventbridge = new EventBridgeClient(patient);

/** Lambda's entry: real clients, one each per sandbox. */
export const handler = makeHandler({
	events: eventbridgeLifecycleEvents(eventbridge, environment.BUS_NAME),
	clock: systemClock,
	telemetry: powertoolsTelemetry(),
});
