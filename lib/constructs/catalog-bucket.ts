import { Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import { Construct, type IConstruct } from "constructs";
import { acknowledgeWildcard } from "./acknowledge-wildcard.ts";
import { catalogName } from "./resource-name.ts";
import type { SluiceKey } from "./sluice-key.ts";

export interface CatalogBucketProps {
	readonly environment: string;
	readonly encryption: SluiceKey;
}

/** Folders of the bucket; a function reads only those that its questions are answered from. */
export type CatalogFolder = "definitions" | "services" | "by-alarm" | "by-repository";

const catalogFolders: readonly CatalogFolder[] = ["definitions", "services", "by-alarm", "by-repository"];

/** Definitions of services, kept apart from the table so that a rollback works while the table is silent (D4). */
export class CatalogBucket extends Construct {
	readonly bucket: Bucket;
	private readonly encryption: SluiceKey;

	constructor(scope: Construct, id: string, { environment, encryption }: CatalogBucketProps) {
		super(scope, id);
		const { account, region } = Stack.of(this);
		this.encryption = encryption;
		this.bucket = new Bucket(this, "Bucket", {
			bucketName: catalogName(environment, account, region),
			versioned: true,
			encryption: BucketEncryption.KMS,
			encryptionKey: encryption.key,
			bucketKeyEnabled: true,
			enforceSSL: true,
			blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
			removalPolicy: RemovalPolicy.RETAIN,
			lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(90) }],
		});
		Validations.of(this.bucket).acknowledge({
			id: "AwsSolutions-S1",
			reason: "Holds no secrets and has one writer, register-service, whose every call CloudFormation records.",
		});
	}

	/** Reading. Without ListBucket S3 answers 403 where it should say 404, and "there is none" would look like an outage. */
	grantRead(role: IGrantable & IConstruct, ...folders: readonly CatalogFolder[]): void {
		this.allow(role, ["s3:GetObject"], folders);
		role.grantPrincipal.addToPrincipalPolicy(
			new PolicyStatement({ actions: ["s3:ListBucket"], resources: [this.bucket.bucketArn] }),
		);
		this.encryption.grantThrough("s3", role, "Decrypt");
	}

	/** Publishing and withdrawing: all folders. */
	grantPublish(role: IGrantable & IConstruct): void {
		this.grantRead(role, ...catalogFolders);
		this.allow(role, ["s3:PutObject", "s3:DeleteObject"], catalogFolders);
		this.encryption.grantThrough("s3", role, "GenerateDataKey");
	}

	private allow(role: IGrantable & IConstruct, actions: string[], folders: readonly CatalogFolder[]): void {
		const resources = folders.map((folder) => `${this.bucket.bucketArn}/${folder}/*`);
		role.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
		acknowledgeWildcard(
			role,
			"Services are data (D15): one object per service, within the folders named.",
			...resources,
		);
	}
}
