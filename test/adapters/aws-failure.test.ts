import { describe, expect, it } from "vitest";
import { failureOf, statusOf } from "../../lib/adapters/aws-failure.ts";
import { InvalidAwsCallError } from "../../lib/ports/errors.ts";
import { StoreUnavailableError } from "../../lib/ports/service-store.ts";

/** An error as the SDK makes it of an answer. */
const answered = (name: string, httpStatusCode: number): Error =>
	Object.assign(new Error("because"), { name, $fault: "client", $metadata: { httpStatusCode } });

describe("failureOf", () => {
	it.each([
		["AccessDeniedException", 400],
		["ValidationException", 400],
		["UnrecognizedClientException", 400],
		["AccessDenied", 403],
		["NoSuchBucket", 404],
	])("given %s, answers that the call can never succeed, with the cause", (name, status) => {
		const cause = answered(name, status);

		const failure = failureOf("DynamoDB GetItem", cause, StoreUnavailableError);

		expect(failure).toBeInstanceOf(InvalidAwsCallError);
		expect(failure).toMatchObject({ message: `DynamoDB GetItem failed with ${name}: because`, cause });
	});

	it.each([
		["a throttle", answered("ThrottlingException", 400)],
		["a throttle by status", answered("Unheard", 429)],
		["credentials that have just expired", answered("ExpiredTokenException", 403)],
		["a concurrent change", answered("OperationAborted", 409)],
		["a fault of the service", answered("InternalServerError", 500)],
		["a broken connection", Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })],
		["a timeout", Object.assign(new Error("Request timed out"), { name: "TimeoutError" })],
		["an error without a type", "no answer"],
	])("given %s, answers that a retry may help, with the cause", (_, cause) => {
		const failure = failureOf("DynamoDB GetItem", cause, StoreUnavailableError);

		expect(failure).toBeInstanceOf(StoreUnavailableError);
		expect(failure.cause).toBe(cause);
	});
});

describe("statusOf", () => {
	it("given an error with and without an answer, answers its status or none", () => {
		expect([answered("AccessDenied", 403), new Error("socket hang up"), "text"].map(statusOf)).toEqual([
			403,
			undefined,
			undefined,
		]);
	});
});
