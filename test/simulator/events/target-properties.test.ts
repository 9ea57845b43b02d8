import { describe, expect, it } from "vitest";
import { InvalidTargetError, readTargetProperties } from "../../../simulator/events/target-properties.ts";

describe("readTargetProperties", () => {
	it("given nothing but a target, retries as AWS does by default and delivers the event", () => {
		const properties = readTargetProperties({ Arn: "arn:aws:lambda:eu-central-1:1:function:f", Id: "T" });

		expect(properties).toEqual({ retry: { maxAttempts: 185, maxAgeSeconds: 86_400 } });
	});

	it("given a policy, a dead-letter queue and a constant input, reads them", () => {
		const properties = readTargetProperties({
			Arn: "a",
			Id: "T",
			Input: '{"v":1}',
			RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 600 },
			DeadLetterConfig: { Arn: "arn:aws:sqs:eu-central-1:1:dead" },
		});

		expect(properties).toEqual({
			input: { v: 1 },
			retry: { maxAttempts: 3, maxAgeSeconds: 600 },
			deadLetterArn: "arn:aws:sqs:eu-central-1:1:dead",
		});
	});

	it("given the constant null as input, delivers null and not the event", () => {
		expect(readTargetProperties({ Input: "null" })).toHaveProperty("input", null);
	});

	it.each([
		[{ InputPath: "$.detail" }, '"InputPath"'],
		[{ InputTransformer: { InputTemplate: "{}" } }, '"InputTransformer"'],
		[{ SqsParameters: { MessageGroupId: "g" } }, '"SqsParameters"'],
		[{ Input: "{" }, "Input"],
		[{ Input: { v: 1 } }, "Input"],
		[{ RetryPolicy: { MaximumRetryAttempts: 186 } }, "MaximumRetryAttempts is 186"],
		[{ RetryPolicy: { MaximumEventAgeInSeconds: 59 } }, "MaximumEventAgeInSeconds is 59"],
		[{ DeadLetterConfig: { Arn: { Ref: "Queue" } } }, "DeadLetterConfig.Arn"],
	])("given %j, refuses it by name", (target, message) => {
		expect(() => readTargetProperties(target)).toThrow(InvalidTargetError);
		expect(() => readTargetProperties(target)).toThrow(message);
	});
});
