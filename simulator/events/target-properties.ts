/** A target of a rule uses something this simulator does not do. Found when rules are loaded. */
export class InvalidTargetError extends Error {
	override readonly name = "InvalidTargetError";
}

/** How long EventBridge goes on trying. */
export interface RetryPolicy {
	/** Retries after the first attempt: 0–185. */
	readonly maxAttempts: number;
	/** Age of the event after which it is given up: 60–86,400 seconds. */
	readonly maxAgeSeconds: number;
}

/** What EventBridge does where a target says nothing: 185 retries within 24 hours. */
const defaultRetryPolicy: RetryPolicy = { maxAttempts: 185, maxAgeSeconds: 86_400 };

/** What a rule's target says about delivery in CloudFormation. */
export interface TargetProperties {
	/** Constant JSON that is delivered instead of the event; absent where the event itself is. */
	readonly input?: unknown;
	readonly retry: RetryPolicy;
	readonly deadLetterArn?: string;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
	typeof value === "object" && value !== null && !Array.isArray(value);

const known = ["Arn", "Id", "RoleArn", "Input", "RetryPolicy", "DeadLetterConfig"];

const readWhole = (fields: Fields, key: string, from: number, to: number, otherwise: number): number => {
	const value = fields[key] ?? otherwise;
	if (typeof value !== "number" || !Number.isInteger(value) || value < from || value > to) {
		throw new InvalidTargetError(
			`${key} is ${JSON.stringify(value)}: allowed is a whole number from ${from} to ${to}.`,
		);
	}
	return value;
};

const readInput = (text: unknown): unknown => {
	try {
		if (typeof text === "string") return JSON.parse(text);
	} catch (cause) {
		throw new InvalidTargetError(`Input is ${JSON.stringify(text)}: allowed is a string of JSON.`, { cause });
	}
	throw new InvalidTargetError(`Input is ${JSON.stringify(text)}: allowed is a string of JSON.`);
};

/**
 * Reads one entry of `Targets` of an AWS::Events::Rule whose intrinsic functions are resolved.
 * @throws InvalidTargetError naming the property, as InputPath or InputTransformer, and what is allowed.
 */
export const readTargetProperties = (target: Fields): TargetProperties => {
	for (const key of Object.keys(target)) {
		if (!known.includes(key)) {
			throw new InvalidTargetError(`Target property "${key}" is not supported: allowed are ${known.join(", ")}.`);
		}
	}
	const policy = isFields(target.RetryPolicy) ? target.RetryPolicy : {};
	const deadLetterArn = isFields(target.DeadLetterConfig) ? target.DeadLetterConfig.Arn : undefined;
	if (deadLetterArn !== undefined && typeof deadLetterArn !== "string") {
		throw new InvalidTargetError(`DeadLetterConfig.Arn is ${JSON.stringify(deadLetterArn)}: allowed is a queue's ARN.`);
	}
	return {
		retry: {
			maxAttempts: readWhole(policy, "MaximumRetryAttempts", 0, 185, defaultRetryPolicy.maxAttempts),
			maxAgeSeconds: readWhole(policy, "MaximumEventAgeInSeconds", 60, 86_400, defaultRetryPolicy.maxAgeSeconds),
		},
		...(target.Input === undefined ? {} : { input: readInput(target.Input) }),
		...(deadLetterArn === undefined ? {} : { deadLetterArn }),
	};
};
