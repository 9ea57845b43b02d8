import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EKSClient } from "@aws-sdk/client-eks";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { albBaseRoute } from "../../lib/adapters/alb-base-route.ts";
import { clientOptions } from "../../lib/adapters/aws-client-options.ts";
import { dynamoEnrolmentRecord } from "../../lib/adapters/dynamo-enrolment-record.ts";
import { eksGatewayHealth, eksGatewayRouter } from "../../lib/adapters/eks-gateway.ts";
import { eksReleaseContents } from "../../lib/adapters/eks-release-contents.ts";
import { eksUserWorkload } from "../../lib/adapters/eks-user-workload.ts";
import { eksWorkloads } from "../../lib/adapters/eks-workloads.ts";
import { eventbridgeLifecycleEvents } from "../../lib/adapters/eventbridge-lifecycle-events.ts";
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
const eventbridge = new EventBridgeClient(options);
const loadBalancing = new ElasticLoadBalancingV2Client(options);

/** Lambda's entry: real clients, one each per sandbox. */
export const handler = makeHandler({
	catalog: s3ServiceCatalog(s3, environment.CATALOG_BUCKET),
	record: dynamoEnrolmentRecord(dynamodb, environment.SERVICE_TABLE),
	users: eksUserWorkload(eks, environment.AWS_REGION, systemClock),
	baseRoute: albBaseRoute(loadBalancing, environment.ENVIRONMENT),
	router: eksGatewayRouter(eks, environment.AWS_REGION, environment.ENVIRONMENT, systemClock),
	targetHealth: eksGatewayHealth(eks, environment.AWS_REGION, systemClock),
	contents: eksReleaseContents(eks, environment.AWS_REGION, systemClock),
	workloads: eksWorkloads(eks, environment.AWS_REGION, systemClock),
	events: eventbridgeLifecycleEvents(eventbridge, environment.BUS_NAME),
	clock: systemClock,
	telemetry: powertoolsTelemetry(),
});
