import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SFNClient } from "@aws-sdk/client-sfn";
import { clientOptions } from "../../lib/adapters/aws-client-options.ts";
import { dynamoServiceStore } from "../../lib/adapters/dynamo-service-store.ts";
import { dynamoTrialSeats } from "../../lib/adapters/dynamo-trial-seats.ts";
import { eventbridgeLifecycleEvents } from "../../lib/adapters/eventbridge-lifecycle-events.ts";
import { powertoolsTelemetry } from "../../lib/adapters/powertools-telemetry.ts";
import { stepFunctionsExecutions } from "../../lib/adapters/step-functions-executions.ts";
import { systemClock } from "../../lib/adapters/system-clock.ts";
import { patience, readEnvironment } from "./environment.ts";
import { makeHandler } from "./handler.ts";

const environment = readEnvironment(process.env);
const options = clientOptions(patience);
const dynamodb = new DynamoDBClient(options);
const sfn = new SFNClient(options);
const eventbridge = new EventBridgeClient(options);

/** Lambda's entry: real clients, one each per sandbox. */
export const handler = makeHandler(
	{
		store: dynamoServiceStore(dynamodb, environment.SERVICE_TABLE),
		seats: dynamoTrialSeats(dynamodb, environment.SERVICE_TABLE),
		executions: stepFunctionsExecutions(sfn),
		events: eventbridgeLifecycleEvents(eventbridge, environment.BUS_NAME),
		clock: systemClock,
		telemetry: powertoolsTelemetry(),
	},
	environment,
);
