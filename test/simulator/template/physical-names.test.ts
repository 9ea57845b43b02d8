import { describe, expect, it } from "vitest";
import {
	attributeOf,
	namePropertyOf,
	physicalNamesOf,
	type Resource,
} from "../../../simulator/template/physical-names.ts";

const place = { region: "eu-central-1", account: "111122223333" };

const resource = (type: string): Resource => ({
	logicalId: "Thing1A2B",
	type,
	stackName: "Stack",
	properties: {},
	metadata: {},
});

describe("physical names", () => {
	it.each([
		["AWS::Lambda::Function", "arn:aws:lambda:eu-central-1:111122223333:function:given", "given"],
		["AWS::IAM::Role", "arn:aws:iam::111122223333:role/given", "given"],
		[
			"AWS::StepFunctions::StateMachine",
			"arn:aws:states:eu-central-1:111122223333:stateMachine:given",
			"arn:aws:states:eu-central-1:111122223333:stateMachine:given",
		],
		["AWS::DynamoDB::GlobalTable", "arn:aws:dynamodb:eu-central-1:111122223333:table/given", "given"],
		["AWS::S3::Bucket", "arn:aws:s3:::given", "given"],
		["AWS::Events::EventBus", "arn:aws:events:eu-central-1:111122223333:event-bus/given", "given"],
		["AWS::SNS::Topic", "arn:aws:sns:eu-central-1:111122223333:given", "arn:aws:sns:eu-central-1:111122223333:given"],
		[
			"AWS::SQS::Queue",
			"arn:aws:sqs:eu-central-1:111122223333:given",
			"https://sqs.eu-central-1.amazonaws.com/111122223333/given",
		],
		["AWS::Logs::LogGroup", "arn:aws:logs:eu-central-1:111122223333:log-group:given:*", "given"],
	])("given a %s with a name, its ARN is %s and Ref gives %s", (type, arn, ref) => {
		expect(physicalNamesOf(resource(type), place, "given")).toEqual({ name: "given", arn, ref });
	});

	it("given no name, makes one of stack and logical id, for a bucket in lower case", () => {
		const names = ["AWS::IAM::Role", "AWS::S3::Bucket"].map(
			(type) => physicalNamesOf(resource(type), place, undefined).name,
		);

		expect(names).toEqual(["Stack-Thing1A2B", "stack-thing1a2b"]);
	});

	it("given a target group, its ARN depends on its name alone and fits AWS's form", () => {
		const [one, again, other] = ["green", "green", "blue"].map(
			(name) => physicalNamesOf(resource("AWS::ElasticLoadBalancingV2::TargetGroup"), place, name).ref,
		);

		expect(one).toMatch(/^arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup\/green\/[0-9a-f]{16}$/);
		expect(again).toBe(one);
		expect(other).not.toBe(one);
	});

	it("given an attribute that a type has, gives it", () => {
		const topic = resource("AWS::SNS::Topic");
		const names = physicalNamesOf(topic, place, "pages");

		expect(attributeOf(names, topic, "TopicArn")).toBe(names.arn);
		expect(attributeOf(names, topic, "TopicName")).toBe("pages");
	});

	it.each([
		["AWS::SNS::Topic", "Arn"],
		["AWS::Lambda::Function", "TopicArn"],
		["AWS::DynamoDB::GlobalTable", "StreamArn"],
		["AWS::IAM::Role", "toString"],
	])("given %s, refuses attribute %s by name", (type, attribute) => {
		const thing = resource(type);

		expect(() => attributeOf(physicalNamesOf(thing, place, "x"), thing, attribute)).toThrow(
			`Thing1A2B: attribute ${attribute} of ${type} is not simulated`,
		);
	});

	it("given a type that nobody described, refuses it by name", () => {
		expect(() => physicalNamesOf(resource("AWS::Athena::WorkGroup"), place, "x")).toThrow(
			"Thing1A2B: a reference to a resource of type AWS::Athena::WorkGroup is not simulated.",
		);
		expect(namePropertyOf("AWS::Athena::WorkGroup")).toBeUndefined();
	});
});
