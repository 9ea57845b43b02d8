import { type Integration, type IntegrationCall, sdkMetadataOf, textArgument } from "./integration.ts";
import { type JsonValue, jsonCopyOf } from "./json-value.ts";
import type { Runtime } from "./runtime.ts";

/** A name alone stands for a function of the machine's own account and region. */
const functionArnOf = (nameOrArn: string, machineArn: string): string => {
	if (nameOrArn.startsWith("arn:")) return nameOrArn;
	const [, partition, , region, account] = machineArn.split(":");
	return `arn:${partition}:lambda:${region}:${account}:function:${nameOrArn}`;
};

const invoke = async (call: IntegrationCall, runtime: Runtime): Promise<JsonValue> => {
	const { execution, stateName, attempt } = call;
	await attempt.sleep(runtime.hooks.latencyMs("lambda:Invoke"));
	execution.record("TaskStarted", { state: stateName });
	const { roleArn, arn } = execution.machine;
	const functionArn = functionArnOf(textArgument(call, "FunctionName"), arn);
	runtime.hooks.authorize(roleArn, "lambda:InvokeFunction", functionArn);
	const payload = jsonCopyOf(call.arguments.Payload ?? {});
	const { executionArn } = execution;
	const answer = await runtime.hooks.invokeFunction({ functionArn, payload, roleArn, executionArn, stateName });
	return jsonCopyOf(answer) ?? null;
};

/** `lambda:invoke`: calls a function and answers what the SDK answers, the payload parsed. */
export const invokeFunction: Integration = async (call, runtime) => {
	const payload = await invoke(call, runtime);
	return { ExecutedVersion: "$LATEST", Payload: payload, ...sdkMetadataOf(runtime), StatusCode: 200 };
};

/**
 * `lambda:invoke.waitForTaskToken`: calls a function and waits for the token to be answered.
 * What the function answers is ignored; its failure fails the task, unless the token was answered before.
 */
export const invokeFunctionAndWait: Integration = (call, runtime) =>
	new Promise<JsonValue>((resolve, reject) => {
		const { token, attempt, execution, stateName } = call;
		if (token === null) throw new RangeError(`State "${stateName}" waits for a token and has none.`);
		runtime.tokens.wait(token, { succeed: resolve, fail: reject });
		attempt.whenOver(() => runtime.tokens.giveUp(token));
		const submit = async (): Promise<void> => {
			await invoke(call, runtime);
			if (!attempt.isOver) execution.record("TaskSubmitted", { state: stateName });
		};
		submit().catch(reject);
	});
