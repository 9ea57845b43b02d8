import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { STSClient } from "@aws-sdk/client-sts";
import { clientOptions } from "../../lib/adapters/aws-client-options.ts";
import { cloudwatchAlarms } from "../../lib/adapters/cloudwatch-alarms.ts";
import { cloudwatchMeasurements } from "../../lib/adapters/cloudwatch-measurements.ts";
import { dynamoEnrolmentRecord } from "../../lib/adapters/dynamo-enrolment-record.ts";
import { dynamoReleaseLedger } from "../../lib/adapters/dynamo-release-ledger.ts";
import { dynamoRolloutHistory } from "../../lib/adapters/dynamo-rollout-history.ts";
import { dynamoServiceStore } from "../../lib/adapters/dynamo-service-store.ts";
import { dynamoTrialSeats } from "../../lib/adapters/dynamo-trial-seats.ts";
import { eventbridgeCommands } from "../../lib/adapters/eventbridge-commands.ts";
import { s3ServiceCatalog } from "../../lib/adapters/s3-service-catalog.ts";
import { stepFunctionsEnrolments } from "../../lib/adapters/step-functions-enrolments.ts";
import { stsIdentity } from "../../lib/adapters/sts-identity.ts";
import { systemClock } from "../../lib/adapters/system-clock.ts";
import { busNameOf, catalogName, resourceName } from "../../lib/constructs/resource-name.ts";
import type { EnvironmentConfig } from "../../lib/domain/configuration/environment-config.ts";
import { patient } from "../../lib/ports/patience.ts";
import type { Desk } from "./desk.ts";

/** Partitions besides `aws`, by the beginning of their regions' names. */
const partitions = {
	"cn-": "aws-cn",
	"us-gov-": "aws-us-gov",
	"us-isob-": "aws-iso-b",
	"us-isof-": "aws-iso-f",
	"us-iso-": "aws-iso",
	"eu-isoe-": "aws-iso-e",
	"eusc-": "aws-eusc",
};

/** The partition that ARNs of a region begin with. */
export const partitionOf = (region: string): string =>
	Object.entries(partitions).find(([prefix]) => region.startsWith(prefix))?.[1] ?? "aws";

/**
 * The deployed Sluice of an environment, with the credentials that the AWS SDK finds for whoever types.
 * @param wiring - what clients are made with besides; tests give them a network of their own.
 */
export const awsDesk = (
	{ environment, account, region }: Pick<EnvironmentConfig, "environment" | "account" | "region">,
	wiring: object = {},
): Desk => {
	const options = { ...clientOptions(patient), region, ...wiring };
	const dynamodb = new DynamoDBClient(options);
	const cloudwatch = new CloudWatchClient(options);
	// As machineArn in lib/constructs, whose region and account are those of a stack.
	const machineName = resourceName(environment, "enrolment");
	const enrolmentArn = `arn:${partitionOf(region)}:states:${region}:${account}:stateMachine:${machineName}`;
	const tableName = resourceName(environment, "services");
	return {
		place: `${environment}, ${region}`,
		store: dynamoServiceStore(dynamodb, tableName),
		catalog: s3ServiceCatalog(new S3Client(options), catalogName(environment, account, region)),
		history: dynamoRolloutHistory(dynamodb, tableName),
		ledger: dynamoReleaseLedger(dynamodb, tableName),
		seats: dynamoTrialSeats(dynamodb, tableName),
		measurements: cloudwatchMeasurements(cloudwatch),
		alarms: cloudwatchAlarms(cloudwatch),
		clock: systemClock,
		identity: stsIdentity(new STSClient(options)),
		commands: eventbridgeCommands(new EventBridgeClient(options), busNameOf(environment)),
		enrolments: stepFunctionsEnrolments(new SFNClient(options), enrolmentArn),
		record: dynamoEnrolmentRecord(dynamodb, tableName),
	};
};
