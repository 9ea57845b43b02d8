import { S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { awsDesk, partitionOf } from "../../bin/desk/aws-desk.ts";
import { awsTroubleOf } from "../../bin/desk/aws-trouble-error.ts";
import { readFacts } from "../../bin/desk/read-facts.ts";
import { toItem } from "../../lib/adapters/dynamo-item.ts";
import { serviceItemOf } from "../../lib/adapters/dynamo-service-item.ts";
import { s3ServiceCatalog } from "../../lib/adapters/s3-service-catalog.ts";
import { DynamoProduct } from "../adapters/wire/dynamo-product.ts";
import { EventbridgeProduct } from "../adapters/wire/eventbridge-product.ts";
import { refusalAnswer } from "../adapters/wire/json-product.ts";
import { queryProduct, queryRefusalAnswer } from "../adapters/wire/query-product.ts";
import { S3Product, s3Refusal } from "../adapters/wire/s3-product.ts";
import { SfnProduct } from "../adapters/wire/sfn-product.ts";
import { clientOptions, type WireAnswer, type WireRequest, wireTo } from "../adapters/wire/wire.ts";
import { definition, serviceState } from "../domain/builders.ts";

const place = { environment: "production", account: "111122223333", region: "eu-central-1" };
const machineArn = "arn:aws:states:eu-central-1:111122223333:stateMachine:sluice-production-enrolment";
const bucketName = "sluice-production-catalog-111122223333-eu-central-1";

/** Everything that the command line speaks to, behind one network: who is meant is in the host. */
const setup = async () => {
	const table = new DynamoProduct("sluice-production-services");
	const bucket = new S3Product(bucketName);
	const bus = new EventbridgeProduct("sluice-production");
	const machines = new SfnProduct(machineArn);
	const people = queryProduct("2011-06-15", { GetCallerIdentity: () => ({ UserId: "AROAEXAMPLE:ana" }) });
	const products: readonly (readonly [string, (request: WireRequest) => WireAnswer])[] = [
		["dynamodb.", table.answer],
		["events.", bus.answer],
		["states.", machines.answer],
		["sts.", people],
		[bucketName, bucket.answer],
	];
	const wire = wireTo((request) => {
		const { host = "" } = request.headers;
		const product = products.find(([prefix]) => host.startsWith(prefix))?.[1];
		if (product === undefined) throw new RangeError(`Nobody answers at ${host}.`);
		return product(request);
	});
	await s3ServiceCatalog(new S3Client(clientOptions(wire)), bucketName).publish(definition());
	const { definitionHash: _, ...state } = serviceState({ phase: "trial" });
	table.put(serviceItemOf(state));
	return { wire, table, bus, machines, desk: awsDesk(place, clientOptions(wire)) };
};

describe("the desk on AWS", () => {
	it("given a deployed Sluice, finds table, catalog and history by the names that the stacks give them", async () => {
		const { desk, table } = await setup();
		table.put(toItem({ service: "checkout", item: "rollout#000000000006", rolloutId: "checkout-6" }));

		expect(desk.place).toBe("production, eu-central-1");
		expect(await readFacts(desk, "checkout")).toMatchObject({
			state: { phase: "trial", rolloutId: "checkout-7" },
			definition: { service: "checkout" },
		});
		expect(await desk.catalog.list()).toEqual(["checkout"]);
		expect(await desk.history.list("checkout", 10)).toEqual([{ rolloutId: "checkout-6" }]);
		expect(await desk.ledger.hasAdmitted("checkout", serviceState().stableRelease)).toBe(false);
		expect(await desk.seats.list()).toEqual([]);
		expect(await desk.record.read("basket")).toEqual({ record: null, tombstone: null });
	});

	it("given a command, sends it to the environment's bus as who the credentials belong to", async () => {
		const { desk, bus } = await setup();

		await desk.commands.send({ verb: "abort", by: await desk.identity.name(), service: "checkout" });

		expect(bus.delivered).toMatchObject([
			{ source: "people/AROAEXAMPLE:ana", "detail-type": "command.abort.v1", detail: { service: "checkout" } },
		]);
	});

	it("given an enrolment, starts the environment's machine and asks how it ended", async () => {
		const { desk, machines } = await setup();
		const request = { service: "checkout", wish: "enrol", fromPriority: null, dryRun: true, by: "ana" } as const;

		const begun = await desk.enrolments.begin(request, "checkout-enrol-1");

		expect(await desk.enrolments.ending(begun)).toBeNull();
		machines.end(begun, "SUCCEEDED", '{"kind":"planned"}');
		expect(await desk.enrolments.ending(begun)).toEqual({ isSucceeded: true, report: { kind: "planned" } });
	});

	it.each([
		["eu-central-1", "aws"],
		["cn-north-1", "aws-cn"],
		["us-gov-west-1", "aws-us-gov"],
		["us-iso-east-1", "aws-iso"],
		["us-isob-east-1", "aws-iso-b"],
		["eu-isoe-west-1", "aws-iso-e"],
		["us-isof-south-1", "aws-iso-f"],
		["eusc-de-east-1", "aws-eusc"],
	])("given the region %s, names machines in the partition %s", async (region, partition) => {
		const wire = wireTo(({ body }) => refusalAnswer("StateMachineDoesNotExist", body));
		const { enrolments } = awsDesk({ ...place, region }, { ...clientOptions(wire), region });
		const request = { service: "checkout", wish: "enrol", fromPriority: null, dryRun: true, by: "ana" } as const;

		expect(partitionOf(region)).toBe(partition);
		await expect(enrolments.begin(request, "checkout-enrol-1")).rejects.toThrow(
			`arn:${partition}:states:${region}:111122223333:stateMachine:sluice-production-enrolment`,
		);
	});
});

describe("trouble on AWS", () => {
	const troubleWith = async (work: (made: Awaited<ReturnType<typeof setup>>) => Promise<unknown>): Promise<string> => {
		const made = await setup();
		const error: unknown = await work(made).then(
			() => null,
			(reason: unknown) => reason,
		);
		return awsTroubleOf(error, place)?.message ?? `no trouble: ${error}`;
	};

	it.each<readonly [string, WireAnswer, string]>([
		[
			"no table of that name",
			refusalAnswer("ResourceNotFoundException", "Requested resource not found"),
			"Sluice is not deployed there, or you are signed in elsewhere: config/production.yaml says account 111122223333 and region eu-central-1.",
		],
		[
			"no permission",
			refusalAnswer("AccessDeniedException", "User is not authorized to perform dynamodb:GetItem"),
			"You may not: questions need the managed policy Observe of environment production",
		],
		["credentials that have expired", refusalAnswer("ExpiredTokenException", "The token is expired"), "sign in again."],
		[
			"credentials that AWS does not know",
			refusalAnswer("UnrecognizedClientException", "The security token is invalid"),
			"AWS does not know these credentials in eu-central-1",
		],
	])("given %s, says what came back and what to do", async (_, answer, advice) => {
		const message = await troubleWith(({ desk, wire }) => {
			wire.answerNext(answer);
			return desk.store.read("checkout");
		});

		expect(message).toContain("DynamoDB GetItem failed with");
		expect(message).toContain(advice);
	});

	it("given a bucket that is not there, and one that is somebody else's, says where it looked", async () => {
		const without = await troubleWith(({ desk, wire }) => {
			wire.answerNext(s3Refusal(404, "NoSuchBucket"));
			return desk.catalog.list();
		});
		const denied = await troubleWith(({ desk, wire }) => {
			wire.answerNext(s3Refusal(403, "AccessDenied"));
			return desk.catalog.read("checkout");
		});

		expect(without).toContain("Sluice is not deployed there, or you are signed in elsewhere");
		expect(denied).toContain("all in account 111122223333");
	});

	it("given an identity that STS does not give, and a machine that is not there, says so in a sentence", async () => {
		const unknown = await troubleWith(({ desk, wire }) => {
			wire.answerNext(queryRefusalAnswer("InvalidClientTokenId", "The security token is invalid", 403));
			return desk.identity.name();
		});
		const absent = await troubleWith(({ desk, wire }) => {
			wire.answerNext(refusalAnswer("StateMachineDoesNotExist", "gone"));
			return desk.enrolments.begin({ service: "a", wish: "enrol", fromPriority: null, dryRun: true, by: "a" }, "a");
		});

		expect(unknown).toContain("AWS does not know these credentials");
		expect(absent).toContain("Sluice is not deployed there");
	});

	it("given no credentials at all, says how to get some", async () => {
		const { wire } = await setup();
		const none = Object.assign(new Error("Could not load credentials from any providers"), {
			name: "CredentialsProviderError",
		});
		const desk = awsDesk(place, { ...clientOptions(wire), credentials: () => Promise.reject(none) });

		const error: unknown = await desk.store.read("checkout").catch((reason: unknown) => reason);

		expect(awsTroubleOf(error, place)?.message).toContain("No credentials were found: sign in");
	});

	it("given a network without answers, says that nothing is known", async () => {
		const message = await troubleWith(({ desk, wire }) => {
			wire.silence();
			return desk.store.read("checkout");
		});

		expect(message).toContain("Nothing is known of production in eu-central-1 then; ask again");
	});

	it("given anything that is no trouble of AWS's, leaves it as it is", () => {
		expect(awsTroubleOf(new RangeError("a bug"), place)).toBeNull();
		expect(awsTroubleOf("a text", place)).toBeNull();
	});
});
