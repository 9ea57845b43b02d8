import { uuidOf } from "../kernel/uuid.ts";
import type { Attempt } from "./attempt.ts";
import type { Execution } from "./execution.ts";
import type { JsonObject, JsonValue } from "./json-value.ts";
import type { Runtime } from "./runtime.ts";
import { TaskFailure } from "./task-failure.ts";

/** One call of a service by a task, from TaskScheduled on. */
export interface IntegrationCall {
	readonly execution: Execution;
	readonly stateName: string;
	readonly arguments: JsonObject;
	/** Present where the integration waits for it. */
	readonly token: string | null;
	readonly attempt: Attempt;
}

/** Answers the task's result. @throws TaskFailure */
export type Integration = (call: IntegrationCall, runtime: Runtime) => Promise<JsonValue>;

/**
 * An argument that must be a text.
 * @throws TaskFailure States.Runtime, as for any call that cannot be made.
 */
export const textArgument = (call: IntegrationCall, name: string): string => {
	const value = call.arguments[name];
	if (typeof value === "string" && value !== "") return value;
	throw new TaskFailure("States.Runtime", `The field '${name}' is ${JSON.stringify(value)}; a text is required.`);
};

/** What the AWS SDK adds to every answer of a service. */
export const sdkMetadataOf = (runtime: Runtime): JsonObject => ({
	SdkHttpMetadata: { AllHttpHeaders: {}, HttpHeaders: {}, HttpStatusCode: 200 },
	SdkResponseMetadata: { RequestId: uuidOf(runtime.idRandom) },
});
