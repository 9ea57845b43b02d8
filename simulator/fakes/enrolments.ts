import { type Enrolments, EnrolmentsUnavailableError } from "../../lib/ports/enrolments.ts";
import type { Engine } from "../asl/engine.ts";
import type { Caller } from "../kernel/caller.ts";
import { failureOf } from "./call-failure.ts";

/** Enrolments as executions of a machine of the simulator. */
export const fakeEnrolments = (
	engine: Pick<Engine, "start" | "describe">,
	caller: Caller,
	machineArn: string,
): Enrolments => {
	const call = async <T>(action: string, resource: string, effect: () => T): Promise<T> => {
		try {
			return await caller.call({ operation: `states:${action}`, resource }, effect);
		} catch (error) {
			throw failureOf(action, error, EnrolmentsUnavailableError);
		}
	};
	return {
		begin: async (request, id) => {
			// The request is text when it leaves: what the sender changes later does not count.
			const text = JSON.stringify(request);
			const start = () => engine.start({ machineArn, name: id, input: JSON.parse(text) });
			return (await call("StartExecution", machineArn, start)).executionArn;
		},
		ending: async (begun) => {
			const found = await call("DescribeExecution", begun, () => engine.describe(begun));
			if (found === null || found.status === "RUNNING") return null;
			return { isSucceeded: found.status === "SUCCEEDED", report: found.output ?? found.cause ?? null };
		},
	};
};
