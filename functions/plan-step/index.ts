import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { clientOptions } from "../../lib/adapters/aws-client-options.ts";
import { dynamoServiceStore } from "../../lib/adapters/dynamo-service-store.ts";
import { powertoolsTelemetry } from "../../lib/adapters/powertools-telemetry.ts";
import { s3ServiceCatalog } from "../../lib/adapters/s3-service-catalog.ts";
import { patience, readEnvironment } from "./environment.ts";
import { makeHandler } from "./handler.ts";

const environment = readEnvironment(process.env);
const options = clientOptions(patience);
const dynamodb = new DynamoDBClient(options);
const s3 = new S3Client(options);

/** Lambda's entry: real clients, one each per sandbox. */
export const handler = makeHandler({
	store: dynamoServiceStore(dynamodb, environment.SERVICE_TABLE),
	catalog: s3ServiceCatalog(s3, environment.CATALOG_BUCKET),
	telemetry: powertoolsTelemetry(),
});
