import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { clientOptions } from "../../lib/adapters/aws-client-options.ts";
import { eventbridgeLifecycleEvents } from "../../lib/adapters/eventbridge-lifecycle-events.ts";
import { powertoolsTelemetry } from "../../lib/adapters/powertools-telemetry.ts";
import { systemClock } from "../../lib/adapters/system-clock.ts";
import { patience, readEnvironment } from "./environment.ts";
import { makeHandler } from "./handler.ts";

const environment = readEnvironment(process.env);
const options = clientOptions(patience);
const eventbridge = new EventBridgeClient(options);

/** Lambda's entry: real clients, one each per sandbox. */
export const handler = makeHandler({
	events: eventbridgeLifecycleEvents(eventbridge, environment.BUS_NAME),
	clock: systemClock,
	telemetry: powertoolsTelemetry(),
});
