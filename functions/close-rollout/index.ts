import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EKSClient } from "@aws-sdk/client-eks";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { albTrafficRouter } from "../../lib/adapters/alb-traffic-router.ts";
import { clientOptions } from "../../lib/adapters/aws-client-options.ts";
import { cloudwatchAlarms } from "../../lib/adapters/cloudwatch-alarms.ts";
import { dynamoServiceStore } from "../../lib/adapters/dynamo-service-store.ts";
import { eksGatewayRouter } from "../../lib/adapters/eks-gateway.ts";
import { eventbridgeLifecycleEvents } from "../../lib/adapters/eventbridge-lifecycle-events.ts";
import { powertoolsTelemetry } from "../../lib/adapters/powertools-telemetry.ts";
import { s3ServiceCatalog } from "../../lib/adapters/s3-service-catalog.ts";
import { systemClock } from "../../lib/adapters/system-clock.ts";
import { routerByKind } from "../../lib/ports/router-by-kind.ts";
import { patience, readEnvironment } from "./environment.ts";
import { makeHandler } from "./handler.ts";

const environment = readEnvironment(process.env);
const options = clientOptions(patience);
const dynamodb = new DynamoDBClient(options);
const s3 = new S3Client(options);
const cloudwatch = new CloudWatchClient(options);
const eks = new EKSClient(options);
const elbv2 = new ElasticLoadBalancingV2Client(options);
const eventbridge = new EventBridgeClient(options);

/** Lambda's entry: real clients, one each per sandbox. */
export const handler = makeHandler({
	store: dynamoServiceStore(dynamodb, environment.SERVICE_TABLE),
	catalog: s3ServiceCatalog(s3, environment.CATALOG_BUCKET),
	alarms: cloudwatchAlarms(cloudwatch),
	router: routerByKind(
		albTrafficRouter(elbv2, environment.ENVIRONMENT),
		eksGatewayRouter(eks, environment.AWS_REGION, environment.ENVIRONMENT, systemClock),
	),
	events: eventbridgeLifecycleEvents(eventbridge, environment.BUS_NAME),
	clock: systemClock,
	telemetry: powertoolsTelemetry(),
});
