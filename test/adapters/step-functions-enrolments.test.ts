import { SFNClient } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { stepFunctionsEnrolments } from "../../lib/adapters/step-functions-enrolments.ts";
import { enrolmentsContract } from "../contracts/enrolments.contract.ts";
import { refusalAnswer } from "./wire/json-product.ts";
import { SfnProduct } from "./wire/sfn-product.ts";
import { clientOptions, wireTo } from "./wire/wire.ts";

const machineArn = "arn:aws:states:eu-central-1:111122223333:stateMachine:sluice-production-enrolment";
const executionArn = "arn:aws:states:eu-central-1:111122223333:execution:sluice-production-enrolment:checkout-enrol-1";

const setup = () => {
	const product = new SfnProduct(machineArn);
	const wire = wireTo(product.answer);
	return { product, wire, enrolments: stepFunctionsEnrolments(new SFNClient(clientOptions(wire)), machineArn) };
};

enrolmentsContract("stepFunctionsEnrolments", async () => {
	const { product, wire, enrolments } = setup();
	return {
		enrolments,
		inputs: () => wire.requests.map(({ body }) => JSON.parse(JSON.parse(body).input ?? "null")).slice(0, 1),
		end: async (report) => {
			if (report === null) product.end(executionArn, "FAILED");
			else product.end(executionArn, "SUCCEEDED", JSON.stringify(report));
		},
		silence: () => wire.silence(),
	};
});

describe("stepFunctionsEnrolments", () => {
	it("given somebody who may not start it, says so for good", async () => {
		const { wire, enrolments } = setup();
		wire.answerNext(refusalAnswer("AccessDeniedException", "not authorized to perform: states:StartExecution"));

		const begun = enrolments.begin(
			{ service: "checkout", wish: "enrol", fromPriority: null, dryRun: false, by: "AIDA" },
			"checkout-enrol-1",
		);

		await expect(begun).rejects.toMatchObject({ name: "InvalidAwsCallError" });
	});
});
