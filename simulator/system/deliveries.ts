import type { Engine } from "../asl/engine.ts";
import type { RuleTarget } from "../events/delivery.ts";
import { readTargetProperties } from "../events/target-properties.ts";
import type { LambdaService } from "../kernel/lambda-service.ts";
import type { DeployedRule, DeployedTarget, Deployment } from "../template/deployment.ts";
import { InvalidTemplateError } from "../template/template-error.ts";
import type { Authority } from "./authority.ts";

/** A target said no to an event. */
export class RefusedDelivery extends Error {
	override readonly name = "RefusedDelivery";
}

export interface Receivers {
	readonly deployment: Deployment;
	readonly authority: Authority;
	readonly engine: Engine;
	readonly lambda: LambdaService;
	onNotification(topicName: string, payload: unknown): void;
}

/** What an event meets behind a target's ARN; each kind asks for the permission that AWS would ask for. */
const receive = (receivers: Receivers, rule: DeployedRule, target: DeployedTarget, payload: unknown): void => {
	const { deployment, authority, engine, lambda } = receivers;
	const { arn, roleArn } = target;
	if (lambda.find(arn) !== undefined) {
		if (!deployment.invokePermissions.has(`${arn} ${rule.arn}`))
			throw new RefusedDelivery(`${rule.name} may not invoke ${arn}.`);
		lambda.invokeLater(arn, payload);
		return;
	}
	const may = (action: string): void => {
		if (roleArn === null || !authority.mayDo(roleArn, action, arn))
			throw new RefusedDelivery(`${rule.name} may not ${action} ${arn}.`);
	};
	const topicName = deployment.topics.get(arn);
	if (topicName !== undefined) {
		may("sns:Publish");
		receivers.onNotification(topicName, payload);
		return;
	}
	may("states:StartExecution");
	engine.start({ machineArn: arn, input: payload });
};

const isKnown = ({ deployment, lambda }: Receivers, arn: string): boolean =>
	lambda.find(arn) !== undefined ||
	deployment.topics.has(arn) ||
	deployment.machines.some((machine) => machine.arn === arn);

/**
 * The targets of a rule, ready for the bus.
 * @throws InvalidTemplateError for a target that leads to nothing the simulator knows.
 */
export const targetsOf = (receivers: Receivers, rule: DeployedRule): readonly RuleTarget[] =>
	rule.targets.map((target) => {
		if (!isKnown(receivers, target.arn)) {
			throw new InvalidTemplateError(
				`${rule.name}: target ${target.arn} is not simulated; allowed are functions, state machines and topics of the template.`,
			);
		}
		return {
			id: target.id,
			arn: target.arn,
			...readTargetProperties(target.properties),
			deliver: async (payload) => receive(receivers, rule, target, payload),
		};
	});
