import type { EngineHooks } from "../asl/engine-hooks.ts";
import { TaskFailure } from "../asl/task-failure.ts";
import type { EventContent } from "../events/bus-event.ts";
import type { LambdaService } from "../kernel/lambda-service.ts";
import { InvocationFailure } from "../kernel/sandbox.ts";
import type { Deployment } from "../template/deployment.ts";
import type { Authority } from "./authority.ts";

interface Around {
	readonly lambda: LambdaService;
	readonly authority: Authority;
	readonly deployment: Deployment;
	latencyMs(operation: string): number;
	emit(busName: string, content: EventContent): void;
	nowEpochMs(): number;
	readonly onStateEntered?: NonNullable<EngineHooks["onStateEntered"]>;
}

/** A function's error as Step Functions tells it: the type by name, the rest as JSON in the cause. */
const taskFailureOf = (error: unknown): TaskFailure => {
	if (!(error instanceof InvocationFailure)) throw error;
	const { errorType, message } = error;
	return new TaskFailure(errorType, JSON.stringify({ errorType, errorMessage: message }));
};

/** `…:execution:<machine>:<name>` */
const machineNameOf = (executionArn: string): string => executionArn.split(":")[6] ?? executionArn;

/** What the engine of a deployment meets outside: functions, permissions, the default event bus. */
export const statesHooks = ({
	lambda,
	authority,
	deployment,
	latencyMs,
	emit,
	nowEpochMs,
	...hooks
}: Around): EngineHooks => ({
	invokeFunction: async ({ functionArn, payload, executionArn, stateName }) => {
		try {
			return await lambda.invoke(functionArn, payload, `${machineNameOf(executionArn)}/${stateName}`);
		} catch (error) {
			throw taskFailureOf(error);
		}
	},
	authorize: (roleArn, action, resourceArn) => {
		if (authority.mayDo(roleArn, action, resourceArn)) return;
		// The name under which AWS reports a refused invocation, publicly seen; of other services none is published.
		throw new TaskFailure(
			action.startsWith("lambda:") ? "Lambda.AWSLambdaException" : "States.TaskFailed",
			`${roleArn} is not authorized to perform ${action} on ${resourceArn}.`,
		);
	},
	onStatusChange: (execution) => {
		emit("default", {
			source: "aws.states",
			detailType: "Step Functions Execution Status Change",
			account: deployment.account,
			region: deployment.region,
			resources: [execution.executionArn],
			atEpochMs: nowEpochMs(),
			detail: {
				executionArn: execution.executionArn,
				stateMachineArn: execution.machineArn,
				name: execution.name,
				status: execution.status,
				startDate: execution.startEpochMs,
				stopDate: execution.stopEpochMs ?? null,
				input: JSON.stringify(execution.input),
				output: execution.output === undefined ? null : JSON.stringify(execution.output),
			},
		});
	},
	latencyMs,
	...hooks,
});
