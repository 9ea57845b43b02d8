import { Construct } from "constructs";
import type { CatalogBucket } from "./catalog-bucket.ts";
import { ClusterAccess } from "./cluster-access.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { grantExecutions } from "./execution-access.ts";
import { type FunctionName, type FunctionNeeds, functionNames, functionSettings } from "./function-settings.ts";
import type { LifecycleBus } from "./lifecycle-bus.ts";
import { grantAlarms, grantMeasurements, grantRegistry } from "./observation-access.ts";
import { machineArn } from "./resource-name.ts";
import type { ServiceTable } from "./service-table.ts";
import { type FunctionNetwork, SluiceFunction } from "./sluice-function.ts";
import type { SluiceKey } from "./sluice-key.ts";
import { grantTargetHealth, grantTraffic } from "./traffic-access.ts";

export interface ControlFunctionsProps {
	readonly environment: string;
	readonly encryption: SluiceKey;
	readonly table: ServiceTable;
	readonly catalog: CatalogBucket;
	readonly bus: LifecycleBus;
	/** Where events end on which a function failed. */
	readonly unhandled: DeadLetter;
	readonly clusterName: string;
	/** Network of the functions that speak to the cluster; `none` where its endpoint is public (D16). */
	readonly clusterNetwork: FunctionNetwork | "none";
	/** Whether HTTPRoutes of the cluster are moved as well as listener rules. */
	readonly gatewayApi: boolean;
}

/** All functions of the control plane, each with what it needs and nothing else. */
export class ControlFunctions extends Construct {
	readonly all: readonly SluiceFunction[];
	private readonly props: ControlFunctionsProps;

	constructor(scope: Construct, id: string, props: ControlFunctionsProps) {
		super(scope, id);
		this.props = props;
		this.all = functionNames.map((name) => this.make(name));
	}

	get(name: FunctionName): SluiceFunction {
		// Every name has a function by construction; the check is for the compiler.
		const found = this.all.find((made) => made.name === name);
		if (found === undefined) throw new RangeError(`No function ${name}; there are ${functionNames.join(", ")}.`);
		return found;
	}

	private make(name: FunctionName): SluiceFunction {
		const { environment, encryption, unhandled, clusterNetwork } = this.props;
		const { memoryMb, timeoutSeconds, asynchronous, concurrency, needs } = functionSettings[name];
		const made = new SluiceFunction(this, name, {
			environment,
			name,
			memoryMb,
			timeoutSeconds,
			concurrency,
			encryption,
			variables: this.variablesFor(name, needs),
			asynchronous: asynchronous === "never" ? "never" : { ...asynchronous, onFailure: unhandled.queue },
			network: "cluster" in needs ? clusterNetwork : "none",
		});
		this.grant(made, needs);
		return made;
	}

	private variablesFor(name: FunctionName, needs: FunctionNeeds): Record<string, string> {
		const { environment, table, catalog, bus } = this.props;
		return {
			POWERTOOLS_SERVICE_NAME: name,
			POWERTOOLS_METRICS_NAMESPACE: "Sluice",
			...(needs.table && { SERVICE_TABLE: table.table.tableName }),
			...(needs.catalog && { CATALOG_BUCKET: catalog.bucket.bucketName }),
			...(needs.events && { BUS_NAME: bus.bus.eventBusName }),
			// To answer, a token is enough; every other use names the machine.
			...(needs.rollout?.some((use) => use !== "answer") && {
				ROLLOUT_MACHINE_ARN: machineArn(this, environment, "rollout"),
			}),
			...(needs.rollback && { ROLLBACK_MACHINE_ARN: machineArn(this, environment, "rollback") }),
			...(needs.traffic && { ENVIRONMENT: environment }),
		};
	}

	private grant(made: SluiceFunction, needs: FunctionNeeds): void {
		const { environment, table, catalog, bus, clusterName, gatewayApi } = this.props;
		const { role } = made;
		if (needs.table) table.grant(role, needs.table);
		if (needs.history) table.grantHistory(role, needs.history);
		if (needs.catalog === "publish") catalog.grantPublish(role);
		else if (needs.catalog) catalog.grantRead(role, ...needs.catalog);
		if (needs.traffic) grantTraffic(role, environment, needs.traffic);
		if (needs.targetHealth) grantTargetHealth(role);
		if (needs.registry) grantRegistry(role);
		if (needs.alarms) grantAlarms(role);
		if (needs.measurements) grantMeasurements(role);
		if (needs.events) bus.grantPublish(role);
		for (const use of needs.rollout ?? []) grantExecutions(role, environment, "rollout", use);
		for (const use of needs.rollback ?? []) grantExecutions(role, environment, "rollback", use);
		if (needs.cluster || (needs.traffic && gatewayApi))
			new ClusterAccess(made, "Cluster", { clusterName, role, groups: needs.cluster ?? ["sluice"] });
	}
}
