import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { resourceName } from "./resource-name.ts";
import type { SluiceKey } from "./sluice-key.ts";

export interface ServiceTableProps {
	readonly environment: string;
	readonly encryption: SluiceKey;
}

/** What a function may do with the table. Only enrolment may delete, and nobody may scan. */
export type TableUse = "read" | "observe" | "change" | "change-and-list-busy" | "change-and-admit" | "enrol";

const actionsFor: Readonly<Record<TableUse, readonly string[]>> = {
	read: ["GetItem"],
	// A person reads everything that is on record of a service.
	observe: ["GetItem", "Query"],
	change: ["GetItem", "UpdateItem"],
	// The reconciler writes no service's state: the seats of rollouts are in this table as well.
	"change-and-list-busy": ["GetItem", "UpdateItem"],
	// Admission remembers the release in the same transaction; IAM asks for the actions a transaction is made of.
	"change-and-admit": ["GetItem", "UpdateItem", "PutItem"],
	// A record comes or goes together with its tombstone.
	enrol: ["GetItem", "PutItem", "DeleteItem", "ConditionCheckItem"],
};

/** What a function may do with what is remembered of earlier rollouts. Nobody may change it. */
export type HistoryUse = "append" | "list";

const actionFor: Readonly<Record<HistoryUse, string>> = { append: "PutItem", list: "Query" };

const busyIndex = "busy";

/** One item per service, one per admitted release, one for the seats of rollouts (D4, D10). Loses nothing: recoverable to any second, never deleted with the stack. */
export class ServiceTable extends Construct {
	readonly table: TableV2;
	private readonly encryption: SluiceKey;

	constructor(scope: Construct, id: string, { environment, encryption }: ServiceTableProps) {
		super(scope, id);
		this.encryption = encryption;
		this.table = new TableV2(this, "Table", {
			tableName: resourceName(environment, "services"),
			partitionKey: { name: "service", type: AttributeType.STRING },
			sortKey: { name: "item", type: AttributeType.STRING },
			billing: Billing.onDemand(),
			encryption: TableEncryptionV2.customerManagedKey(encryption.key),
			pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
			deletionProtection: true,
			removalPolicy: RemovalPolicy.RETAIN,
			// Sparse: the attribute `busy` is there exactly while a rollout is under way.
			globalSecondaryIndexes: [
				{
					indexName: busyIndex,
					partitionKey: { name: "busy", type: AttributeType.STRING },
					sortKey: { name: "service", type: AttributeType.STRING },
				},
			],
		});
	}

	grant(grantee: IGrantable, use: TableUse): void {
		const { grantPrincipal } = grantee;
		grantPrincipal.addToPrincipalPolicy(
			new PolicyStatement({
				actions: actionsFor[use].map((action) => `dynamodb:${action}`),
				resources: [this.table.tableArn],
			}),
		);
		if (use === "change-and-list-busy" || use === "observe") {
			const resources = [`${this.table.tableArn}/index/${busyIndex}`];
			grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: ["dynamodb:Query"], resources }));
		}
		this.grantKey(grantee, use === "read" || use === "observe");
	}

	/** IAM tells items apart by partition key alone, which is the service; that PutItem only adds is the adapter's condition. */
	grantHistory(grantee: IGrantable, use: HistoryUse): void {
		grantee.grantPrincipal.addToPrincipalPolicy(
			new PolicyStatement({ actions: [`dynamodb:${actionFor[use]}`], resources: [this.table.tableArn] }),
		);
		this.grantKey(grantee, use === "list");
	}

	private grantKey(grantee: IGrantable, isReading: boolean): void {
		const toWrite = isReading ? [] : ["Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"];
		this.encryption.grantThrough("dynamodb", grantee, "Decrypt", "DescribeKey", ...toWrite);
	}
}
