import { STSClient } from "@aws-sdk/client-sts";
import { describe, expect, it } from "vitest";
import { stsIdentity } from "../../lib/adapters/sts-identity.ts";
import { identityContract } from "../contracts/identity.contract.ts";
import { queryProduct, queryRefusalAnswer } from "./wire/query-product.ts";
import { clientOptions, wireTo } from "./wire/wire.ts";

const setup = (answer: Readonly<Record<string, string>> = { UserId: "AROAEXAMPLE:ana", Account: "111122223333" }) => {
	const wire = wireTo(queryProduct("2011-06-15", { GetCallerIdentity: () => answer }));
	return { wire, identity: stsIdentity(new STSClient(clientOptions(wire))) };
};

identityContract("stsIdentity", async () => {
	const { wire, identity } = setup();
	return { identity, silence: () => wire.silence() };
});

describe("stsIdentity", () => {
	it("given credentials that have expired, says that another try may succeed", async () => {
		const { wire, identity } = setup();
		wire.answerNext(queryRefusalAnswer("ExpiredToken", "The security token included in the request is expired", 403));

		await expect(identity.name()).rejects.toMatchObject({ name: "IdentityUnavailableError" });
	});

	it("given an answer without an id, does not make one up", async () => {
		const { identity } = setup({ Account: "111122223333" });

		await expect(identity.name()).rejects.toThrow("answered no UserId");
	});
});
