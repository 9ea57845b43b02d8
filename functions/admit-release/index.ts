import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECRClient } from "@aws-sdk/client-ecr";
import { EKSClient } from "@aws-sdk/client-eks";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { patient } from "../../lib/adapters/aws-client-options.ts";
import { dynamoReleaseLedger } from "../../lib/adapters/dynamo-release-ledger.ts";
import { dynamoRolloutHistory } from "../../lib/adapters/dynamo-rollout-history.ts";
import { dynamoServiceStore } from "../../lib/adapters/dynamo-service-store.ts";
import { ecrImageRegistry } from "../../lib/adapters/ecr-image-registry.ts";
import { eksReleaseContents } from "../../lib/adapters/eks-release-contents.ts";
import { eventbridgeLifecycleEvents } from "../../lib/adapters/eventbridge-lifecycle-events.ts";
import { powertoolsTelemetry } from "../../lib/adapters/powertools-telemetry.ts";
import { s3ServiceCatalog } from "../../lib/adapters/s3-service-catalog.ts";
import { stepFunctionsExecutions } from "../../lib/adapters/step-functions-executions.ts";
import { systemClock } from "../../lib/adapters/system-clock.ts";
import { readEnvironment } from "./environment.ts";
import { makeHandler } from "./handler.ts";

const environment = readEnvironment(process.env);
const dynamodb = new DynamoDBClient(patient);
const s3 = new S3Client(patient);
const ecr = new ECRClient(patient);
const eks = new EKSClient(patient);
const sfn = new SFNClient(patient);
const eventbridge = new EventBridgeClient(patient);

/** Lambda's entry: real clients, one each per sandbox. */
export const handler = makeHandler(
	{
		store: dynamoServiceStore(dynamodb, environment.SERVICE_TABLE),
		ledger: dynamoReleaseLedger(dynamodb, environment.SERVICE_TABLE),
		history: dynamoRolloutHistory(dynamodb, environment.SERVICE_TABLE),
		catalog: s3ServiceCatalog(s3, environment.CATALOG_BUCKET),
		registry: ecrImageRegistry(ecr),
		contents: eksReleaseContents(eks, environment.AWS_REGION, systemClock),
		executions: stepFunctionsExecutions(sfn),
		events: eventbridgeLifecycleEvents(eventbridge, environment.BUS_NAME),
		clock: systemClock,
		telemetry: powertoolsTelemetry(),
	},
	environment,
);
