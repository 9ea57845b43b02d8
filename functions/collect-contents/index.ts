import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EKSClient } from "@aws-sdk/client-eks";
import { S3Client } from "@aws-sdk/client-s3";
import { clientOptions } from "../../lib/adapters/aws-client-options.ts";
import { dynamoRolloutHistory } from "../../lib/adapters/dynamo-rollout-history.ts";
import { dynamoServiceStore } from "../../lib/adapters/dynamo-service-store.ts";
import { eksReleaseContents } from "../../lib/adapters/eks-release-contents.ts";
import { powertoolsTelemetry } from "../../lib/adapters/powertools-telemetry.ts";
import { s3ServiceCatalog } from "../../lib/adapters/s3-service-catalog.ts";
import { systemClock } from "../../lib/adapters/system-clock.ts";
import { patience, readEnvironment } from "./environment.ts";
import { makeHandler } from "./handler.ts";

const environment = readEnvironment(process.env);
const options = clientOptions(patience);
const dynamodb = new DynamoDBClient(options);
const s3 = new S3Client(options);
const eks = new EKSClient(options);

/** Lambda's entry: real clients, one each per sandbox. */
export const handler = makeHandler({
	store: dynamoServiceStore(dynamodb, environment.SERVICE_TABLE),
	catalog: s3ServiceCatalog(s3, environment.CATALOG_BUCKET),
	history: dynamoRolloutHistory(dynamodb, environment.SERVICE_TABLE),
	contents: eksReleaseContents(eks, environment.AWS_REGION, systemClock),
	telemetry: powertoolsTelemetry(),
});
