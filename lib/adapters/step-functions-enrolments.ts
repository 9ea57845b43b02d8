import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { type Enrolments, EnrolmentsUnavailableError } from "../ports/enrolments.ts";
import { failureOf } from "./aws-failure.ts";

/** Enrolments as executions of a state machine, whose output says how each ended. */
export const stepFunctionsEnrolments = (client: SFNClient, machineArn: string): Enrolments => ({
	begin: async (request, id) => {
		const start = new StartExecutionCommand({ stateMachineArn: machineArn, name: id, input: JSON.stringify(request) });
		const { executionArn } = await client.send(start).catch(unavailable("StartExecution"));
		if (executionArn === undefined) throw new EnrolmentsUnavailableError("StartExecution answered no execution.");
		return executionArn;
	},
	ending: async (begun) => {
		const describe = new DescribeExecutionCommand({ executionArn: begun });
		const { status, output, cause } = await client.send(describe).catch(unavailable("DescribeExecution"));
		if (status === "RUNNING" || status === "PENDING_REDRIVE") return null;
		const report: unknown = output === undefined ? (cause ?? null) : JSON.parse(output);
		return { isSucceeded: status === "SUCCEEDED", report };
	},
});

const unavailable =
	(call: string) =>
	(error: unknown): never => {
		throw failureOf(`Step Functions ${call}`, error, EnrolmentsUnavailableError);
	};
