import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EKSClient } from "@aws-sdk/client-eks";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { S3Client } from "@aws-sdk/client-s3";
import { albTargetHealth } from "../../lib/adapters/alb-target-health.ts";
import { clientOptions } from "../../lib/adapters/aws-client-options.ts";
import { dynamoServiceStore } from "../../lib/adapters/dynamo-service-store.ts";
import { eksGatewayHealth } from "../../lib/adapters/eks-gateway.ts";
import { eksWorkloads } from "../../lib/adapters/eks-workloads.ts";
import { powertoolsTelemetry } from "../../lib/adapters/powertools-telemetry.ts";
import { s3ServiceCatalog } from "../../lib/adapters/s3-service-catalog.ts";
import { systemClock } from "../../lib/adapters/system-clock.ts";
import { targetHealthByKind } from "../../lib/ports/router-by-kind.ts";
import { patience, readEnvironment } from "./environment.ts";
import { makeHandler } from "./handler.ts";

const environment = readEnvironment(process.env);
const options = clientOptions(patience);
const dynamodb = new DynamoDBClient(options);
const s3 = new S3Client(options);
const eks = new EKSClient(options);
const elbv2 = new ElasticLoadBalancingV2Client(options);

/** Lambda's entry: real clients, one each per sandbox. */
export const handler = makeHandler({
	store: dynamoServiceStore(dynamodb, environment.SERVICE_TABLE),
	catalog: s3ServiceCatalog(s3, environment.CATALOG_BUCKET),
	workloads: eksWorkloads(eks, environment.AWS_REGION, systemClock),
	targetHealth: targetHealthByKind(albTargetHealth(elbv2), eksGatewayHealth(eks, environment.AWS_REGION, systemClock)),
	clock: systemClock,
	telemetry: powertoolsTelemetry(),
});
