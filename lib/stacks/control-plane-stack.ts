import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { CatalogBucket } from "../constructs/catalog-bucket.ts";
import { ControlFunctions } from "../constructs/control-functions.ts";
import { DeadLetter } from "../constructs/dead-letter.ts";
import { LifecycleBus } from "../constructs/lifecycle-bus.ts";
import { readMachineDefinition } from "../constructs/machine-definition.ts";
import { NoticeRules } from "../constructs/notice-rules.ts";
import { OperatorTopic } from "../constructs/operator-topic.ts";
import { PeoplePolicies } from "../constructs/people-policies.ts";
import type { MachineName } from "../constructs/resource-name.ts";
import { RolloutDashboard } from "../constructs/rollout-dashboard.ts";
import { ServiceRegistrar } from "../constructs/service-registrar.ts";
import { ServiceTable } from "../constructs/service-table.ts";
import { SluiceKey } from "../constructs/sluice-key.ts";
import { SluiceMachine } from "../constructs/sluice-machine.ts";
import { TriggerRules } from "../constructs/trigger-rules.ts";
import type { EnvironmentConfig } from "../domain/configuration/environment-config.ts";

export interface ControlPlaneStackProps extends StackProps {
	/** Of this, everything but `services`: the template does not change with them (D15). */
	readonly config: Omit<EnvironmentConfig, "services">;
}

/** Everything that services of one environment share. */
export class ControlPlaneStack extends Stack {
	constructor(scope: Construct, id: string, { config, ...props }: ControlPlaneStackProps) {
		super(scope, id, props);
		const { environment, cluster, notifications } = config;
		const encryption = new SluiceKey(this, "Encryption", { environment });
		const pages = new OperatorTopic(this, "Pages", { environment, kind: "pages", encryption });
		const notices = new OperatorTopic(this, "Notices", { environment, kind: "notices", encryption });
		const undelivered = new DeadLetter(this, "Undelivered", { environment, what: "undelivered", pages: pages.topic });
		const unhandled = new DeadLetter(this, "Unhandled", { environment, what: "unhandled", pages: pages.topic });
		pages.subscribeEmails(notifications.pageEmails, undelivered.queue);
		notices.subscribeEmails(notifications.noticeEmails, undelivered.queue);

		const table = new ServiceTable(this, "Services", { environment, encryption });
		const catalog = new CatalogBucket(this, "Catalog", { environment, encryption });
		const bus = new LifecycleBus(this, "Lifecycle", { environment });
		const functions = new ControlFunctions(this, "Functions", {
			environment,
			encryption,
			table,
			catalog,
			bus,
			unhandled,
			clusterName: cluster.name,
			gatewayApi: cluster.gatewayApi,
			clusterNetwork: cluster.endpoint === "private" ? cluster.network : "none",
		});
		const machine = (id: string, name: MachineName) =>
			new SluiceMachine(this, id, {
				environment,
				name,
				definition: readMachineDefinition(name),
				functions: functions.all,
				encryption,
			});
		const rollout = machine("Rollout", "rollout");
		const watch = machine("Watch", "watch");
		const rollback = machine("Rollback", "rollback");
		const enrolment = machine("Enrolment", "enrolment");

		new TriggerRules(this, "Triggers", {
			bus: bus.bus,
			rollout: rollout.machine,
			rollback: rollback.machine,
			admitRelease: functions.get("admit-release"),
			applyCommand: functions.get("apply-command"),
			reconcileServices: functions.get("reconcile-services"),
			undelivered: undelivered.queue,
		});
		new NoticeRules(this, "Tidings", {
			bus: bus.bus,
			rollback: rollback.machine,
			pages,
			notices,
			undelivered: undelivered.queue,
		});
		new ServiceRegistrar(this, "Registrar", {
			environment,
			encryption,
			registerService: functions.get("register-service"),
		});
		new RolloutDashboard(this, "Rollouts", {
			environment,
			machines: [rollout, watch, rollback, enrolment],
			deadLetters: [undelivered, unhandled],
			critical: [functions.get("roll-back"), functions.get("shift-traffic")],
		});
		new PeoplePolicies(this, "People", { environment, bus, table, catalog });
		new CfnOutput(this, "EnrolmentMachineArn", { value: enrolment.machine.stateMachineArn });
		new CfnOutput(this, "CatalogBucketName", { value: catalog.bucket.bucketName });
	}
}
