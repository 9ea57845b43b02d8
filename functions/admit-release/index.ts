import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECRClient } from "@aws-sdk/client-ecr";
import { EKSClient } from "@aws-sdk/client-eks";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { albTrafficRouter } from "../../lib/adapters/alb-traffic-router.ts";
import { clientOptions } from "../../lib/adapters/aws-client-options.ts";
import { dynamoReleaseLedger } from "../../lib/adapters/dynamo-release-ledger.ts";
import { dynamoRolloutHistory } from "../../lib/adapters/dynamo-rollout-history.ts";
import { dynamoServiceStore } from "../../lib/adapters/dynamo-service-store.ts";
import { ecrImageRegistry } from "../../lib/adapters/ecr-image-registry.ts";
import { eksGatewayRouter } from "../../lib/adapters/eks-gateway.ts";
import { eksReleaseContents } from "../../lib/adapters/eks-release-contents.ts";
import { eksWorkloads } from "../../lib/adapters/eks-workloads.ts";
import { eventbridgeLifecycleEvents } from "../../lib/adapters/eventbridge-lifecycle-events.ts";
import { powertoolsTelemetry } from "../../lib/adapters/powertools-telemetry.ts";
import { s3ServiceCatalog } from "../../lib/adapters/s3-service-catalog.ts";
import { stepFunctionsExecutions } from "../../lib/adapters/step-functions-executions.ts";
import { systemClock } from "../../lib/adapters/system-clock.ts";
import { routerByKind } from "../../lib/ports/router-by-kind.ts";
import { patience, readEnvironment } from "./environment.ts";
import { makeHandler } from "./handler.ts";

const environment = readEnvironment(process.env);
const options = clientOptions(patience);
const dynamodb = new DynamoDBClient(options);
const s3 = new S3Client(options);
const ecr = new ECRClient(options);
const eks = new EKSClient(options);
const elbv2 = new ElasticLoadBalancingV2Client(options);
const sfn = new SFNClient(options);
const eventbridge = new EventBridgeClient(options);

/** Lambda's entry: real clients, one each per sandbox. */
export const handler = makeHandler(
	{
		store: dynamoServiceStore(dynamodb, environment.SERVICE_TABLE),
		ledger: dynamoReleaseLedger(dynamodb, environment.SERVICE_TABLE),
		history: dynamoRolloutHistory(dynamodb, environment.SERVICE_TABLE),
		catalog: s3ServiceCatalog(s3, environment.CATALOG_BUCKET),
		registry: ecrImageRegistry(ecr),
		contents: eksReleaseContents(eks, environment.AWS_REGION, systemClock),
		router: routerByKind(
			albTrafficRouter(elbv2, environment.ENVIRONMENT),
			eksGatewayRouter(eks, environment.AWS_REGION, environment.ENVIRONMENT, systemClock),
		),
		workloads: eksWorkloads(eks, environment.AWS_REGION, systemClock),
		executions: stepFunctionsExecutions(sfn),
		events: eventbridgeLifecycleEvents(eventbridge, environment.BUS_NAME),
		clock: systemClock,
		telemetry: powertoolsTelemetry(),
	},
	environment,
);
